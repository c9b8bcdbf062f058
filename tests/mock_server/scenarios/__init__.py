"""Troubles by name."""
