"""The controls of a running server: what it received, scenarios, clock, runs, institutions."""
