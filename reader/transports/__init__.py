"""The ways to reach a card: the only code of `reader` that touches the outside, one module per way."""
