"""Plan production for a tree of demands with Coplant or mpi-sppy; print processor seconds and what was found as JSON.

``python hedging.py WHO FACTORS WEIGHT``: the air conditioners of mpi-sppy (``mpisppy.tests.examples.aircond``) with
start-ups and all else as they come, on a tree with so many branches at each stage (such as 4,3,2), and with a weight on
the mean over the worst fifth of its leaves. ``python hedging.py WHO SCENARIOS``: the same without start-ups over 25
weeks, of which the first is decided before the level of demand is known.

WHO is ``mpisppy`` (extensive form; over two stages its L-shaped method), ``program`` (the same rows by Coplant's linear
programs) or ``case`` (tables, planned by `coplant.hedge`). All are given the same demands. Each plans several times,
and the first does not count: libraries are loaded by then.
"""

from __future__ import annotations

import datetime
import json
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

SEED, STAGES, SHARE, GAP, TWO_STAGE_GAP = 0, 25, 0.8, 1e-7, 1e-4
CAPACITY, BEGIN, START_UP = 200.0, 200.0, 300.0
REGULAR, OVERTIME, HOLDING, LAST, SHORT = 1.0, 3.0, 0.5, -0.8, 5.0
"""The example's defaults."""


@dataclass(frozen=True)
class Demands:
    """Demands on a tree whose nodes are in the order of their stages, and all leaves equally likely.

    Parameters
    ----------
    paths : tuple of tuple of int, length N
        Branches taken on the way to each node.
    demand : ndarray, shape (N,)
        Units asked for at it.
    stages : int
        Stages of the tree.
    """

    paths: tuple[tuple[int, ...], ...]
    demand: np.ndarray
    stages: int

    @cached_property
    def place(self) -> dict[tuple[int, ...], int]:
        """Number of each node."""
        return {path: number for number, path in enumerate(self.paths)}

    @cached_property
    def parent(self) -> np.ndarray:
        """Node before each; -1 at the root."""
        return np.array([self.place[path[:-1]] if path else -1 for path in self.paths])

    @cached_property
    def stage(self) -> np.ndarray:
        """Stage of each node."""
        return np.array([len(path) for path in self.paths])

    @cached_property
    def leaves(self) -> list[tuple[int, ...]]:
        """Paths to the leaves."""
        return [path for path in self.paths if len(path) == self.stages - 1]

    @cached_property
    def probability(self) -> np.ndarray:
        """Probability of each node."""
        chance = np.zeros(len(self.paths))
        for path in self.leaves:
            for length in range(self.stages):
                chance[self.place[path[:length]]] += 1.0 / len(self.leaves)
        return chance

    def along(self, path: tuple[int, ...]) -> list[float]:
        """Demands on the way to a leaf."""
        return [float(self.demand[self.place[path[:length]]]) for length in range(self.stages)]

    @classmethod
    def of_tree(cls, factors: list[int]) -> Demands:
        """Draw the demands of the example."""
        from mpisppy.tests.examples.aircond import _demands_creator

        known: dict[tuple[int, ...], float] = {}
        for leaf in range(int(np.prod(factors))):
            demands, names = _demands_creator(f"scen{leaf}", factors, start_seed=SEED, mu_dev=0.0, sigma_dev=40.0)
            for stage, demand in enumerate(demands):
                known[tuple(map(int, names[1 : stage + 1]))] = float(demand)
        paths = tuple(sorted(known, key=lambda path: (len(path), path)))
        return cls(paths, np.array([known[path] for path in paths]), len(factors) + 1)

    @classmethod
    def two_stage(cls, scenarios: int) -> Demands:
        """Draw levels of demand, each of which holds from the second week on."""
        level = np.clip(np.random.default_rng(SEED).normal(1.0, 0.3, scenarios), 0.2, 2.0) * 200.0
        paths = [(), *((k, *[0] * (stage - 1)) for stage in range(1, STAGES) for k in range(scenarios))]
        return cls(tuple(paths), np.array([200.0, *np.tile(level, STAGES - 1)]), STAGES)


# -- mpi-sppy ---------------------------------------------------------------------------------------------------------


