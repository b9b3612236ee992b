"""What a page is made of: sections of paragraphs, figures, tables, trees and key figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Cell:
    """A cell of a table.

    Parameters
    ----------
    text : str
        What is shown.
    title : str
        The figure in full, where the text is brief.
    below : sequence of str
        Lines below the text, which explain it.
    """

    text: str
    title: str = ""
    below: Sequence[str] = ()


@dataclass(frozen=True)
class Table:
    """A table as it is shown.

    Parameters
    ----------
    caption : str
        What it lists.
    heads : sequence of (str, bool)
        Heading of each column, and whether it holds numbers.
    rows : sequence of sequence of Cell
        Cells; the first of a row names it.
    left_out : str
        Says how many rows are not shown, if any.
    stacked : bool
        Whether its cells stand below one another where the page is narrow: the second and the last ahead of the others.
    """

    caption: str
    heads: Sequence[tuple[str, bool]]
    rows: Sequence[Sequence[Cell]]
    left_out: str = ""
    stacked: bool = False


@dataclass(frozen=True)
class Mark:
    """An entry of a legend.

    Parameters
    ----------
    name : str
        What is drawn.
    colour : str
        Name of the colour, as in the style sheet.
    shape : str
        How it is drawn: fill, line, dash, point or hatch, or the symbol of its points.
    traces : sequence of int
        Traces of the figure that it stands for.
    """

    name: str
    colour: str
    shape: str
    traces: Sequence[int] = ()


@dataclass(frozen=True)
class Chart:
    """A figure and what is told about it.

    Parameters
    ----------
    label : str
        What it shows, for those who do not see it.
    figure : mapping
        Traces and layout as Plotly takes them; colours are names of the style sheet, ``var:--name``.
    legend : sequence of Mark
        Its legend; empty where one thing is drawn.
    height : int
        Height in pixels.
    least_width : int
        Width in pixels below which it is moved across a narrow page instead of drawn narrower; 0 for none.
    """

    label: str
    figure: dict[str, Any]
    legend: Sequence[Mark] = ()
    height: int = 320
    least_width: int = 0


@dataclass(frozen=True)
class KeyFigure:
    """A figure that stands out.

    Parameters
    ----------
    name, value : str
        What it is, and how much.
    title : str
        The figure in full.
    note : str
        A line below it.
    """

    name: str
    value: str
    title: str = ""
    note: str = ""


@dataclass(frozen=True)
class Way:
    """One way in which things can turn out.

    Parameters
    ----------
    share, name : str
        How likely it is, and what it is called.
    note : str
        What it leads to.
    then : Fork, optional
        What becomes known next.
    """

    share: str
    name: str
    note: str = ""
    then: Fork | None = None


@dataclass(frozen=True)
class Fork:
    """Where something becomes known.

    Parameters
    ----------
    when : str
        When.
    ways : sequence of Way
        The ways in which it can turn out.
    left_out : str
        Says how many ways are not shown, if any.
    """

    when: str
    ways: Sequence[Way]
    left_out: str = ""


@dataclass(frozen=True)
class Block:
    """A part of a section: a heading, a few lines, a tree, a figure, its table.

    Parameters
    ----------
    title : str
        Heading; empty for none.
    lines : sequence of str
        Paragraphs.
    chart : Chart, optional
        The figure.
    table : Table, optional
        The table; behind the figure where there is one.
    collapsed : bool
        Whether the lines and the table are shown on demand although there is no figure.
    wide : bool
        Whether it takes a row of its own where parts stand side by side.
    fork : Fork, optional
        A tree, which stands ahead of the figure.
    """

    title: str = ""
    lines: Sequence[str] = ()
    chart: Chart | None = None
    table: Table | None = None
    collapsed: bool = False
    wide: bool = False
    fork: Fork | None = None


@dataclass(frozen=True)
class Section:
    """A section of the page.

    Parameters
    ----------
    name : str
        Short name; part of its address in the page.
    title : str
        Heading.
    lead : sequence of str
        Paragraphs below the heading.
    figures : sequence of KeyFigure
        Figures that stand out.
    blocks : sequence of Block
        Parts.
    grid : bool
        Whether parts stand side by side where there is room.
    collapsed : bool
        Whether the section opens on demand.
    legend : sequence of Mark
        What is drawn in all of its figures alike; they then need no legends of their own.
    """

    name: str
    title: str
    lead: Sequence[str] = ()
    figures: Sequence[KeyFigure] = ()
    blocks: Sequence[Block] = field(default=())
    grid: bool = False
    collapsed: bool = False
    legend: Sequence[Mark] = ()
