"""A case as a folder: case.toml beside a CSV or Parquet file for each table."""

from __future__ import annotations

import csv
import io
import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

import polars as pl

from coplant.case.files import BOM, carry_over, holds_other, read_bytes, written_whole
from coplant.case.found import Found, Raw
from coplant.errors import FileError, Problem
from coplant.schema import TABLES, Table

SETTINGS = "case.toml"
_FORMATS = (".csv", ".parquet")


class Source(NamedTuple):
    """A case as found."""

    settings: Mapping[str, Any]
    setting_rows: Mapping[str, int]
    """Line or row of each setting."""
    tables: Mapping[str, Found]
    problems: list[Problem]
    """Mistakes that belong to no table found."""
    setting_files: Mapping[str, str] = MappingProxyType({})
    """The file of each setting that is not of the folder that was read but of one it stands on."""


# -- reading ---------------------------------------------------------------------------------------------------------


def read_folder(folder: Path) -> Source:
    """Find the settings and tables of a folder.

    Raises
    ------
    FileError
        A file is missing, cannot be read or is not what its name says.
    """
    if not (folder / SETTINGS).is_file():
        raise FileError(
            f"{folder} holds no {SETTINGS}. A case is a folder with {SETTINGS} and a CSV or Parquet file for each"
            " table, or a workbook (.xlsx)"
        )
    settings, setting_rows = _read_settings(folder / SETTINGS)
    files = sorted(path for path in folder.iterdir() if path.suffix.lower() in _FORMATS and path.name[0] != ".")
    tables: dict[str, Found] = {}
    problems: list[Problem] = []
    for file in files:
        if file.stem == "case":
            expected = f"the settings of a case in {SETTINGS}"
            problems.append(Problem("case", None, None, file.name, expected, f"Remove {file.name}"))
        elif file.stem in tables:
            raise FileError(f"{folder} holds {file.stem} both as CSV and as Parquet. Remove one of the two files")
        else:
            tables[file.stem] = read_csv(file) if file.suffix.lower() == ".csv" else _read_parquet(file)
            tables[file.stem].origin = "file"
            tables[file.stem].path = str(file)
    return Source(settings, setting_rows, tables, problems)


def _read_settings(path: Path) -> tuple[dict[str, Any], dict[str, int]]:
    text = _decoded(path, read_bytes(path).removeprefix(BOM))
    try:
        settings = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise FileError(f'{path} is not TOML: {error}. Write each setting as name = "value"') from error
    lines: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        match = re.match(r"""\s*["']?([\w-]+)["']?\s*=""", line)
        if match:
            lines.setdefault(match[1], number)
    return settings, lines


def read_csv(path: Path) -> Found:
    """Find the table in a CSV file, all cells as text.

    Raises
    ------
    FileError
        The file cannot be read, or is not CSV in UTF-8.
    """
    content = read_bytes(path).removeprefix(BOM)
    if b"\n" not in content:
        content = content.replace(b"\r", b"\n")
    if not content.isascii():
        _decoded(path, content)
    first_line = content[: content.find(b"\n")] if b"\n" in content else content
    for sign, name in ((b";", "semicolons"), (b"\t", "tabs")):
        if sign in first_line and b"," not in first_line:
            raise FileError(f"{path} has {name} between its columns. Save it as CSV with commas")
    return _fast(path.stem, content) or _thorough(path, content)


