"""A case on disk becomes a model in HiGHS, by Coplant."""

from __future__ import annotations

import sys
from pathlib import Path

from stages import Stages, size_of

import coplant
from coplant.network import Network
from coplant.planning.formulation import formulate
from coplant.program import solve
from coplant.program.run import hand_over
from coplant.program.scaling import scaled
from coplant.timeline import Timeline
from coplant.tree import Tree


def main(folder: Path, solving: bool) -> None:
    """Measure each stage."""
    stages = Stages()
    with stages("read and check"):
        case = coplant.read(folder / "case")
    with stages("network"):
        network = Network.of(case, Tree.line(Timeline.of(case.settings.start, case.settings.buckets)))
    with stages("build"):
        program = formulate(network).program
    with stages("hand over"):
        model = scaled(program)
        highs = hand_over(model)
    size = size_of(highs)
    more = {}
    if solving:
        del highs, model
        with stages("solve"):
            solution = solve(program)
        more = {
            "objective": solution.objective,
            "solver": solution.solver,
            "violation": solution.violations.row_relative,
        }
    stages.report(size=size, **more)


if __name__ == "__main__":
    main(Path(sys.argv[1]), "--solve" in sys.argv)
