"""A second JPKI card, by another hand: what the software card is held against. README.md says what it may know."""