def extensive_form(demands: Demands, factors: list[int], weight: float) -> float:
    """Cost by the extensive form, solved by HiGHS."""
    from mpisppy.opt.ef import ExtensiveForm
    from mpisppy.tests.examples import aircond
    from mpisppy.utils import sputils
    from mpisppy.utils.cvar import cvar_scenario_creator

    def scenario(name: str, **_: Any) -> Any:
        path = demands.leaves[sputils.extract_num(name)]
        model = aircond.aircond_model_creator(demands.along(path), start_ups=True)
        nodes = ["ROOT", *map(str, path)]
        model._mpisppy_node_list = aircond.MakeNodesforScen(model, nodes, factors)
        model._mpisppy_probability = "uniform"
        return model

    if weight:
        scenario = cvar_scenario_creator(scenario, cvar_weight=weight, cvar_alpha=SHARE, cvar_mean_weight=1.0 - weight)
    form = ExtensiveForm(
        {"solver": "appsi_highs"},
        [f"scen{leaf}" for leaf in range(len(demands.leaves))],
        scenario,
        all_nodenames=sputils.create_nodenames_from_branching_factors(factors),
        suppress_warnings=True,
    )
    form.solve_extensive_form(solver_options={"mip_rel_gap": GAP})
    return float(form.get_objective_value())


def l_shaped(demands: Demands) -> float:
    """Bound on the cost by the L-shaped method, every problem solved by HiGHS, in one process."""
    from mpisppy.opt.lshaped import LShapedMethod
    from mpisppy.tests.examples import aircond
    from mpisppy.utils import sputils

    count = len(demands.leaves)

    def scenario(name: str, **_: Any) -> Any:
        model = aircond.aircond_model_creator(demands.along(demands.leaves[sputils.extract_num(name)]))
        first = model.stage_models[1]
        sputils.attach_root_node(
            model,
            first.StageObjective.expr,
            [first.RegularProd, first.OvertimeProd],
            nonant_ef_suppl_list=[first.Inventory],
        )
        model._mpisppy_probability = 1.0 / count
        return model

    names = [f"scen{leaf}" for leaf in range(count)]
    # It ends when no cut is missed by more than its tolerance; of a cost of about 6,000 that is the gap.
    tolerance = TWO_STAGE_GAP * 6_000.0 / count
    options = {
        "root_solver": "highs",
        "sp_solver": "highs",
        "valid_eta_lb": dict.fromkeys(names, -1e6 / count),
        "max_iter": 100,
        "tol": tolerance,
        "verbose": False,
    }
    method = LShapedMethod(options, names, scenario)
    method.lshaped_algorithm()
    return float(method._LShaped_bound)


# -- Coplant's programs -----------------------------------------------------------------------------------------------


def program(demands: Demands, start_ups: bool, weight: float) -> float:
    """Cost by Coplant's linear programs: the example's rows, once for each node."""
    from coplant.program import LinearProgram, solve, term

    nodes = tuple(map(str, demands.paths))
    count, parent, last = len(nodes), demands.parent, demands.stage == demands.stages - 1
    node, later = np.arange(count), np.flatnonzero(parent >= 0)
    lp = LinearProgram(demands.probability, np.ones(count), nodes)
    regular = lp.columns("regular", (nodes,), upper=CAPACITY).index
    overtime = lp.columns("overtime", (nodes,)).index
    held, short = (lp.columns(name, (nodes,)).index for name in ("held", "short"))
    asked = np.where(parent < 0, demands.demand - BEGIN, demands.demand)
    terms = [
        term(node, regular),
        term(node, overtime),
        term(node, held, -1.0),
        term(node, short),
        term(later, held[parent[later]]),
        term(later, short[parent[later]], -1.0),
    ]
    lp.rows("balance", (nodes,), terms, lower=asked, upper=asked)
    costs = [(regular, REGULAR), (overtime, OVERTIME), (held, np.where(last, LAST, HOLDING)), (short, SHORT)]
    if start_ups:
        started = lp.columns("started", (nodes,), upper=1.0, integer=True, decisive=True).index
        most = CAPACITY * STAGES  # the example's own
        lp.rows(
            "starting", (nodes,), [term(node, regular), term(node, overtime), term(node, started, -most)], upper=0.0
        )
        costs.append((started, START_UP))
    for number, (columns, cost) in enumerate(costs):
        lp.money(f"cost {number}", columns, -cost, node)
    if weight:
        _mind_the_worst(lp, demands, costs, weight)
    return -solve(lp, gap=GAP).objective


