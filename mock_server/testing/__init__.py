"""For the tests of other programs: a server in a process of its own, and runs on it that do not see each other."""
