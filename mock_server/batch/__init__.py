"""Many people asked for in one request: taken down at once, worked off in the background, given out later (一括照会).

Everything is a row before it is acknowledged, so a server that is killed goes on where it was, and a request sent twice
is the same request. What breaks if wrong: an appointment nobody checked, or one that was checked twice.
"""
