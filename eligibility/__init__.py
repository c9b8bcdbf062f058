"""What a reception desk knows: numbers, dates, names, documents and rules.

Pure: no clock, no I/O, no locale in a decision; imports none of the other packages. Whoever breaks that
makes the rules untestable by date. Functions return message ids and parameters, never sentences.
"""

DISTRIBUTION = "madoguchi"
"""Says that this is our package and not another one of the same generic name."""
