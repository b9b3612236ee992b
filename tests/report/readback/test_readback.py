"""An agreement read back: its heading, its versions, and how it is laid out."""

from __future__ import annotations

import datetime
import json
import string
from pathlib import Path
from typing import Any

import pytest
from small_case import SmallCase

import coplant
from coplant import CaseError, ReadBack
from coplant.report.readback.provisions import clause_tables
from coplant.report.words import LANGUAGES, words_of
from coplant.schema import TABLES

EXAMPLES = Path(__file__).parents[3] / "examples"
FIVE_ROWS = Path(coplant.__file__).parent / "templates" / "five-rows"
START = datetime.date(2023, 1, 1)


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def hosted(**agreement: Any) -> SmallCase:
    """A host builds the only car for three years."""
    small = SmallCase("month:1", start=day("2026-01-01")).item("car", title="City car")
    small.host(**{"starts": START, "term": 36.0, **agreement}).route("car", site="host", agreement="deal")
    return small.demand("car", 1, "month", price=1.0, site="host")


def amended() -> SmallCase:
    """A fee of 7 is agreed to be 6 from March 2024, then 6.5; tooling is agreed anew; a rent ends early."""
    small = hosted()
    small.add("processing_fees", agreement="deal", fee=7.0, note="clause 4.1")
    small.add("processing_fees", agreement="deal", fee=6.0, valid_from=day("2024-03-01"), recorded_at=day("2023-05-20"))
    small.add("processing_fees", agreement="deal", fee=6.5, valid_from=day("2024-03-01"), recorded_at=day("2023-09-20"))
    small.add("tooling", agreement="deal", tool="dies", amount=100)
    small.add("tooling", agreement="deal", tool="dies", amount=120, recorded_at=day("2023-02-02"))
    return small.add("fixed_charges", agreement="deal", charge="rent", amount=9, per="month",
                     valid_until=day("2024-01-01"))  # fmt: skip


def told(small: SmallCase, **options: Any) -> ReadBack:
    return coplant.agreement(small.case(), "deal", **options)


def rows(read: ReadBack) -> list[tuple[str, tuple[int, ...]]]:
    return [(paragraph.clause, paragraph.rows) for paragraph in read.paragraphs]


def heading(read: ReadBack) -> dict[str, str]:
    return {entry.label: " ".join(entry.text.split()) for entry in read.heading}


# -- versions ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "known_on", [None, *map(day, ("2022-12-31", "2023-02-02", "2023-05-19", "2023-05-20", "2023-09-20", "2024-06-01"))]
)
def test_paragraphs_are_the_rows_of_the_case_as_known(known_on: datetime.date | None) -> None:
    small = amended()
    known = small.case().known(known_on)
    read = told(small, known_on=known_on)
    numbers = {(paragraph.clause, row) for paragraph in read.paragraphs for row in paragraph.rows}
    assert len(numbers) == sum(known[table.name].height for table in clause_tables())
    days = {(paragraph.clause, paragraph.holds_from, paragraph.holds_until) for paragraph in read.paragraphs}
    for row in known["processing_fees"].iter_rows(named=True):
        begins, ends = row["valid_from"] or START, row["valid_until"] or day("2026-01-01")
        assert ("processing_fees", begins, ends) in days


def test_what_replaced_or_cut_a_provision_is_told_with_its_day() -> None:
    read = told(amended())
    assert rows(read) == [("processing_fees", (1,)), ("processing_fees", (3,)), ("fixed_charges", (1,)),
                          ("tooling", (2,))]  # fmt: skip
    assert [(paragraph.number, paragraph.clause, paragraph.rows) for paragraph in read.amended] == [
        ("A1", "processing_fees", (1,)),
        ("A2", "processing_fees", (2,)),
        ("A3", "tooling", (1,)),
    ]
    cut, replaced, tool = (" ".join(paragraph.text.split()) for paragraph in read.amended)
    assert cut == (
        "It was to hold to 31 December 2025. A version known since 20 May 2023 takes its place from 1 March 2024:"
        " processing_fees, row 2. What still holds of it is paragraph 1."
    )
    assert replaced == (
        "Replaced as a whole by a version known since 20 September 2023: paragraph 2. It said:"
        " The brand pays the host 6 EUR for each good unit of every product built under the agreement."
    )
    assert "known since 2 February 2023: paragraph 4." in tool
    assert "costs 100 EUR" in tool


