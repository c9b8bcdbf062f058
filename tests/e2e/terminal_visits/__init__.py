"""Five failures in a real terminal, with a card that a real pcscd serves."""
