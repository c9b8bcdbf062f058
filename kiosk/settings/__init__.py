"""What a clinic decides about its own counter: settings in a file, the colours, and the two passcodes of the staff.

May know values, files and colours; never a screen, a card, the flow or the command line. Only `themes` imports Textual.
What breaks if it is wrong: a setting that silently does nothing, a screen that cannot be read, a door that opens.
"""
