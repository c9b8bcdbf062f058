"""Measurements as ratios against a peer or a floor measured in the same run: `make bench`.

No test depends on a figure here; a claim about speed in the README or a note comes from this folder.
"""