def test_nothing_was_amended_before_it_was_known() -> None:
    read = told(amended(), known_on=day("2023-01-31"))
    assert read.amended == ()
    assert rows(read) == [("processing_fees", (1,)), ("fixed_charges", (1,)), ("tooling", (1,))]
    assert heading(read)["Read"] == "As known on 31 January 2023. 3 rows recorded later are left out."


def test_only_what_holds_on_a_day_is_kept() -> None:
    read = told(amended(), valid_on=day("2024-02-29"))
    assert rows(read) == [("processing_fees", (1,)), ("tooling", (2,))]
    assert [paragraph.rows for paragraph in read.amended if paragraph.clause == "processing_fees"] == []


def test_what_once_was_to_hold_on_a_day_is_told_in_full() -> None:
    read = told(amended(), valid_on=day("2024-03-01"))
    assert rows(read) == [("processing_fees", (3,)), ("tooling", (2,))]
    fees = [" ".join(one.text.split()) for one in read.amended if one.clause == "processing_fees"]
    assert len(fees) == 2
    assert "It said: The brand pays the host 7 EUR" in fees[0]
    assert "It said: The brand pays the host 6 EUR" in fees[1]


def test_a_day_outside_the_term_is_remarked() -> None:
    read = told(hosted().add("processing_fees", agreement="deal", fee=7.0), valid_on=day("2026-01-01"))
    assert "The agreement is not in force on that day." in heading(read)["Read"]
    assert read.paragraphs == ()
    assert "No clause holds." in str(read)


def test_a_paragraph_says_where_it_comes_from() -> None:
    small = hosted()
    small.add("processing_fees", agreement="deal", item="car", fee=7.0, source="contract", note="clause 4.1",
              recorded_at=day("2022-12-24"), valid_until=day("2024-01-01"))  # fmt: skip
    (paragraph,) = told(small).paragraphs
    assert paragraph.title == "Processing fee: City car"
    assert (paragraph.source, paragraph.note, paragraph.known_since) == ("contract", "clause 4.1", day("2022-12-24"))
    assert " ".join(paragraph.particulars.split()) == (
        "Holds from 1 January 2023 to 31 December 2023. Known since 24 December 2022. Source: contract."
        " Note: “clause 4.1”. Table processing_fees, row 1."
    )


def test_rows_are_those_of_the_file(tmp_path: Path) -> None:
    """The heading of a CSV file is its first line."""
    amended().case().write(tmp_path / "case")
    read = coplant.agreement(coplant.read(tmp_path / "case"), "deal")
    assert [paragraph.rows for paragraph in read.paragraphs] == [(2,), (4,), (2,), (3,)]


# -- an early end ------------------------------------------------------------------------------------------------------


def left(**row: Any) -> SmallCase:
    return amended().add("exit_terms", agreement="deal").add("exits", **{
        "agreement": "deal", "notice": day("2023-10-01"), "exit": day("2024-02-01"), "by": "brand", **row
    })  # fmt: skip


@pytest.mark.parametrize(("months", "until"), [(18.0, "2024-07-01"), (36.0, "2026-01-01"), (48.0, "2026-01-01")])
def test_a_cover_of_some_months_holds_as_long(months: float, until: str) -> None:
    """The agreement holds for 36 months from 2023 on."""
    read = told(hosted().add("loss_cover", agreement="deal", fixed_cost=9, per="month", margin=1, months=months))
    assert [paragraph.holds_until for paragraph in read.paragraphs] == [day(until)]


def test_an_early_end_cuts_what_holds() -> None:
    read = told(left())
    assert heading(read)["Early end"] == (
        "the brand gave notice on 1 October 2023, without cause; last day in force 31 January 2024"
    )
    first, second = read.paragraphs[:2]
    assert first.holds_until == day("2024-02-01")
    assert "Never holds" in second.particulars


def test_an_exit_is_known_from_its_notice_on() -> None:
    assert "Early end" not in heading(told(left(), known_on=day("2023-09-30")))
    assert "Early end" in heading(told(left(), known_on=day("2023-10-01")))


@pytest.mark.parametrize(
    ("by", "cause", "words"),
    [("host", "convenience", "the host gave notice"), ("host", "default", "for the default of the brand"),
     ("brand", "default", "for the default of the host")],
)  # fmt: skip
def test_who_left_and_why_is_told(by: str, cause: str, words: str) -> None:
    assert words in heading(told(left(by=by, cause=cause)))["Early end"]


# -- the heading -------------------------------------------------------------------------------------------------------


