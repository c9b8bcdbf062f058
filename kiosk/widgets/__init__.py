"""Reusable pieces of the screens: the PIN pad, choices, form rows, an input that keeps U+3000; each with its messages.

Knows no state of the flow. What breaks if it is wrong: digits of a PIN get a place to stay.
"""
