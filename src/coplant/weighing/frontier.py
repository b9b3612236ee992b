"""What care costs: the most that can be expected, by how much is lost at worst."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from coplant.planning.outlook import Outlook
from coplant.planning.plan import Progress
from coplant.planning.risk import worst_mean
from coplant.program import Solution
from coplant.weighing.knowing import Row

_SAME = 1e-6
"""By which share of the largest amount two plans may differ that are taken for the same."""


def frontier(
    outlook: Outlook,
    weights: Sequence[float],
    known: Mapping[float, Solution],
    options: dict[str, Any],
    progress: Progress,
) -> list[Row]:
    """Plan with several weights on the mean over the worst futures; leave out what another plan beats in both.

    Only what is maximised differs, so that the program is written once.

    Parameters
    ----------
    outlook : Outlook
        The futures.
    weights : sequence of float
        Weights, in [0, 1].
    known : mapping of float to Solution
        Hedges of some weights.
    options : dict
        How to solve programs.
    progress : callable
        Is told what is going on.

    Returns
    -------
    list of dict
        Rows of the table ``frontier``, by weight.
    """
    share, chance = outlook.futures.case.settings.risk_share, outlook.futures.probability
    rows = []
    for weight in sorted(set(weights)):
        solution = known.get(weight)
        if solution is None:
            progress(f"planning with a weight of {weight:g} on the worst futures")
            outlook.weigh(weight)
            solution = outlook.solve(options, progress)
        value = outlook.values(solution)
        rows.append(
            {
                "weight": weight,
                "expected": float(chance @ value),
                "worst": worst_mean(value, chance, share),
                "gap": solution.gap,
                "signed": ", ".join(f"{name} ({likely:.0%})" for name, likely in outlook.signed(solution).items()),
            }
        )
    return _unbeaten(rows)


def _unbeaten(rows: list[Row]) -> list[Row]:
    """Rows of which no other is as good in both and better in one; of those that are the same, the first."""
    near = _SAME * max((abs(row[name]) for row in rows for name in ("expected", "worst")), default=0.0)

    def beaten(place: int, row: Row) -> bool:
        for other_place, other in enumerate(rows):
            more, safer = other["expected"] - row["expected"], other["worst"] - row["worst"]
            if min(more, safer) >= -near and (max(more, safer) > near or other_place < place):
                return True
        return False

    return [row for place, row in enumerate(rows) if not beaten(place, row)]
