"""An XER file as tables: its encoding, its lines, its rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from coplant.case.files import BOM
from coplant.errors import FileError
from coplant.exchange.cells import Place


def decoded(content: bytes, path: Path, encoding: str | None) -> tuple[str, list[str]]:
    """Text of a file, and notes about its encoding; FileError if it is in another."""
    try:
        if encoding is not None:
            return content.removeprefix(BOM if encoding.lower() in ("utf-8", "utf8") else b"").decode(encoding), []
        if content.startswith((b"\xff\xfe", b"\xfe\xff")):
            return content.decode("utf-16"), []
        try:
            return content.removeprefix(BOM).decode("utf-8"), []
        except UnicodeDecodeError:
            told = "The file is not UTF-8 and was read as Windows-1252: if names look wrong, say its encoding"
            return content.decode("cp1252"), [told]
    except LookupError as error:
        raise FileError(f"{encoding!r} is no encoding that is known. Name one such as utf-8 or cp1251") from error
    except UnicodeError as error:
        tried = "neither UTF-8 nor Windows-1252" if encoding is None else f"not in {encoding}"
        raise FileError(f"{path} is {tried}: {error}. Say its encoding, or save it as UTF-8") from error


def encoded(text: str) -> bytes:
    """Windows-1252, as the tool expects it; UTF-8 with its mark where that cannot be, or might be taken for UTF-8."""
    try:
        content = text.encode("cp1252")
    except UnicodeEncodeError:
        return BOM + text.encode()
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return content
    return content if content.isascii() else BOM + text.encode()


@dataclass
class Table:
    """A table of the file: rows by line."""

    name: str
    row: int
    columns: list[str] = field(default_factory=list)
    rows: list[tuple[int, list[str]]] = field(default_factory=list)
    stray: list[int] = field(default_factory=list)
    """Lines in it that are no row."""


def tables_of(text: str, path: Path) -> dict[str, Table]:
    """Tables of a file by name, its header among them; FileError if it is none, or is cut off."""
    lines = text.replace("\r\n", "\n").split("\n")
    if not lines[0].startswith("ERMHDR"):
        found = lines[0].split("\t")[0][:20]
        raise FileError(f"{path} is no XER file: it begins with {found!r} instead of ERMHDR. Export the project as XER")
    tables: dict[str, Table] = {"ERMHDR": Table("ERMHDR", 1, rows=[(1, lines[0].split("\t"))])}
    table: Table | None = None
    for number, line in enumerate(lines[1:], start=2):
        kind, *cells = line.split("\t")
        if kind == "%E":
            return tables
        if kind == "%T" and cells:
            table = tables.setdefault(cells[0].strip(), Table(cells[0].strip(), number))
        elif table is not None and kind == "%F":
            table.columns = [cell.strip() for cell in cells]
        elif table is not None and kind == "%R":
            table.rows.append((number, cells))
        elif table is not None and line.strip():
            table.stray.append(number)
    raise FileError(
        f"{path} is cut off: it ends in line {len(lines)} without the line %E that closes it. Export or send it again"
    )


@dataclass
class Row:
    """A row of a table: cells by column, an empty one as None."""

    table: str
    row: int
    cells: dict[str, str]

    def get(self, column: str) -> str | None:
        """Return a cell; None if it is empty."""
        return self.cells.get(column) or None

    def place(self, column: str) -> Place:
        """Say where a cell stands."""
        of = f"Activity {self.cells.get('task_code') or '?'}: " if self.table == "TASK" else ""
        return Place(self.table, self.row, column, of)
