"""The mock オンライン資格確認 server, with its test certificate authority and its invented patients.

Does not know the counter or its rules (`eligibility.policy`), so that the two cannot agree with each other and be
wrong. Nothing here is official: the messages follow public sources, the error codes are invented (`MOCK-`).
"""

DISTRIBUTION = "madoguchi"
"""Says that this is our package and not another one of the same generic name."""
