"""Programs that do the card part of one visit, each a process of its own: ours and those we are measured against."""