def test_the_heading_tells_parties_term_and_terms() -> None:
    small = hosted(title="The deal", statement_days=15, frozen_days=1, sign_from=day("2022-11-30"))
    read = told(small)
    assert read.title == "The deal"
    assert heading(read) == {
        "Brand": "brand, “the brand”, whose products are built",
        "Host": "host, “the host”, which builds them in its plant",
        "Plant": "host",
        "Products": "City car",
        "Term": "36 months, from 1 January 2023 to 31 December 2025, both included; no longer in force on"
        " 1 January 2026",
        "Signature": "30 November 2022",
        "Status": "signed",
        "Statements": "drawn up 15 days after the first day of the following month, from what is known by then: the"
        " one for January 2023 on 16 February 2023",
        "Frozen zone": "a call-off is issued at least 1 day before it is due",
        "Currency": "EUR",
        "From": "Table agreements, row 1.",
    }


def test_agreements_of_which_one_is_signed_are_named() -> None:
    small = hosted(status="option", group="plants").host("other", "elsewhere", starts=START, term=12.0,
                                                         status="option", group="plants", title="Another")  # fmt: skip
    read = heading(told(small))
    assert read["Alternatives"] == "at most one is signed of this agreement and “Another” (group plants)"
    assert read["Signature"] == "on 1 January 2023, if it is signed"


def test_a_brand_may_be_its_own_host() -> None:
    small = SmallCase("month:1").item("car").route("car", agreement="own").demand("car", 1, "month")
    small.add("agreements", agreement="own", host="brand", site="works", status="signed", starts=START, term=12)
    assert "the brand itself" in heading(coplant.agreement(small.case(), "own"))["Host"]


def test_an_agreement_without_clauses_says_so() -> None:
    assert "No clause holds." in str(told(hosted()))


# -- languages and layouts ---------------------------------------------------------------------------------------------


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_languages_have_the_same_texts_with_the_same_values(language: str) -> None:
    first, other = (words_of(one, "coplant.report.readback").texts for one in (LANGUAGES[0], language))
    assert set(first) == set(other)
    assert {key: fields(text) for key, text in first.items()} == {key: fields(text) for key, text in other.items()}


def test_french_puts_a_space_that_does_not_break_before_double_marks() -> None:
    texts = words_of("fr", "coplant.report.readback").texts.values()
    assert [text for text in texts for mark in ";:!?»" if f" {mark}" in text] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [40, 80, 120])
def test_lines_are_as_long_as_is_asked(language: str, width: int) -> None:
    case = coplant.read(EXAMPLES / "xiaomi-2021")
    for name in case["agreements"]["agreement"]:
        text = coplant.agreement(case, name, language=language).text(width)
        assert max(len(line) for line in text.splitlines()) <= width
        assert text.endswith("]\n")


def test_markdown_has_a_heading_for_each_paragraph() -> None:
    small = amended().add("fixed_charges", agreement="deal", charge="a_b*<i>", amount=9, per="month")
    lines = told(small).markdown().splitlines()
    assert lines[0] == "# deal"
    assert "## 1. Processing fee" in lines
    assert r"## 3. Fixed charge: a\_b\*\<i\>" in lines
    assert "### A1. Processing fee" in lines


def test_what_is_read_back_goes_into_json() -> None:
    read = told(amended())
    content = json.loads(json.dumps(read.as_dict(), default=str))
    assert [one["number"] for one in content["paragraphs"]] == ["1", "2", "3", "4"]
    assert content["paragraphs"][1]["known_since"] == "2023-09-20"
    assert content["amended"][0]["rows"] == [1]
    assert content["agreement"] == "deal"


# -- mistakes ----------------------------------------------------------------------------------------------------------


def test_an_unknown_agreement_is_asked_about() -> None:
    with pytest.raises(CaseError, match=r'"dael"; expected an agreement of the case\. Did you mean "deal"\?'):
        coplant.agreement(hosted().case(), "dael")
    with pytest.raises(CaseError, match="The case has deal"):
        coplant.agreement(hosted().case(), "xyz")
    with pytest.raises(CaseError, match="The case has no agreement"):
        coplant.agreement(coplant.read(FIVE_ROWS), "deal")


def test_an_unknown_language_is_an_error() -> None:
    with pytest.raises(ValueError, match="it is en or fr"):
        coplant.agreement(hosted().case(), "deal", language="de")


def test_clauses_belong_to_an_agreement() -> None:
    assert all(TABLES[table.name].column("agreement").required for table in clause_tables())
