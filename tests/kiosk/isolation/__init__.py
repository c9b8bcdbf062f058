"""No visit sees another, and nothing of one outlives it."""
