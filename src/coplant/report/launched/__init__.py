"""A launch as a page to read in a browser, as a workbook, and as figures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from coplant.launching.result import Launch

__all__ = ["figures", "write_book", "write_page"]


def figures(launch: Launch, language: str = "en") -> dict[tuple[str, str], Any]:
    """Return the figures of a launch's page as Plotly's, to show or to change.

    Parameters
    ----------
    launch : Launch
        The launch.
    language : {"en", "fr"}
        Language of their texts.

    Returns
    -------
    dict of (kind, name) to plotly.graph_objects.Figure
        ``curve``, ``causes``, ``network`` and, once the start is valued, ``weeks`` of each milestone that has one;
        ``phase`` of each phase.

    Raises
    ------
    ValueError
        There are no texts in the language.
    """
    from coplant.report.launched.plotted import figures_of

    return figures_of(launch, language)


def write_page(launch: Launch, path: str | Path) -> None:
    """Write a launch's report: one HTML page, in English and French, that opens without a network.

    Parameters
    ----------
    launch : Launch
        The launch.
    path : str or Path
        The file to write; it appears whole or not at all.

    Raises
    ------
    FileError
        The file cannot be written.
    """
    from coplant.case.files import write_whole
    from coplant.report.launched.page import page_of

    write_whole(path, page_of(launch))


def write_book(launch: Launch, path: str | Path) -> None:
    """Write a launch as a workbook: the answer, every table of the launch, and how it was drawn.

    Parameters
    ----------
    launch : Launch
        The launch.
    path : str or Path
        The file to write; it appears whole or not at all.

    Raises
    ------
    FileError
        The file cannot be written, or a table has more rows than a sheet holds.
    """
    from coplant.case.files import write_whole
    from coplant.report.launched.book import book_of

    write_whole(path, book_of(launch))
