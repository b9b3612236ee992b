"""Batches of samples in a folder, so that a run that was interrupted goes on where it stopped."""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from coplant.case.files import holds_other, write_whole
from coplant.errors import FileError
from coplant.stressing.result import KIND

_FOLDER = "batches"

_SEAL = "coplant"
"""What the seal of a batch is called in its file."""


@dataclass(frozen=True)
class Batches:
    """What was measured of batches of samples.

    Parameters
    ----------
    folder : Path or None
        Where they are kept; nowhere if None.
    question : str
        Digest of the question.
    """

    folder: Path | None
    question: str

    @classmethod
    def of(cls, folder: Path | None, question: str) -> Batches:
        """Open a folder for a question.

        Parameters
        ----------
        folder : Path or None
            The folder; made if there is none.
        question : str
            Digest of the question.

        Raises
        ------
        FileError
            The folder holds something else, or samples of another question.
        """
        if folder is None:
            return cls(None, question)
        if holds_other(folder, KIND.facts, KIND.told):
            raise FileError(f"{folder} holds files that are no {KIND.name} test. Name a new or an empty folder")
        mark = folder / KIND.facts
        if mark.is_file():
            if _asked(mark) != question:
                raise FileError(
                    f"{folder} holds samples of another case, plan, number of samples, seed or version."
                    " Name a new folder, or remove it"
                )
        else:
            write_whole(mark, json.dumps({"question": question}) + "\n")
        return cls(folder, question)

    def read(self, number: int) -> pl.DataFrame | None:
        """Return a batch that was written; None if it was not.

        Raises
        ------
        FileError
            It cannot be read, or is not what was written.
        """
        path = self._path(number)
        if path is None or not path.is_file():
            return None
        try:
            measured, told = pl.read_parquet(path), pl.read_parquet_metadata(path)
        except (OSError, pl.exceptions.PolarsError) as error:
            raise FileError(f"{path} cannot be read ({error}). Remove it, and it is worked out again") from error
        if told.get(_SEAL) != self._seal(number, measured):
            raise FileError(f"{path} is not the batch that was written there. Remove it, and it is worked out again")
        return measured

    def write(self, number: int, measured: pl.DataFrame) -> None:
        """Write a batch, whole or not at all.

        Raises
        ------
        FileError
            It cannot be written.
        """
        path = self._path(number)
        if path is not None:
            content = io.BytesIO()
            measured.write_parquet(content, metadata={_SEAL: self._seal(number, measured)})
            write_whole(path, content.getvalue())

    def _seal(self, number: int, measured: pl.DataFrame) -> str:
        """Digest by which a batch is known to be whole, and the one of its number that answers the question."""
        content = (self.question, number, measured.columns, [str(kind) for kind in measured.dtypes], measured.rows())
        return hashlib.sha256(repr(content).encode()).hexdigest()

    def _path(self, number: int) -> Path | None:
        return self.folder / _FOLDER / f"{number + 1:05}.parquet" if self.folder else None


def _asked(mark: Path) -> object:
    """The question of a folder; None where it does not say."""
    try:
        return json.loads(mark.read_text(encoding="utf-8"))["question"]
    except (OSError, ValueError, TypeError, KeyError):
        return None
