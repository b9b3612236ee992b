"""A stress test as a page to read in a browser, and as a workbook."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from coplant.stressing.result import Stress

__all__ = ["write_book", "write_page"]


def write_page(stress: Stress, path: str | Path) -> None:
    """Write a stress test's report: one HTML page, in English and French, that opens without a network.

    Parameters
    ----------
    stress : Stress
        The stress test.
    path : str or Path
        The file to write; it appears whole or not at all.

    Raises
    ------
    FileError
        The file cannot be written.
    """
    from coplant.case.files import write_whole
    from coplant.report.stressed.page import page_of

    write_whole(path, page_of(stress))


def write_book(stress: Stress, path: str | Path) -> None:
    """Write a stress test as a workbook: the answer, its tables, what their columns are, and how it was drawn.

    Parameters
    ----------
    stress : Stress
        The stress test.
    path : str or Path
        The file to write; it appears whole or not at all.

    Raises
    ------
    FileError
        The file cannot be written, or a table has more rows than a sheet holds.
    """
    from coplant.case.files import write_whole
    from coplant.report.stressed.book import book_of

    write_whole(path, book_of(stress))
