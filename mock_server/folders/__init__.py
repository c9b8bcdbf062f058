"""The folder transport: `req`, `res` and `face`, which a レセコン writes to and watches (online-qualification.md §1).

The only writer of answers. It survives whatever a レセコン does to its files, and being killed at any moment: a request
is taken away by one rename, decided in one transaction, and its answer appears by one rename.
"""
