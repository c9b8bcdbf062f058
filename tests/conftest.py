"""For every test: how thorough random tests are."""

from __future__ import annotations

from hypothesis import settings

from tests.thoroughness import examples

settings.register_profile("house", max_examples=examples(100), deadline=None)
settings.load_profile("house")
