"""What can go wrong with the store, by name, and what the service calls a job. No SQL, no library.

What breaks if wrong: a caller is told "not available" where it was "used before", or the reverse.
"""

from __future__ import annotations


class NonceUsedError(Exception):
    """A challenge was answered before: nothing of this request is written."""


class RegistryError(Exception):
    """The store cannot be used now. The cause is chained; its text stays out, because it may quote values.

    After it nobody knows whether the request was written: whoever asks again must be ready for either.
    """
