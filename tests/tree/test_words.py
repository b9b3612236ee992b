"""Counts, shares and names as text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from coplant.tree.words import counted, joined, parted, percentages

_NAMES = st.text(st.sampled_from('ab ,"'), min_size=1).filter(lambda name: name == name.strip())


@given(st.lists(_NAMES))
def test_names_that_were_joined_are_told_apart_again(names: list[str]) -> None:
    assert parted(joined(names)) == names


def test_one_is_counted_as_one() -> None:
    assert [counted(count, "sample") for count in (0, 1, 2, 1_000)] == [
        "0 samples", "1 sample", "2 samples", "1,000 samples",
    ]  # fmt: skip


def test_shares_that_are_read_together_add_up() -> None:
    assert percentages([0.0625, 0.0625, 0.875]) == ["6.25%", "6.25%", "87.50%"]
    assert percentages([0.45, 0.55]) == ["45.0%", "55.0%"]
    assert percentages([2 / 3, 1 / 3]) == ["66.7%", "33.3%"]
