"""Plan and run production in a factory you do not own.

The whole public interface is here::

    import coplant

    case = coplant.read("examples/xiaomi-2021")
    plan = coplant.plan(case)
    print(plan.summary())

Names are loaded when they are first used, so that ``import coplant`` and ``coplant --help`` stay quick.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from coplant.case import Case, read
    from coplant.errors import CaseError, CoplantError, FileError, InfeasibleError, Problem, SolverError, WorkerError
    from coplant.launching import Launch
    from coplant.launching.launch import launch
    from coplant.planning import Hedge, Plan
    from coplant.planning.hedging import hedge
    from coplant.planning.plan import plan
    from coplant.planning.start_value import value_of_start
    from coplant.report.readback import ReadBack, agreement
    from coplant.settlement import Quote, Settlement, pro_forma, quote, settle
    from coplant.stressing import Stress
    from coplant.stressing.stress import stress
    from coplant.weighing import Worth
    from coplant.weighing.worth import worth

__version__ = "0.1.0"

__all__ = [
    "Case",
    "CaseError",
    "CoplantError",
    "FileError",
    "Hedge",
    "InfeasibleError",
    "Launch",
    "Plan",
    "Problem",
    "Quote",
    "ReadBack",
    "Settlement",
    "SolverError",
    "Stress",
    "WorkerError",
    "Worth",
    "__version__",
    "agreement",
    "hedge",
    "launch",
    "plan",
    "pro_forma",
    "quote",
    "read",
    "settle",
    "stress",
    "value_of_start",
    "worth",
]

_HOME = {
    "Case": "coplant.case",
    "CaseError": "coplant.errors",
    "CoplantError": "coplant.errors",
    "FileError": "coplant.errors",
    "Hedge": "coplant.planning",
    "InfeasibleError": "coplant.errors",
    "Launch": "coplant.launching",
    "Plan": "coplant.planning",
    "Problem": "coplant.errors",
    "Quote": "coplant.settlement",
    "ReadBack": "coplant.report.readback",
    "Settlement": "coplant.settlement",
    "SolverError": "coplant.errors",
    "Stress": "coplant.stressing",
    "WorkerError": "coplant.errors",
    "Worth": "coplant.weighing",
    "agreement": "coplant.report.readback",
    "hedge": "coplant.planning",
    "launch": "coplant.launching.launch",
    "plan": "coplant.planning",
    "pro_forma": "coplant.settlement",
    "quote": "coplant.settlement",
    "read": "coplant.case",
    "settle": "coplant.settlement",
    "stress": "coplant.stressing.stress",
    "value_of_start": "coplant.planning.start_value",
    "worth": "coplant.weighing",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'coplant' has no attribute {name!r}")
    value = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
