"""The decision of design.md §5 a second time, by another hand. README.md says what it may know."""
