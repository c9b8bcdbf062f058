"""F01–F32 of the failure catalogue (reception.md §12), each played at the counter through its screens."""
