"""Folders of CSV and Parquet, as people and programs write them."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import polars as pl
import pytest

import coplant
from coplant.case import folder as folder_module
from coplant.schema import TABLES

Put = Callable[[Mapping[str, str]], Path]


@pytest.mark.parametrize(
    "change",
    [
        lambda text: "\ufeff" + text,
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("\n", "\r"),
        lambda text: text.rstrip("\n"),
        lambda text: text + "\n\n",
        lambda text: text + "," * text.split("\n")[0].count(",") + "\n",
        lambda text: "\n".join(",".join(f'"{cell}"' for cell in line.split(",")) for line in text.splitlines()),
        lambda text: text.replace("\n", ",\n"),
    ],
    ids=["mark of UTF-8", "CRLF", "CR", "no last line end", "blank lines", "commas", "quotes", "extra column"],
)
def test_ways_of_writing_csv_give_the_same_case(change: Callable[[str], str], files: dict[str, str], put: Put) -> None:
    case = coplant.Case.from_tables(
        {"name": "car", "currency": "CNY", "start": "2023-01-01", "buckets": "month:12 quarter:4"},
        {name: pl.read_csv(text.encode(), infer_schema=False) for name, text in files.items() if name != "case"},
    )
    written = put({name: change(text) if name != "case" else text for name, text in files.items()})
    assert coplant.read(written) == case


def test_rows_are_counted_in_lines_of_the_file(files: dict[str, str], put: Put) -> None:
    files["items"] = 'item,title,value\ncar,"one\ntwo",1\n\nseat,"say ""hi""",2\nchip,"x\r\ny",3\nlast,,much\n'
    with pytest.raises(coplant.CaseError) as caught:
        coplant.read(put(files))
    rows = [problem.row for problem in caught.value.problems if problem.table == "items"]
    assert rows == [8]


def test_a_broken_record_is_named_by_its_first_line(files: dict[str, str], put: Put) -> None:
    files["items"] = 'item,title,value\ncar,"one\ntwo",1\nend,"5" panel",1\n'
    with pytest.raises(coplant.FileError, match=r"items.csv is broken in the record that begins in line 4"):
        coplant.read(put(files))


def test_a_table_of_unknown_columns_is_told(files: dict[str, str], put: Put) -> None:
    files["stock"] = "artikel,ort\nchip,plant\n"
    with pytest.raises(coplant.CaseError) as caught:
        coplant.read(put(files))
    told = [(one.column, one.expected) for one in caught.value.problems]
    assert told == [
        ("artikel", "the name of a column of this table"),
        ("ort", "the name of a column of this table"),
        ("item", "this column"),
        ("site", "this column"),
        ("quantity", "this column"),
    ]


def test_a_quotation_mark_inside_plain_text_is_text(files: dict[str, str], put: Put) -> None:
    files["items"] = 'item,title\ncar,a 5" panel\nseat,x"y"\nchip,\n'
    files["lanes"] = files["lanes"].replace("truck,,cars", "truck,car,")
    files["mix"] = files["mix"].replace("cars", "car")
    case = coplant.read(put(files))
    assert case["items"]["title"].to_list() == ['a 5" panel', None, 'x"y"']


def test_cells_that_are_too_many_are_told_among_the_rest(files: dict[str, str], put: Put) -> None:
    files["items"] += "foam,,1,000\nfelt,,much\n"
    with pytest.raises(coplant.CaseError) as caught:
        coplant.read(put(files))
    assert [(one.row, one.column, one.value) for one in caught.value.problems] == [
        (5, None, "000"),
        (6, "value", "much"),
    ]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "items.csv is empty"),
        (b"\xef\xbb\xbf\n", "items.csv is empty"),
        (b"item;value\ncar;1\n", "semicolons between its columns. Save it as CSV with commas"),
        (b"item\tvalue\ncar\t1\n", "tabs between its columns"),
        (b"item,title\ncar,x\nseat,caf\xe9\n", "not UTF-8 in line 3"),
        ("item,value\ncar,1\n".encode("utf-16"), "not UTF-8 in line 1"),
        (b'item,title\ncar,x\nseat,"open\nchip,1\n', "broken in the record that begins in line 3"),
        (b"\n\nitem,value\ncar,1\n", "begins with a blank line"),
    ],
)
def test_a_file_that_is_not_csv_is_told(content: bytes, words: str, files: dict[str, str], put: Put) -> None:
    folder = put(files)
    (folder / "items.csv").write_bytes(content)
    with pytest.raises(coplant.FileError, match=words):
        coplant.read(folder)


