"""Putting a plan to the test of many futures: the table of contents of a stress test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from coplant.case import Case
from coplant.planning.hedge import Hedge
from coplant.planning.hedging import hedge
from coplant.planning.plan import Progress, plan
from coplant.planning.result import KIND, Plan
from coplant.results import read_result, versions_of
from coplant.stressing.batches import Batches
from coplant.stressing.question import Batch, Question, answer
from coplant.stressing.result import Stress
from coplant.stressing.statistics import tables_of
from coplant.workers import Here, Workers


def stress(
    tested: Case | Plan | Hedge,
    samples: int = 1000,
    seed: int = 0,
    *,
    out: str | Path | None = None,
    workers: Workers | None = None,
    progress: Progress | None = None,
) -> Stress:
    """Say how a plan fares over many sampled futures.

    What is decided before anything is known is held; the rest is planned anew at each review, when all is known that
    has happened by then and the rest is expected as far as it can be. Other agreements are put to the same samples.

    Parameters
    ----------
    tested : Case, Plan or Hedge
        The plan; a case is planned first.
    samples : int
        How many futures are sampled.
    seed : int
        Seed of the draws, and of the solver's tie-breaking.
    out : str or Path, optional
        Folder for what is measured, as it comes: a run that was interrupted goes on from there. The result itself is
        written by `Stress.write`.
    workers : Workers, optional
        Who carries out the samples; this process by default. Who it is changes no digit.
    progress : callable, optional
        Is told, in a line of text, what is going on.

    Returns
    -------
    Stress

    Raises
    ------
    ValueError
        There are no samples, or the seed is below 0.
    CaseError
        A factor makes a mistake of the case; else as for `plan`.
    FileError
        The folder holds something else, or cannot be written.
    InfeasibleError, NumericalError, SolverError
        As for `plan`.
    WorkerError
        Workers die again and again.
    """
    if samples < 1:
        raise ValueError(f"samples are {samples}; there has to be at least 1")
    if seed < 0:
        raise ValueError(f"the seed is {seed}; it is at least 0")
    say = progress or (lambda _: None)
    made = _planned(tested, seed, say) if isinstance(tested, Case) else tested
    question = Question(made, samples, seed)
    batches = Batches.of(None if out is None else Path(out), question.digest)
    say(f"planning for each of {len(question.policies):,} choices of agreements")
    measured = pl.concat(list(_measured(question, batches, workers or Here(), say))).sort("sample", maintain_order=True)
    horizon = question.horizon
    return Stress(
        made.case,
        tables_of(question, measured),
        made.objective if isinstance(made, Plan) else made.expected,
        samples,
        seed,
        tuple(str(horizon.timeline.bounds[review]) for review in horizon.reviews),
        question.digest,
        versions_of("coplant", "highspy", "numpy", "scipy"),
    )


def planned_in(folder: str | Path) -> Plan | Hedge:
    """Read the plan that a folder holds, for one future or for several.

    Raises
    ------
    FileError
        It holds none.
    """
    several = "plans" in read_result(folder, KIND).facts
    return Hedge.read(folder) if several else Plan.read(folder)


def _planned(case: Case, seed: int, say: Progress) -> Plan | Hedge:
    """Plan a case; production starts with a luck that is sampled, and so not on levels."""
    if case.certain:
        return plan(case, seed=seed, progress=say)
    if case["branches"].is_empty():
        return plan(case.as_it_stands(), seed=seed, progress=say)
    return hedge(case, seed=seed, progress=say)


def _measured(question: Question, batches: Batches, workers: Workers, say: Progress) -> Iterator[pl.DataFrame]:
    """What is measured of each batch: read if it was written, else worked out and written as it comes."""
    count = len(question.batches)
    known = {number: batches.read(number) for number in range(count)}
    missing = [number for number, found in known.items() if found is None]
    if missing:
        question.start()
    if len(missing) < count:
        say(f"{count - len(missing):,} of {count:,} batches are there already")
    asked = (Batch(question.digest, question, number) for number in missing)
    come = zip(missing, workers.map(answer, asked), strict=True)
    for number in range(count):
        found = known[number]
        if found is None:
            _, found = next(come)
            batches.write(number, found)
            done = sum(map(len, question.batches[: number + 1]))
            say(f"{done:,} of {question.samples:,} samples")
        yield found
