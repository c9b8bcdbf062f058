"""What the README tells a newcomer to type."""
