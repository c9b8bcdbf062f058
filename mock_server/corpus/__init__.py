"""The golden corpus: messages as files, each with its expected reading beside it, for parsers in any language.

The same bytes every time for a given date. What breaks if wrong: a vendor's parser is held against a wrong reading.
"""