def _mind_the_worst(lp: Any, demands: Demands, costs: list[tuple[np.ndarray, Any]], weight: float) -> None:
    """Weigh the mean over the worst leaves (Rockafellar and Uryasev, 2000)."""
    from coplant.program import term

    leaves = tuple(map(str, demands.leaves))
    every = np.arange(len(leaves))
    limit = lp.columns("limit", (("one",),), lower=-np.inf, node=0).index
    beyond = lp.columns("beyond", (leaves,), node=[demands.place[path] for path in demands.leaves]).index
    path = np.array([[demands.place[leaf[:stage]] for stage in range(demands.stages)] for leaf in demands.leaves])
    paid = [term(every[:, None], columns[path], np.broadcast_to(cost, columns.shape)[path]) for columns, cost in costs]
    lp.rows("worst", (leaves,), [term(every, beyond), term(every, limit[0]), *_negative(paid)], lower=0.0)
    lp.steer(
        1.0 - weight,
        np.append(limit, beyond),
        -weight * np.append(1.0, np.full(len(leaves), 1.0 / len(leaves) / (1.0 - SHARE))),
    )


def _negative(terms: list[Any]) -> list[Any]:
    return [one._replace(value=-one.value) for one in terms]


# -- Coplant's cases --------------------------------------------------------------------------------------------------

FIRST = datetime.date(2026, 1, 5)
YEARS, MONTHS = 7 / 365.25, 7 / 365.25 * 12
SAFE = 500.0
"""Units in stock that stand for none: what is below is short, and costs the penalty of a safety stock."""


def case(demands: Demands, start_ups: bool, weight: float) -> float:
    """Cost by a case. To start up is to sign for a week at a fixed charge; who is not served waits, at a penalty.

    Holding is charged on the mean of opening and closing stock, so that in the last week half of it has to be given
    back by what stock is worth at the end. Stock may be thrown away in a case and not in the example.
    """
    import coplant

    day = [FIRST + datetime.timedelta(7 * week) for week in range(demands.stages + 1)]
    value = HOLDING / YEARS
    tables: dict[str, list[dict[str, Any]]] = {
        "parties": [{"party": "brand", "role": "brand"}],
        "sites": [{"site": "works", "party": "brand", "kind": "plant"}],
        "items": [
            {"item": "unit", "value": value, "holding_rate": 1.0, "end_value_share": (HOLDING / 2.0 - LAST) / value}
        ],
        "resources": [{"resource": "line", "site": "works"}],
        "resource_capacity": [
            {
                "resource": "line",
                "from": FIRST,
                "quantity": CAPACITY,
                "per": "week",
                "overtime_quantity": CAPACITY * (STAGES - 1),
                "overtime_cost": OVERTIME - REGULAR,
            }
        ],
        "stock": [{"item": "unit", "site": "works", "quantity": SAFE + BEGIN}],
        "safety_stock": [
            {"item": "unit", "site": "works", "from": since, "quantity": SAFE, "penalty": penalty / MONTHS}
            for since, penalty in ((FIRST, SHORT + HOLDING), (day[-2], SHORT + LAST))
        ],
        "demand": [
            {
                "demand": "homes",
                "item": "unit",
                "site": "works",
                "from": FIRST,
                "quantity": float(demands.demand[0]),
                "per": "week",
                "lost_penalty": 100.0,
            }
        ],
        "prices": [{"demand": "homes", "from": FIRST, "price": 0.0}],
        "branches": [],
        "edits": [],
    }
    _tell_futures(tables, demands, day)
    weeks = range(demands.stages) if start_ups else [None]
    tables["routes"] = [_route(week, day) for week in weeks]
    tables["loads"] = [{"route": route["route"], "resource": "line", "quantity": 1.0} for route in tables["routes"]]
    if start_ups:
        tables["agreements"] = [
            {
                "agreement": f"run {week}",
                "host": "brand",
                "site": "works",
                "status": "option",
                "starts": day[week],
                "term": 0.23,
            }
            for week in weeks
        ]
        tables["fixed_charges"] = [
            {
                "agreement": f"run {week}",
                "charge": "start-up",
                "valid_from": day[week],
                "valid_until": day[week + 1],
                "amount": START_UP,
                "per": "week",
            }
            for week in weeks
        ]
    settings = {
        "name": "aircond",
        "currency": "USD",
        "start": FIRST,
        "buckets": [f"week:{demands.stages}"],
        "risk_weight": weight,
        "risk_share": SHARE,
    }
    hedge = coplant.hedge(coplant.Case.from_tables(settings, tables), gap=GAP)
    # What the stock that stands for none costs, whatever is done.
    of_safe = HOLDING / 2.0 * (SAFE + BEGIN) + HOLDING * (demands.stages - 1) * SAFE + LAST * SAFE
    return -hedge.objective - of_safe