def test_a_header_alone_is_an_empty_table(files: dict[str, str], put: Put) -> None:
    files["stock"] = "item,site,quantity\n"
    assert coplant.read(put(files))["stock"].is_empty()


def test_files_that_are_no_tables_are_passed_over(files: dict[str, str], put: Put) -> None:
    folder = put(files)
    (folder / "README.md").write_text("about")
    (folder / "derive.py").write_text("pass")
    (folder / ".~lock.items.csv").write_text("locked")
    (folder / "older").mkdir()
    assert coplant.read(folder).settings.name == "car"


def test_what_is_not_a_case_is_told(tmp_path: Path, files: dict[str, str], put: Put) -> None:
    folder = put(files)
    with pytest.raises(coplant.FileError, match=r'foldr does not exist. Did you mean "folder"?'):
        coplant.read(tmp_path / "foldr")
    with pytest.raises(coplant.FileError, match=r"xyz does not exist. Name the folder or the workbook"):
        coplant.read(tmp_path / "xyz")
    with pytest.raises(coplant.FileError, match=r"case.toml is part of a case. Name its folder"):
        coplant.read(folder / "case.toml")
    with pytest.raises(coplant.FileError, match=r"items.csv is not a case"):
        coplant.read(folder / "items.csv")
    with pytest.raises(coplant.FileError, match=r"holds no case.toml"):
        coplant.read(tmp_path)
    (folder / "case.toml").write_text("name = car\n")
    with pytest.raises(coplant.FileError, match=r"case.toml is not TOML: .*line 1"):
        coplant.read(folder)
    (folder / "case.toml").write_bytes(b"name = '\xff'\n")
    with pytest.raises(coplant.FileError, match=r"case.toml is not UTF-8 in line 1"):
        coplant.read(folder)


def test_a_table_that_is_a_folder_is_told(files: dict[str, str], put: Put) -> None:
    folder = put(files)
    (folder / "note.csv").mkdir()
    with pytest.raises(coplant.FileError, match=r"note.csv cannot be read: Is a directory"):
        coplant.read(folder)


def test_settings_belong_in_case_toml(files: dict[str, str], put: Put) -> None:
    folder = put(files)
    (folder / "case.csv").write_text("name\ncar\n")
    with pytest.raises(coplant.CaseError, match=r'"case.csv"; expected the settings of a case in case.toml'):
        coplant.read(folder)


def test_parquet_is_read_in_whatever_types_it_has(files: dict[str, str], put: Put, tmp_path: Path) -> None:
    case = coplant.read(put(files))
    folder = tmp_path / "parquet"
    case.write(folder, format="parquet")
    assert {path.suffix for path in folder.iterdir()} == {".toml", ".parquet"}
    changes = {
        "offers": pl.all().cast(pl.Categorical),
        "mix": pl.col("year").cast(pl.Int16),
        "prices": pl.col("from").cast(pl.Datetime("ms")),
        "bom": pl.col("quantity").cast(pl.Int32),
        "stock": pl.col("quantity").cast(pl.Decimal(10, 2)),
        "demand": pl.col("from").cast(pl.String),
        "loads": pl.col("quantity").cast(pl.Float32),
        "take_or_pay": pl.lit(None).alias("note"),
    }
    for name, change in changes.items():
        columns = pl.col("offer", "item", "site", "supplier", "allotment").cast(pl.Categorical)
        pl.read_parquet(folder / f"{name}.parquet").with_columns(columns if name == "offers" else change).write_parquet(
            folder / f"{name}.parquet"
        )
    assert coplant.read(folder) == case


def test_parquet_rows_are_counted_from_one(files: dict[str, str], put: Put, tmp_path: Path) -> None:
    case = coplant.read(put(files))
    case.write(tmp_path / "parquet", format="parquet")
    path = tmp_path / "parquet" / "prices.parquet"
    noon = pl.col("from").cast(pl.Datetime("us")) + pl.duration(hours=12)
    pl.read_parquet(path).with_columns(noon, note=pl.lit(True)).write_parquet(path)
    with pytest.raises(coplant.CaseError) as caught:
        coplant.read(tmp_path / "parquet")
    problems = [(one.table, one.row, one.column) for one in caught.value.problems]
    assert problems == [("prices", 1, "from"), ("prices", 2, "from")]


