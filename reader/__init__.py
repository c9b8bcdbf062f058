"""Cards and readers: the JPKI card protocol, the software card, and the ways to reach a card.

Knows nothing of insurance, screens or servers. What breaks if it is wrong: a patient's PIN try is spent for
nothing, or somebody else's certificate is read.
"""

DISTRIBUTION = "madoguchi"
"""Says that this is our package and not another one of the same generic name."""
