"""The same model by Pyomo: a ConcreteModel of indexed variables and constraints, handed to HiGHS by APPSI."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pyomo.environ as pyo
from pieces import Family, Pieces, network_of
from pyomo.contrib.appsi.solvers import Highs
from pyomo.core.expr.numeric_expr import LinearExpression
from stages import Stages, size_of


def add_family(model: pyo.ConcreteModel, variables: dict[str, list[pyo.Var]], family: Family) -> None:
    """Add the rows of a family, each as a linear expression, which is Pyomo's quickest form."""
    row = np.concatenate([part.row for part in family.entries])
    order = np.argsort(row, kind="stable")
    terms = [term for part in family.entries for term in _of(variables[part.block], part.cell)]
    terms = [terms[place] for place in order]
    values = np.concatenate([part.value for part in family.entries])[order].tolist()
    begin = np.searchsorted(row[order], np.arange(len(family.low) + 1)).tolist()
    low = [None if bound == -np.inf else bound for bound in family.low.tolist()]
    high = [None if bound == np.inf else bound for bound in family.high.tolist()]

    def rule(_: pyo.ConcreteModel, number: int) -> object:
        first, last = begin[number], begin[number + 1]
        body = LinearExpression(linear_coefs=values[first:last], linear_vars=terms[first:last])
        return body == low[number] if low[number] == high[number] else (low[number], body, high[number])

    setattr(model, family.name, pyo.Constraint(range(len(low)), rule=rule))


def _of(variable: list[pyo.Var], cells: np.ndarray) -> list[pyo.Var]:
    return [variable[cell] for cell in cells.tolist()]


def build(pieces: Pieces) -> pyo.ConcreteModel:
    """Build the model."""
    model = pyo.ConcreteModel()
    variables, costs, terms = {}, [], []
    for block in pieces.blocks():
        bounds = list(zip(block.lower.tolist(), block.upper.tolist(), strict=True))
        variable = pyo.Var(range(len(bounds)), bounds=dict(enumerate(bounds)))
        setattr(model, block.name, variable)
        variables[block.name] = list(variable.values())
        costs += block.cost.tolist()
        terms += variables[block.name]
    for family in pieces.families():
        add_family(model, variables, family)
    model.objective = pyo.Objective(expr=LinearExpression(linear_coefs=costs, linear_vars=terms), sense=pyo.maximize)
    return model


def main(folder: Path, solving: bool) -> None:
    """Measure each stage."""
    stages = Stages()
    with stages("read, check and network"):
        network = network_of(folder / "case")
    with stages("build"):
        model = build(Pieces(network, folder / "prepared.npz"))
    with stages("hand over"):
        solver = Highs()
        solver.set_instance(model)
    highs = solver._solver_model
    more = {}
    if solving:
        highs.setOptionValue("output_flag", False)
        with stages("solve"):
            highs.run()
        more = {"objective": highs.getInfo().objective_function_value}
    stages.report(size=size_of(highs), **more)


if __name__ == "__main__":
    main(Path(sys.argv[1]), "--solve" in sys.argv)
