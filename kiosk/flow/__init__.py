"""The visit as a pure state machine: which event leads from which state to which, and what to do about it.

Rule: no clock, no card, no network, no widgets here. A transition names *effects*; someone else performs them and
reports back with an event. What breaks if it is wrong: one patient sees another patient's answer.
"""