def test_a_broken_parquet_file_and_a_table_in_two_formats_are_told(
    files: dict[str, str], put: Put, tmp_path: Path
) -> None:
    folder = put(files)
    (folder / "items.parquet").write_bytes(b"PAR1 but not really")
    with pytest.raises(coplant.FileError, match="items both as CSV and as Parquet"):
        coplant.read(folder)
    (folder / "items.csv").unlink()
    with pytest.raises(coplant.FileError, match=r"items.parquet is not Parquet"):
        coplant.read(folder)


def test_writing_keeps_what_is_not_the_cases(files: dict[str, str], put: Put) -> None:
    folder = put(files)
    case = coplant.read(folder)
    (folder / "README.md").write_text("about")
    (folder / "older").mkdir()
    (folder / "older" / "items.csv").write_text("x")
    case.without("stock", {"item": "chip"}).write(folder)
    assert (folder / "README.md").read_text() == "about"
    assert (folder / "older" / "items.csv").read_text() == "x"
    assert not (folder / "stock.csv").exists()
    case.write(folder, format="parquet")
    assert not list(folder.glob("*.csv"))
    assert coplant.read(folder) == case


def test_writing_over_something_else_is_refused(files: dict[str, str], put: Put, tmp_path: Path) -> None:
    case = coplant.read(put(files))
    other = tmp_path / "thesis"
    other.mkdir()
    (other / "thesis.txt").write_text("years of work")
    with pytest.raises(coplant.FileError, match="holds files that are no case"):
        case.write(other)
    with pytest.raises(coplant.FileError, match="is a file"):
        case.write(other / "thesis.txt")
    assert [one.name for one in other.iterdir()] == ["thesis.txt"]
    with pytest.raises(ValueError, match="no format"):
        case.write(tmp_path / "new", format="json")  # type: ignore[arg-type]


def test_what_is_written_is_plain(files: dict[str, str], put: Put, tmp_path: Path) -> None:
    coplant.read(put(files)).edit("items", {"item": "seat"}, value=10.25).write(tmp_path / "out")
    assert (tmp_path / "out" / "items.csv").read_text() == "item,family,value\ncar,cars,100\nchip,,2\nseat,,10.25\n"
    assert (tmp_path / "out" / "case.toml").read_text() == files["case"]


def test_reading_line_by_line_agrees_with_reading_at_once() -> None:
    draw = random.Random(1)
    pieces = ["x", ",", "\n", '"', '""', '"x"', '",', '"\n', "\r\n", '"x,y"\n', '"x\ny",', " "]
    quick = 0
    for _ in range(3000):
        content = ("a,b\n" + "".join(draw.choices(pieces, k=draw.randint(1, 10)))).encode()
        fast = folder_module._fast("t", content)
        if fast is None:
            continue
        quick += 1
        slow = folder_module._thorough(Path("t.csv"), content)
        assert fast.rows.to_list() == slow.rows.to_list()
        assert [list(map(_text, column)) for column in fast.columns.values()] == [
            list(map(_text, column)) for column in slow.columns.values()
        ]
        assert not slow.problems
    assert quick > 500


def _text(cell: str | None) -> str:
    return (cell or "").replace("\r\n", "\n")


def test_every_table_of_the_schema_is_used_by_the_case_of_these_tests(files: dict[str, str]) -> None:
    assert set(files) == set(TABLES)


@pytest.mark.slow
def test_two_hundred_thousand_rows_are_read_in_a_moment(files: dict[str, str], put: Put) -> None:
    days = [f"{2023 + number // 336}-{number // 28 % 12 + 1:02}-{number % 28 + 1:02}" for number in range(400)]
    streams = [f"stream{number}" for number in range(250)]
    files["demand"] += "".join(f"{name},car,china,{day},{len(day)}.5,month\n" for name in streams for day in days)
    files["prices"] += "".join(f"{name},{day},500.25\n" for name in streams for day in days)
    folder = put(files)
    case = coplant.read(folder)
    assert case["demand"].height + case["prices"].height > 200_000
    start = time.process_time()
    coplant.read(folder)
    assert time.process_time() - start < 2.5