def _route(week: int | None, day: list[datetime.date]) -> dict[str, Any]:
    route = {"route": "make", "item": "unit", "site": "works", "cost": REGULAR}
    if week is None:
        return route
    return {**route, "route": f"make {week}", "agreement": f"run {week}", "from": day[week], "until": day[week + 1]}


def _tell_futures(tables: dict[str, list[dict[str, Any]]], demands: Demands, day: list[datetime.date]) -> None:
    """A branch for each node that has several after it, and an edit of demand for each of these."""
    children: dict[tuple[int, ...], list[tuple[int, ...]]] = {}
    for path in demands.paths[1:]:
        children.setdefault(path[:-1], []).append(path)
    for before, paths in children.items():
        if len(paths) == 1:
            continue
        for path in paths:
            outcome, stage = _named(path), len(path)
            tables["branches"].append(
                {
                    "branch": f"after {_named(before)}" if before else "at first",
                    "outcome": outcome,
                    "probability": 1.0 / len(paths),
                    "reveal_date": day[stage],
                    "after": _named(before) if before else None,
                }
            )
            tables["edits"].append(
                {
                    "outcome": outcome,
                    "table": "demand",
                    "key": "homes",
                    "column": "quantity",
                    "value": repr(float(demands.demand[demands.place[path]])),
                }
            )


def _named(path: tuple[int, ...]) -> str:
    return ".".join(map(str, path))


def timed(plan: Callable[[], float]) -> dict[str, float]:
    """Plan once, and then again: once more, or nine times where that is soon done; the medians of these."""
    clock = time.perf_counter()
    plan()
    again = 9 if time.perf_counter() - clock < 2.0 else 1
    runs = []
    for _ in range(again):
        wall, cpu = time.perf_counter(), time.process_time()
        cost = plan()
        runs.append((cost, time.process_time() - cpu, time.perf_counter() - wall))
    cost, cpu, wall = (statistics.median(figures) for figures in zip(*runs, strict=True))
    return {"cost": cost, "cpu_seconds": round(cpu, 4), "wall_seconds": round(wall, 4)}


def main(who: str, size: str, weight: str | None = None) -> None:
    """Plan, and print the figures."""
    if weight is None:
        demands, start_ups, minded = Demands.two_stage(int(size)), False, 0.0
        by_peer = lambda: l_shaped(demands)  # noqa: E731
    else:
        factors = [int(one) for one in size.split(",")]
        demands, start_ups, minded = Demands.of_tree(factors), True, float(weight)
        by_peer = lambda: extensive_form(demands, factors, minded)  # noqa: E731
    # What is worked out of the tree once is at hand for all.
    _ = demands.parent, demands.probability
    plans = {
        "mpisppy": by_peer,
        "program": lambda: program(demands, start_ups, minded),
        "case": lambda: case(demands, start_ups, minded),
    }
    print(json.dumps(timed(plans[who])))


if __name__ == "__main__":
    main(*sys.argv[1:])
