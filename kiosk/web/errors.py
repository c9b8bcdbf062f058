"""What can keep the counter's page from being served. Sentences are composed where they are shown."""

from __future__ import annotations


class UnknownPageScriptError(Exception):
    """The page script of the installed textual-serve is not the one this page was made for."""
