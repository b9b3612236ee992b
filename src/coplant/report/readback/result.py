"""The agreement read back: paragraphs, and how they are laid out."""

from __future__ import annotations

import dataclasses
import datetime
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_MARKS = re.compile(r"([\\`*_<>\[\]#|])")


@dataclass(frozen=True)
class Entry:
    """A line of the heading."""

    label: str
    """What it is, such as the host."""
    text: str
    """What is told of it."""


@dataclass(frozen=True)
class Paragraph:
    """A provision of an agreement in words.

    Attributes
    ----------
    number : str
        Number within the agreement read back: 1, 2, 3; A1, A2 for what was amended.
    clause : str
        Table of the clause.
    title : str
        What it is about.
    text : str
        What it says: sentences on lines of their own; a line that begins with a hyphen belongs to a list.
    rows : tuple of int
        Rows of the table, as a planner sees them.
    holds_from, holds_until : date or None
        First day on which it holds, and day after the last; None where it does not say.
    known_since : date or None
        Day from which it is known; None for the outset.
    source, note : str or None
        Where it comes from, and what was remarked.
    particulars : str
        All of this in words: days, source, note, table and row.
    """

    number: str
    clause: str
    title: str
    text: str
    rows: tuple[int, ...]
    holds_from: datetime.date | None
    holds_until: datetime.date | None
    known_since: datetime.date | None
    source: str | None
    note: str | None
    particulars: str


@dataclass(frozen=True, repr=False)
class ReadBack:
    """An agreement read back in plain language; `str` of it is the text.

    Attributes
    ----------
    agreement, language : str
        What is read, and in which language.
    valid_on, known_on : date or None
        Day whose provisions are kept, and day by whose knowledge they are told; None for all.
    title : str
        Title of the agreement.
    heading : tuple of Entry
        Parties, plant, term and the like.
    paragraphs : tuple of Paragraph
        The provisions in force, in the order in which statements list clauses.
    amended : tuple of Paragraph
        Provisions that later versions replaced or cut short.
    remarks : mapping of str to str
        Texts around them: ``none`` where there are no provisions, ``amended`` above what was amended.
    """

    agreement: str
    language: str
    valid_on: datetime.date | None
    known_on: datetime.date | None
    title: str
    heading: tuple[Entry, ...]
    paragraphs: tuple[Paragraph, ...]
    amended: tuple[Paragraph, ...]
    remarks: dict[str, str]

    def __repr__(self) -> str:
        return f"<ReadBack of {self.agreement!r}: {len(self.paragraphs)} paragraphs, {len(self.amended)} amended>"

    def __str__(self) -> str:
        return self.text()

    def text(self, width: int = 80) -> str:
        """Lay it out as plain text, in lines of at most so many characters."""
        return "\n".join(self._lines(width)) + "\n"

    def _lines(self, width: int) -> Iterator[str]:
        yield from (*_wrapped(self.title, width), "=" * min(len(self.title), width), "")
        left = max(len(entry.label) for entry in self.heading) + 2
        for entry in self.heading:
            yield from _wrapped(entry.text, width, f"{entry.label:{left}}", " " * left)
        if not self.paragraphs:
            yield from ("", *_wrapped(self.remarks["none"], width))
        for paragraph in self.paragraphs:
            yield from _laid_out(paragraph, width)
        if self.amended:
            yield from (
                "",
                "",
                *_wrapped(self.remarks["amended"], width),
                "-" * min(len(self.remarks["amended"]), width),
            )
        for paragraph in self.amended:
            yield from _laid_out(paragraph, width)

    def markdown(self) -> str:
        """Lay it out as Markdown."""
        lines = [f"# {_plain(self.title)}", ""]
        lines += [f"- **{_plain(entry.label)}:** {_plain(entry.text)}" for entry in self.heading]
        lines += [] if self.paragraphs else ["", _plain(self.remarks["none"])]
        for paragraph in self.paragraphs:
            lines += _marked_up(paragraph, "##")
        if self.amended:
            lines += ["", f"## {_plain(self.remarks['amended'])}"]
        for paragraph in self.amended:
            lines += _marked_up(paragraph, "###")
        return "\n".join(lines) + "\n"

    def as_dict(self) -> dict[str, Any]:
        """Return what it holds, for JSON."""
        return {name: value for name, value in dataclasses.asdict(self).items() if name != "remarks"}


def _laid_out(paragraph: Paragraph, width: int) -> Iterator[str]:
    head = f"{paragraph.number}. "
    indent = " " * max(len(head), 4)
    yield ""
    yield from _wrapped(paragraph.title, width, f"{head:{len(indent)}}", indent)
    for line in paragraph.text.split("\n"):
        yield from _wrapped(line, width, indent, f"{indent}  " if line.startswith("- ") else indent)
    yield from _wrapped(f"[{paragraph.particulars}]", width, indent, f"{indent} ")


def _wrapped(text: str, width: int, first: str = "", rest: str = "") -> list[str]:
    return textwrap.wrap(
        text, width, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    )


def _marked_up(paragraph: Paragraph, level: str) -> Iterator[str]:
    yield from ("", f"{level} {paragraph.number}. {_plain(paragraph.title)}", "")
    in_list = False
    for number, line in enumerate(paragraph.text.split("\n")):
        item = line.startswith("- ")
        if number and item != in_list:
            yield ""
        yield f"- {_plain(line[2:])}" if item else _plain(line)
        in_list = item
    yield from ("", f"*{_plain(paragraph.particulars)}*")


def _plain(text: str) -> str:
    """Take the meaning for Markdown from the characters of a text."""
    return _MARKS.sub(r"\\\1", text)
