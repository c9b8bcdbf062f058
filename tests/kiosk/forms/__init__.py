"""Tests of the papers typed in at the desk."""
