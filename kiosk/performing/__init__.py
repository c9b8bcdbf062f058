"""The hands of the counter, one module a kind of work: card, service, desk, journal.

May know `kiosk.flow` and the interfaces of `kiosk.services`; nothing of screens. Each piece of work is made on the
event loop, done on a thread, and ends in one event of its visit, or in none where nobody waits. What breaks if it is
wrong: a screen that waits for ever, or something of a visit that outlives it.
"""
