"""Invoices of statements: documents in the terms of EN 16931, before tax."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

import pytest
from settlement.every_line import built, charges, day, hosted, not_committed, settlements, tiers

import coplant
from coplant import Settlement

Document = dict[str, Any]


@pytest.fixture(scope="module")
def every() -> list[Settlement]:
    return list(settlements())


def of(settlement: Settlement, month: str) -> Document:
    return next(one for one in settlement.invoices() if one["number"] == f"deal-{month}")


def test_every_statement_with_lines_is_a_document_that_adds_up(every: list[Settlement]) -> None:
    """BR-CO-10: the sum of the net amounts of lines is their total; BR-27: no price is negative."""
    for settlement in every:
        documents = settlement.invoices()
        drawn = settlement["lines"].select("agreement", "statement").unique().height
        assert len(documents) == drawn == len({one["number"] for one in documents})
        total = 0.0
        for one in documents:
            net = sum(line["net_amount"] for line in one["lines"])
            assert one["totals"] == {"line_net_amount": pytest.approx(net), "amount_without_tax": pytest.approx(net)}
            assert net >= 0.0
            assert all(line["net_price"] >= 0.0 for line in one["lines"])
            for line in one["lines"]:
                assert line["net_amount"] == pytest.approx(line["quantity"] * line["net_price"], abs=0.005001)
            total += -net if one["type_code"] == "381" else net
        assert total == pytest.approx(settlement.total)


def test_an_invoice_names_parties_days_and_what_is_paid_for(every: list[Settlement]) -> None:
    one = of(every[0], "2023-07")
    assert one["issue_date"] == "2023-08-11"
    assert (one["type_code"], one["currency"], one["contract"]) == ("380", "EUR", "deal")
    assert one["seller"] == {"identifier": "host", "name": "host"}
    assert one["buyer"] == {"identifier": "brand", "name": "brand"}
    assert one["period"] == {"start": "2023-07-01", "end": "2023-07-31"}
    assert "Tax is left out" in one["note"]
    line = next(line for line in one["lines"] if line["item"].get("buyer_identifier") == "car")
    assert line == {
        "identifier": line["identifier"],
        "note": "1,234 good units × 12.345 EUR",
        "quantity": 1_234.0,
        "unit_code": "C62",
        "net_amount": 15_233.73,
        "period": {"start": "2023-07-01", "end": "2023-07-31"},
        "net_price": 12.345,
        "item": {"name": "Processing fee, The car", "buyer_identifier": "car"},
    }


def test_a_correction_is_for_its_month_and_names_the_invoice_of_it(every: list[Settlement]) -> None:
    one = of(every[0], "2023-05")
    assert one["preceding_invoices"] == [{"number": "deal-2023-02", "issue_date": "2023-03-11"}]
    line = next(line for line in one["lines"] if "correction" in line["item"]["name"])
    assert line["period"] == {"start": "2023-02-01", "end": "2023-02-28"}
    assert line["note"].endswith(" billed; due now: 160.49 EUR = 13 good units × 12.345 EUR")


def test_items_of_an_invoice_are_told_apart(every: list[Settlement]) -> None:
    """No two lines of a statement have the same name, but for the months that they correct."""
    for settlement in every:
        for one in settlement.invoices():
            names = [(line["item"]["name"], line["period"]["start"]) for line in one["lines"]]
            assert len(set(names)) == len(names), names


def test_a_statement_that_comes_to_less_than_nothing_is_a_credit_note() -> None:
    """The third tier of all units pays back more for those before than the month costs."""
    small = tiers("all_units")
    credit = of(coplant.settle(small.case(), first=day("2023-01-01")), "2023-05")
    assert credit["type_code"] == "380"
    small = hosted()
    for above, fee in ((0, 12.0), (100, 2.0)):
        small.add("processing_fees", agreement="deal", above=above, fee=fee, basis="year", method="all_units")
    credit = of(coplant.settle(built(small, m2023_02=100, m2023_03=10).case()), "2023-03")
    assert credit["type_code"] == "381"
    assert credit["totals"]["line_net_amount"] == 100 * 10.0 - 10 * 2.0
    assert [(line["quantity"], line["net_price"], line["net_amount"]) for line in credit["lines"]] == [
        (-10.0, 2.0, -20.0),
        (100.0, 10.0, 1_000.0),
    ]


def test_units_of_measure_are_told_by_their_codes() -> None:
    small = hosted().add("processing_fees", agreement="deal", fee=3)
    small.tables["items"][0]["unit"] = "kg"
    assert of(coplant.settle(built(small, m2023_02=5).case()), "2023-02")["lines"][0]["unit_code"] == "KGM"


def test_a_pro_forma_is_no_invoice() -> None:
    small = hosted(starts=datetime.date(2026, 1, 1)).add("fixed_charges", agreement="deal", charge="rent", amount=9,
                                                         per="month")  # fmt: skip
    assert [one["type_code"] for one in coplant.pro_forma(small.plan()).invoices()] == ["325"]


@pytest.mark.parametrize("roles", [[], ["brand"]], ids=["none", "two"])
def test_who_the_brand_is_must_be_known(roles: list[str], tmp_path: Path) -> None:
    small = charges()
    if roles:
        small.add("parties", party="another", role="brand")
    else:
        small.tables["parties"][0]["role"] = "customer"
    settled = coplant.settle(small.case())
    with pytest.raises(coplant.CaseError, match="expected one party that is the brand"):
        settled.to_json(tmp_path / "invoices.json")
    assert list(tmp_path.iterdir()) == []


def test_invoices_are_written_to_one_file_or_to_a_folder(every: list[Settlement], tmp_path: Path) -> None:
    settled = every[5]
    settled.to_json(tmp_path / "all.json")
    assert json.loads((tmp_path / "all.json").read_text(encoding="utf-8")) == settled.invoices()
    settled.to_json(tmp_path / "folder")
    index = json.loads((tmp_path / "folder" / "invoices.json").read_text(encoding="utf-8"))
    assert [one["number"] for one in index] == [one["number"] for one in settled.invoices()]
    read = [json.loads((tmp_path / "folder" / one["file"]).read_text(encoding="utf-8")) for one in index]
    assert read == settled.invoices()


def test_invoices_take_the_place_of_earlier_ones_and_of_nothing_else(tmp_path: Path) -> None:
    folder = tmp_path / "invoices"
    coplant.settle(charges().case()).to_json(folder)
    (folder / "notes.txt").write_text("mine")
    coplant.settle(not_committed().case()).to_json(folder)
    index = json.loads((folder / "invoices.json").read_text(encoding="utf-8"))
    kept = {path.name for path in folder.iterdir()}
    assert kept == {"invoices.json", "notes.txt", *(one["file"] for one in index)}
    with pytest.raises(coplant.FileError, match="holds files that are no invoices"):
        coplant.settle(charges().case()).to_json(tmp_path)


def test_files_are_named_as_any_system_takes_them(tmp_path: Path) -> None:
    small = hosted(agreement="a/b: c")
    small.tables["routes"][0]["agreement"] = "a/b: c"
    small.add("tooling", agreement="a/b: c", tool="press", amount=70, payment="up_front")
    coplant.settle(small.case()).to_json(tmp_path / "invoices")
    assert {path.name for path in (tmp_path / "invoices").iterdir()} == {"a-b--c-2023-01.json", "invoices.json"}
