"""The controls of a running server."""
