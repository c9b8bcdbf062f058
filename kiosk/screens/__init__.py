"""One view per state of the flow: its words and keys. A view takes values in and posts facts out.

Knows no card, no service and no journal. What breaks if it is wrong: a person does not know what to do next.
"""
