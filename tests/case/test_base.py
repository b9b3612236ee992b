"""Cases that stand on another: a folder with a few tables and settings of its own."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Mapping
from pathlib import Path

import polars as pl
import pytest

import coplant
from coplant.errors import Problem

Put = Callable[[Mapping[str, str]], Path]


def beside(folder: Path, name: str, settings: str, **tables: str) -> Path:
    """Write a folder beside another."""
    place = folder.parent / name
    place.mkdir()
    (place / "case.toml").write_text(settings, encoding="utf-8")
    for table, text in tables.items():
        (place / f"{table}.csv").write_text(text, encoding="utf-8")
    return place


def problems(path: Path) -> list[Problem]:
    with pytest.raises(coplant.CaseError) as caught:
        coplant.read(path)
    return caught.value.problems


def test_a_case_that_adds_nothing_is_its_base(files: dict[str, str], put: Put) -> None:
    base = put(files)
    same = coplant.read(beside(base, "same", 'base = "../folder"\n'))

    assert same == coplant.read(base)
    assert same.digest == coplant.read(base).digest


def test_its_tables_and_settings_take_the_place_of_those_of_the_base(files: dict[str, str], put: Put) -> None:
    base = put(files)
    parties = files["parties"] + "other,supplier\n"
    other = coplant.read(beside(base, "other", 'base = "../folder"\ncurrency = "EUR"\n', parties=parties))

    assert other == coplant.read(base).edit("case", currency="EUR").replace(
        {"parties": pl.read_csv(parties.encode(), infer_schema=False)}
    )


def test_a_header_alone_takes_a_table_of_the_base_away(files: dict[str, str], put: Put) -> None:
    base = put(files)
    without = beside(base, "without", 'base = "../folder"', stock=files["stock"].splitlines()[0] + "\n")

    assert coplant.read(base)["stock"].height > 0
    assert coplant.read(without)["stock"].is_empty()


def test_a_base_may_stand_on_another(files: dict[str, str], put: Put) -> None:
    base = put(files)
    beside(base, "second", 'base = "../folder"\ntitle = "Second"\ncurrency = "EUR"\n')
    third = coplant.read(beside(base, "third", 'base = "../second"\ncurrency = "USD"\n'))

    assert (third.settings.name, third.settings.title, third.settings.currency) == ("car", "Second", "USD")
    assert third["items"].equals(coplant.read(base)["items"])


def test_a_csv_takes_the_place_of_parquet(files: dict[str, str], put: Put, tmp_path: Path) -> None:
    whole = coplant.read(put(files))
    whole.write(tmp_path / "columns", format="parquet")
    parties = files["parties"] + "other,supplier\n"
    other = coplant.read(beside(tmp_path / "columns", "other", 'base = "../columns"', parties=parties))

    assert other["parties"].height == whole["parties"].height + 1
    assert other["items"].equals(whole["items"])


def test_it_is_written_whole(files: dict[str, str], put: Put, tmp_path: Path) -> None:
    case = coplant.read(beside(put(files), "other", 'base = "../folder"\ncurrency = "EUR"'))
    case.write(tmp_path / "apart" / "whole")
    case.write(tmp_path / "whole.xlsx")

    assert "base" not in (tmp_path / "apart" / "whole" / "case.toml").read_text(encoding="utf-8")
    assert coplant.read(tmp_path / "apart" / "whole") == case
    assert coplant.read(tmp_path / "whole.xlsx") == case


def test_written_over_itself_it_needs_its_base_no_longer(files: dict[str, str], put: Put) -> None:
    base = put(files)
    place = beside(base, "other", 'base = "../folder"\ncurrency = "EUR"')
    case = coplant.read(place)
    case.write(place)
    (base / "case.toml").unlink()

    assert coplant.read(place) == case


# -- mistakes ---------------------------------------------------------------------------------------------------------


def test_mistakes_name_the_file_in_which_they_are(files: dict[str, str], put: Put) -> None:
    files["items"] += "bolt,,much\n"
    files["case"] += 'discount_rate = "high"\n'
    files["case"] = files["case"].replace('currency = "CNY"\n', "")
    base = put(files)
    (base / "hotels.csv").write_text("hotel\nRitz\n", encoding="utf-8")
    (base / "case.csv").write_text("name\ncar\n", encoding="utf-8")
    other = beside(base, "other", 'base = "../folder"\nstart = "soon"\n', stock="item,site,quantity\nchip,nowhere,1\n")

    told = [(one.file, one.table, one.row, one.column) for one in problems(other)]
    assert told == [
        (str(base / "hotels.csv"), "hotels", None, None),
        (str(base), "case", None, None),
        (None, "case", None, "currency"),
        (None, "case", 2, "start"),
        (str(base / "case.toml"), "case", 4, "discount_rate"),
        (str(base / "items.csv"), "items", 5, "value"),
        (None, "stock", 2, "site"),
    ]


def test_a_row_of_the_base_that_a_new_table_leaves_dangling_is_told_with_its_file(
    files: dict[str, str], put: Put
) -> None:
    base = put(files)
    other = beside(base, "other", 'base = "../folder"', ramps="ramp,month,share\nquick,0,1\n")

    (problem,) = problems(other)
    assert str(problem).startswith(f'{base / "routes.csv"}, row 2, ramp: "slow"; expected a ramp in ramps')
    with pytest.raises(coplant.CaseError, match=f"1 problem in {other}:"):
        coplant.read(other)


def test_a_change_in_memory_still_knows_whose_row_is_wrong(files: dict[str, str], put: Put) -> None:
    base = put(files)
    case = coplant.read(beside(base, "other", 'base = "../folder"'))
    for known in (case, pickle.loads(pickle.dumps(case)), case.edit("case", currency="EUR")):
        with pytest.raises(coplant.CaseError) as caught:
            known.replace({"ramps": [{"ramp": "quick", "month": 0, "share": 1}]})
        assert [(one.file, one.row) for one in caught.value.problems] == [(str(base / "routes.csv"), 2)]
    with pytest.raises(coplant.CaseError) as caught:
        case.replace({"ramps": [{"ramp": "slow", "month": 0, "share": 2}]})
    assert [(one.file, one.table) for one in caught.value.problems] == [(None, "ramps")]


@pytest.mark.parametrize(
    ("settings", "row", "words"),
    [
        ('base = "../foldr"', 1, r'"../foldr"; expected the folder of a case.* does not exist. Did you mean "folder"'),
        ('name = "x"\nbase = "nowhere/at/all"', 2, "does not exist. Paths begin at the folder that names them"),
        ('base = "../folder/case.toml"', 1, r"is a file. Name its folder, .*folder$"),
        ('base = "../folder.xlsx"', 1, "folder.xlsx is a file. `coplant convert` makes one of a workbook"),
        ('base = "../empty"', 1, "empty holds no case.toml: name another folder"),
        ("base = 7", 1, "7; expected the path of a folder"),
        ('base = ""', 1, '""; expected the path of a folder'),
    ],
    ids=["misspelt", "nowhere", "case.toml", "workbook", "no case", "number", "nothing"],
)
def test_a_base_that_is_no_folder_of_a_case_is_told(
    settings: str, row: int, words: str, files: dict[str, str], put: Put
) -> None:
    base = put(files)
    coplant.read(base).write(base.parent / "folder.xlsx")
    (base.parent / "empty").mkdir()
    other = beside(base, "other", settings)

    with pytest.raises(coplant.CaseError, match=words) as caught:
        coplant.read(other)
    (problem,) = caught.value.problems
    assert (problem.file, problem.row, problem.column) == (str(other / "case.toml"), row, "base")
    assert caught.value.origin == str(other)


def test_a_base_that_the_system_refuses_is_told(files: dict[str, str], put: Put) -> None:
    other = beside(put(files), "other", f'base = "{"x" * 300}"')

    with pytest.raises(coplant.FileError, match=r"case.toml cannot be followed to its base: .*Name a shorter path"):
        coplant.read(other)


def test_cases_that_stand_on_each_other_are_told(files: dict[str, str], put: Put) -> None:
    base = put(files | {"case": files["case"] + 'base = "../third"\n'})
    beside(base, "second", 'base = "../folder"')
    third = beside(base, "third", 'base = "../second"')

    (problem,) = problems(third)
    assert (problem.file, problem.row, problem.value) == (str(base / "case.toml"), 5, "../third")
    assert problem.mend == (
        f"{third} stands on {third.parent / 'second'} stands on {base} stands on {third}: remove one of the lines"
    )
    itself = beside(base, "itself", 'base = "."')
    assert [one.column for one in problems(itself)] == ["base"]


def test_a_workbook_stands_on_nothing(files: dict[str, str], put: Put, tmp_path: Path) -> None:
    import openpyxl

    base = put(files)
    coplant.read(base).write(tmp_path / "car.xlsx")
    book = openpyxl.load_workbook(tmp_path / "car.xlsx")
    sheet = book["case"]
    place = sheet.max_column + 1
    sheet.cell(1, place, "base")
    sheet.cell(2, place, "folder")
    book.save(tmp_path / "car.xlsx")

    (problem,) = problems(tmp_path / "car.xlsx")
    assert str(problem).startswith('case, row 2, base: "folder"; expected no base of a workbook. Only the case.toml')
