"""Why customers are not served, as an answer: its figures, its tables, and itself in sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from coplant.planning.result import Plan

BRINGS, COSTS, SCARCE, AT_HAND, RULES = "brings", "costs", "scarce", "at hand", "rules"
"""What an amount for one customer more is: income, expense, what a limit on the way is worth elsewhere, what stock is
that cannot become more in time, or what other rules make of it."""


@dataclass(frozen=True, eq=False, repr=False)
class WhyShort:
    """Why customers are not served.

    Parameters
    ----------
    plan : Plan
        The plan.
    demand : str
        The stream of demand.
    buckets : tuple of str
        The buckets in which it is short.
    wanted, sold, unserved : float
        Customers of the buckets who are new, who are served, and who are lost or still wait when they end [unit].
    loss : float or None
        What the plan would lose for each customer more that is served in these buckets, in the shares in which they are
        short [money/unit]; None if no plan could serve any more.
    holds_until : float
        Customers up to whom each loses as much.
    tables : mapping of str to DataFrame
        What is behind it; see the reference of results.

        - ``gates``: what gates it, in order of what it takes of a customer more;
        - ``customer``: what one customer more would bring, cost and take of what is scarce: it adds up to the loss;
        - ``users``: who gets what is scarce instead;
        - ``gives_way``: who would be served less for one customer more;
        - ``raised``: what more of the first gate would do;
        - ``waits``: what cannot be started in time, where that is why.
    """

    plan: Plan
    demand: str
    buckets: tuple[str, ...]
    wanted: float
    sold: float
    unserved: float
    loss: float | None
    holds_until: float
    tables: dict[str, pl.DataFrame]

    def __getitem__(self, table: str) -> pl.DataFrame:
        """Return a table."""
        if table not in self.tables:
            raise KeyError(f"{table!r} is not a table of a shortage; there are {', '.join(self.tables)}")
        return self.tables[table]

    def __repr__(self) -> str:
        return f"<WhyShort of {self.demand!r} in {', '.join(self.buckets)}: {self.unserved:,.0f}>"

    def __str__(self) -> str:
        return self.text()

    def text(self, language: str = "en") -> str:
        """Say it in sentences.

        Parameters
        ----------
        language : {"en", "fr"}
            The language.
        """
        from coplant.report.explained import shortages_in_words

        return shortages_in_words([self], language)

    def as_dict(self) -> dict[str, Any]:
        """All of it as plain values."""
        names = ("demand", "buckets", "wanted", "sold", "unserved", "loss", "holds_until")
        tables = {name: table.to_dicts() for name, table in self.tables.items()}
        return {"currency": self.plan.settings.currency, **{name: getattr(self, name) for name in names}, **tables}


Types = Mapping[str, pl.DataType]

_TEXT, _NUMBER, _DAY = pl.String(), pl.Float64(), pl.Date()

_GATES = {
    "constraint": _TEXT, "thing": _TEXT, "in_place_of": _TEXT, "takes": _NUMBER, "amount": _NUMBER, "bucket": _DAY,
    "limit": _NUMBER, "value": _NUMBER, "holds_until": _NUMBER, "alone": pl.Boolean(), "set_in": _TEXT,
    "from": _DAY, "until": _DAY,
}  # fmt: skip
_CUSTOMER = {
    "kind": _TEXT, "what": _TEXT, "constraint": _TEXT, "bucket": _DAY, "quantity": _NUMBER, "amount": _NUMBER,
}  # fmt: skip
_USERS = {
    "demand": _TEXT, "item": _TEXT, "quantity": _NUMBER, "share": _NUMBER, "each": _NUMBER, "loss": _NUMBER,
    "worth": _NUMBER,
}  # fmt: skip
_WAITS = {
    "activity": _TEXT, "opens": _DAY, "there": _DAY, "milestone": _TEXT, "sooner_gained": _NUMBER,
    "sooner_served": _NUMBER,
}  # fmt: skip
_RAISED = {"percent": _NUMBER, "more": _NUMBER, "served": _NUMBER, "gained": _NUMBER}


TABLES: dict[str, Types] = {
    "gates": _GATES, "customer": _CUSTOMER, "users": _USERS, "raised": _RAISED, "waits": _WAITS,
}  # fmt: skip
"""Types of the columns of the tables of an answer, by their names."""


def answered(table: str, rows: Sequence[Mapping[str, object]] = ()) -> pl.DataFrame:
    """Rows as a table of an answer; what a row does not name is empty."""
    types = TABLES[table]
    return pl.DataFrame([{name: row.get(name) for name in types} for row in rows], schema=dict(types))