def _decoded(path: Path, content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise FileError(f"{path} is not UTF-8 in line {line}. Save it as CSV UTF-8, or in that encoding") from error


def _fast(table: str, content: bytes) -> Found | None:
    """Read CSV quickly; None where it is in any way unusual."""
    if b'"' in content and not _plainly_quoted(content):
        return None
    try:
        cells = pl.read_csv(content, has_header=False, infer_schema=False)
    except pl.exceptions.PolarsError:
        return None
    # Line numbers: a cell in quotes may hold several lines.
    lines = content.count(b"\n") + (not content.endswith(b"\n"))
    rows = pl.int_range(1, cells.height + 1, dtype=pl.Int64, eager=True)
    if lines != cells.height:
        breaks = cells.select(
            pl.sum_horizontal(pl.all().str.count_matches("\n", literal=True).cast(pl.Int64)).cum_sum()
        ).to_series()
        if lines != cells.height + breaks[-1]:
            return None
        rows = rows + breaks.shift(1, fill_value=0)
    header = cells.row(0)
    body = cells.slice(1)
    empty = body.select(pl.all_horizontal(pl.all().fill_null("").eq(""))).to_series()
    rows = rows.slice(1)
    if empty.any():
        body, rows = body.filter(~empty), rows.filter(~empty)
    return Found.under(table, header, body.get_columns(), rows)


def _plainly_quoted(content: bytes) -> bool:
    """Whether every cell with a quotation mark is in quotes, with those inside it doubled."""
    pieces = content.split(b'"')
    if len(pieces) % 2 == 0:
        return False
    outside = pieces[0::2]
    return all(one[-1:] in (b",", b"\n", b"") for one in outside[:-1]) and all(
        one[:1] in (b",", b"\n", b"\r", b"") for one in outside[1:]
    )


def _thorough(path: Path, content: bytes) -> Found:
    """Read CSV line by line, and say where it is broken."""
    table = path.stem
    reader = csv.reader(io.StringIO(content.decode("utf-8"), newline=""), strict=True)
    records: list[list[str]] = []
    rows: list[int] = []
    problems: list[Problem] = []
    line = 1
    width = 0
    try:
        for record in reader:
            if line == 1:
                width = len(record)
                if not any(record):
                    raise FileError(f"{path} begins with a blank line. Name the columns in the first line")
            elif any(record[width:]):
                mend = "Put a cell that holds a comma in quotes, or remove what is too much"
                beyond = ",".join(record[width:])
                problems.append(Problem(table, line, None, beyond, f"{width} cells, as in the first line", mend))
            if line == 1 or any(record):
                records.append((record + [""] * (width - len(record)))[:width])
                rows.append(line)
            line = reader.line_num + 1
    except csv.Error as error:
        raise FileError(
            f"{path} is broken in the record that begins in line {line}: {error}."
            " Put a cell that holds a quotation mark in quotes, and double the mark"
        ) from error
    columns: list[Raw] = [pl.Series(column, dtype=pl.String) for column in zip(*records[1:], strict=True)]
    columns = columns or [pl.Series([], dtype=pl.String) for _ in range(width)]
    found = Found.under(table, records[0], columns, pl.Series(rows[1:], dtype=pl.Int64))
    found.problems += problems
    return found


def _read_parquet(path: Path) -> Found:
    try:
        return Found.of(pl.read_parquet(io.BytesIO(read_bytes(path))))
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        raise FileError(f"{path} is not Parquet: {error}. Write it again, or remove it") from error


# -- writing ---------------------------------------------------------------------------------------------------------


def write_folder(tables: Mapping[str, pl.DataFrame], path: Path, kind: Literal["csv", "parquet"]) -> None:
    """Write a case as a folder; what else is in a folder of a case is kept.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Every table, ``case`` too.
    path : Path
        The folder.
    kind : {"csv", "parquet"}
        Format of the tables.

    Raises
    ------
    FileError
        The folder cannot be written, or holds something that is not a case.
    """
    with case_folder(path) as folder:
        (folder / SETTINGS).write_text(_settings_text(tables["case"]), encoding="utf-8")
        for name, frame in tables.items():
            if name == "case" or frame.is_empty():
                continue
            content = io.BytesIO()
            if kind == "parquet":
                frame.write_parquet(content)
            else:
                frame.select(_plain(frame, column) for column in telling(TABLES[name], frame)).write_csv(content)
            (folder / f"{name}.{kind}").write_bytes(content.getvalue())


@contextmanager
def case_folder(path: Path) -> Iterator[Path]:
    """Write a folder whole, in the place of a case if there is one; files that are not the case's are kept."""
    if holds_other(path, SETTINGS):
        raise FileError(f"{path} holds files that are no case. Name a new or an empty folder")
    with written_whole(path, folder=True) as folder:
        files = [one for one in path.iterdir() if not one.is_dir()] if path.is_dir() else []
        tables = {one.name for one in files if one.suffix.lower() in _FORMATS and one.name[0] != "."}
        carry_over(path, folder, {SETTINGS, *tables})
        yield folder


def telling(table: Table, frame: pl.DataFrame) -> list[str]:
    """Return the columns of a table that say something: part of the key, required, or not only defaults."""
    names = []
    for column in table.columns:
        cells = frame[column.name]
        told = cells.is_not_null() if column.default is None else cells != column.default
        if column.key or column.required or told.any():
            names.append(column.name)
    return names


def _plain(frame: pl.DataFrame, name: str) -> pl.Expr:
    """Return a column as it is written: a whole number without a point, any other so that it reads back equal."""
    number = pl.col(name)
    if frame.schema[name] != pl.Float64:
        return number
    whole = (number == number.round()) & (number.abs() < 1e15)
    integer = number.cast(pl.Int64, strict=False).cast(pl.String)
    return pl.when(whole).then(integer).otherwise(number.cast(pl.String)).alias(name)


def _settings_text(frame: pl.DataFrame) -> str:
    settings = frame.row(0, named=True)
    settings["buckets"] = settings["buckets"].split()
    return "".join(f"{name} = {toml_value(settings[name])}\n" for name in telling(TABLES["case"], frame))


def toml_value(value: Any) -> str:
    """Return a text, number, date or list as TOML."""
    if isinstance(value, (str, list)):
        return json.dumps(value, ensure_ascii=False)
    return repr(value) if isinstance(value, float) else str(value)
