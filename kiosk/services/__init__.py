"""What the flow's effects need: the card, the service, the rules, the journal, the shelf of software cards.

`interfaces` says what the application may rely on; the other modules are the adapters. Everything here blocks and is
called from worker threads only. Nothing here knows a screen.
"""
