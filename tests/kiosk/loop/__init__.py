"""Nothing that waits runs on the event loop's thread, and what runs there is short."""
