"""Arbitrary bytes for everything that reads bytes from a card, a wire or a file. See README.md."""
