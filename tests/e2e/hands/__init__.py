"""Whole visits by keyboard alone, by a numeric keypad alone and by mouse alone."""
