"""A result in a folder: it is known by what its file of facts tells, and by the case that it is of."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
from small_case import SmallCase

from coplant import Case, FileError
from coplant.results import Kind, read_result, write_result

KIND = Kind("sketch", "coplant sketch --out")
TABLES = {"now": pl.DataFrame({"what": ["sign"]})}


def _case() -> Case:
    return SmallCase("month:4").item("box").offer("box", 2.0).demand("box", 100.0, "month", 10.0).case()


def _written(place: Path) -> Path:
    write_result(place, KIND, _case(), TABLES, {"earns": 3.5})
    return place


def test_what_is_written_is_read(tmp_path: Path) -> None:
    kept = read_result(_written(tmp_path / "out"), KIND)
    assert kept.case == _case()
    assert kept.tables["now"].equals(TABLES["now"])
    assert kept.facts == {"earns": 3.5}


def test_a_result_with_another_case_in_its_folder_is_refused(tmp_path: Path) -> None:
    place = _written(tmp_path / "out")
    prices = place / "case" / "prices.parquet"
    pl.read_parquet(prices).with_columns(pl.col("price") + 1.0).write_parquet(prices)
    told = r"out/case was changed since the sketch was made, .* write another sketch with coplant sketch --out"
    with pytest.raises(FileError, match=told):
        read_result(place, KIND)


def test_the_same_case_in_another_format_is_that_of_the_result(tmp_path: Path) -> None:
    place = _written(tmp_path / "out")
    _case().write(place / "case")
    assert read_result(place, KIND).case == _case()


def test_a_result_is_replaced(tmp_path: Path) -> None:
    place = _written(_written(tmp_path / "out"))
    assert read_result(place, KIND).facts == {"earns": 3.5}


@pytest.mark.parametrize("content", ["my notes", "{", "[]", '["digest", "tables"]', '{"tables": ["now"]}'])
def test_a_file_of_that_name_that_is_someones_own_makes_no_result(content: str, tmp_path: Path) -> None:
    (tmp_path / "sketch.json").write_text(content, encoding="utf-8")
    (tmp_path / "now.parquet").write_bytes(b"mine")
    with pytest.raises(FileError, match="holds files that are no sketch"):
        write_result(tmp_path, KIND, _case(), TABLES, {})
    with pytest.raises(FileError, match="does not hold a sketch"):
        read_result(tmp_path, KIND)
    assert (tmp_path / "sketch.json").read_text(encoding="utf-8") == content
    assert (tmp_path / "now.parquet").read_bytes() == b"mine"


def test_what_is_missing_or_damaged_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="there is no such folder"):
        read_result(tmp_path / "nowhere", KIND)
    with pytest.raises(FileError, match=r"there is no sketch\.json in it"):
        read_result(tmp_path, KIND)
    place = _written(tmp_path / "out")
    (place / "now.parquet").write_bytes(b"damage")
    with pytest.raises(FileError, match=r"now\.parquet in it is damaged"):
        read_result(place, KIND)
    (place / "now.parquet").unlink()
    with pytest.raises(FileError, match=r"there is no now\.parquet in it"):
        read_result(place, KIND)


def test_the_facts_tell_which_case_it_is_of(tmp_path: Path) -> None:
    facts = json.loads((_written(tmp_path / "out") / "sketch.json").read_text(encoding="utf-8"))
    assert facts["digest"] == _case().digest
