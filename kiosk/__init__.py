"""The counter: a Textual application around a pure flow, and the `madoguchi` command.

Only `kiosk.cli` may import every package; the rest reaches the server through HTTP alone.
"""

DISTRIBUTION = "madoguchi"
"""Says that this is our package and not another one of the same generic name."""
