"""Names that are misspelt or cut short, and those that are meant."""

from __future__ import annotations

import pytest

from coplant.case.names import did_you_mean

STREAMS = ["phone-china", "phone-india", "car-china"]


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("car-chna", 'Did you mean "car-china"?'),
        ("car", 'Did you mean "car-china"?'),
        ("phone", 'Did you mean "phone-china" or "phone-india"?'),
        ("CAR-CHINA", 'Did you mean "car-china"?'),
        ("ca", "none is like it"),
        ("scooter", "none is like it"),
    ],
)
def test_a_name_is_found_by_its_like_or_its_beginning(name: str, asked: str) -> None:
    assert did_you_mean(name, STREAMS, "none is like it") == asked


def test_of_many_that_begin_alike_the_nearest_is_named_or_none() -> None:
    known = [f"part-{number}" for number in range(10)]
    assert did_you_mean("part", known, "none is like it") == "none is like it"
    assert did_you_mean("prt-7", known) == 'Did you mean "part-7"?'
