"""Rounding of money to the smallest unit of its currency."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from coplant.program.money import Floats

WHOLE = frozenset(
    [
        "BIF",
        "CLP",
        "DJF",
        "GNF",
        "ISK",
        "JPY",
        "KMF",
        "KRW",
        "PYG",
        "RWF",
        "UGX",
        "UYI",
        "VND",
        "VUV",
        "XAF",
        "XOF",
        "XPF",
    ]
)
"""Currencies without a smaller unit (ISO 4217, list one, minor unit 0)."""

THOUSANDTHS = frozenset(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"])
"""Currencies of which a thousandth is the smallest unit (ISO 4217, minor unit 3)."""


@dataclass(frozen=True)
class Rounding:
    """Rounds to so many decimals, halves away from zero, as an invoice and a spreadsheet do.

    Parameters
    ----------
    digits : int
        Decimals.

    Examples
    --------
    >>> Rounding.of("EUR")(np.array([2.675, -2.675, 1 / 3]))
    array([ 2.68, -2.68,  0.33])
    """

    digits: int

    @classmethod
    def of(cls, currency: str) -> Rounding:
        """Rounding of a currency by its code; hundredths for all that ISO 4217 does not tell otherwise."""
        return cls(0 if currency in WHOLE else 3 if currency in THOUSANDTHS else 2)

    def __call__(self, amount: Floats) -> Floats:
        """Round amounts."""
        scaled = np.abs(amount) * 10.0**self.digits
        # What binary numbers put a hair below a half is a half.
        return np.asarray(np.sign(amount) * np.floor(scaled * (1.0 + 1e-15) + 0.5 + 1e-9) / 10.0**self.digits) + 0.0

    def sum(self, amounts: pl.Expr) -> pl.Expr:
        """Add up amounts that are rounded, to the last digit in whichever order they come.

        Examples
        --------
        >>> pl.DataFrame({"amount": [0.1, 0.2, -0.3, 103.74]}).select(Rounding.of("EUR").sum(pl.col("amount"))).item()
        103.74
        """
        # Sums of whole numbers are exact.
        whole = (amounts * 10.0**self.digits).round().sum()
        # Polars divides by a number or multiplies by its inverse, as it likes.
        return (whole / 10.0**self.digits).round(self.digits)
