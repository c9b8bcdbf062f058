"""A prepared day at the counter: who comes with what, what goes wrong, what the trainee made of it, and the score.

May know flow, services' interfaces, forms' papers, settings and the application; never the server's packages or the
command line, which hands in what they do. What breaks if it is wrong: a trainee is taught something else than the
rules of the desk. Nothing of a rehearsal is written into the real journal.
"""
