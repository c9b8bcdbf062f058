"""The software JPKI card: bytes in, bytes out, and the image it keeps on disk.

It is written from the fact sheet alone and shares nothing with the code that reads cards but `reader.apdu`, so that
the two cannot agree with each other and be wrong together (design.md §1). Knows no socket, no reader and no screen.
"""
