"""What does not change a plan: doing it again, the order of rows, names, the currency, a split bucket, the format."""

from __future__ import annotations

import copy
import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st
from laws.small_cases import Draft, drafts

import coplant
from coplant.schema import TABLES

EXACT = 1e-9
"""Gap small enough that the optimum is known to the tolerance below."""


def close(value: float) -> object:
    return pytest.approx(value, rel=1e-6, abs=1e-5)


def best(draft: Draft) -> float:
    return coplant.plan(draft.case(), gap=EXACT).objective


@given(drafts(integers=True))
def test_the_same_case_gives_the_same_plan(draft: Draft) -> None:
    first, again = (coplant.plan(draft.case()) for _ in range(2))
    assert first.objective == again.objective
    assert first.digest == again.digest
    for name, frame in first.tables.items():
        assert frame.equals(again.tables[name]), name


@given(drafts(integers=True), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(draft: Draft, order) -> None:
    shuffled = copy.deepcopy(draft)
    for rows in shuffled.tables.values():
        order.shuffle(rows)
    first, again = coplant.plan(draft.case()), coplant.plan(shuffled.case())
    assert first.digest == again.digest
    for name, frame in first.tables.items():
        assert frame.equals(again.tables[name]), name


@given(drafts(integers=True))
def test_names_do_not_matter(draft: Draft) -> None:
    renamed = copy.deepcopy(draft)
    named = [
        (row, column.name)
        for name, rows in renamed.tables.items()
        for column in TABLES[name].columns
        if column.type == "id"
        for row in rows
        if row.get(column.name) is not None
    ]
    # The last name becomes the first, so that the order in which things are met turns round.
    names = sorted({row[column] for row, column in named}, reverse=True)
    new = {name: f"thing {number:03d}" for number, name in enumerate(names)}
    for row, column in named:
        row[column] = new[row[column]]
    assert best(renamed) == close(best(draft))


@given(drafts(integers=True), st.sampled_from([0.01, 7.5, 1000.0]))
def test_another_currency_scales_the_objective(draft: Draft, factor: float) -> None:
    converted = copy.deepcopy(draft)
    for name, rows in converted.tables.items():
        for column in TABLES[name].columns:
            if column.unit.split("/")[0] == "money":
                for row in rows:
                    if row.get(column.name) is not None:
                        row[column.name] *= factor
    assert best(converted) == pytest.approx(best(draft) * factor, rel=1e-6, abs=1e-5 * max(1.0, factor))


SPLIT = {"week:": ("day", 7), "quarter:": ("month", 3)}


@given(drafts(plain=True))
def test_splitting_a_bucket_of_constant_data_changes_nothing(draft: Draft) -> None:
    finer = copy.deepcopy(draft)
    finer.settings["buckets"] = [
        f"{SPLIT[kind + ':'][0]}:{int(count) * SPLIT[kind + ':'][1]}" if kind + ":" in SPLIT else f"{kind}:{count}"
        for kind, count in (text.split(":") for text in draft.settings["buckets"])
    ]
    assert best(finer) == close(best(draft))


@pytest.mark.parametrize("form", ["csv", "parquet", "xlsx"])
@given(draft=drafts(integers=True))
def test_a_case_that_is_written_reads_back_equal(form: str, draft: Draft) -> None:
    case = draft.case()
    with TemporaryDirectory() as folder:
        path = Path(folder) / ("case.xlsx" if form == "xlsx" else "case")
        if form == "xlsx":
            case.write(path)
        else:
            case.write(path, format=form)
        again = coplant.read(path)
    assert again == case
    assert again.digest == case.digest
    assert isinstance(again.settings.start, datetime.date)
