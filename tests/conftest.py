"""Settings for every test."""

from __future__ import annotations

from hypothesis import settings

# Solving takes as long as the machine is busy, so no example has a deadline. `make test` draws the same examples each
# time; `make test-all` draws new ones, and many more.
settings.register_profile("default", max_examples=25, deadline=None, derandomize=True)
settings.register_profile("all", max_examples=200, deadline=None, print_blob=True)
settings.load_profile("default")
