"""Servers and runs for the tests of other programs."""
