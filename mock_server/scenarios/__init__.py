"""Trouble by name: armed for the next call, for some calls, for one persona, or until reset."""
