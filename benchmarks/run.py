"""Measure Coplant against its peers and against its targets; write results/*.json and print the ratios.

Each figure comes from a process of its own: processor seconds of all its threads, and the most memory it held.
"""

from __future__ import annotations

import argparse
import datetime
import importlib.metadata
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil

HERE = Path(__file__).parent
WORK = HERE.parent / "build" / "bench"
RESULTS = HERE / "results"
LARGE = {"items": 440, "buckets": 78, "hosts": 6, "seed": 1}
"""About 300,000 columns."""
SMALL = {"items": 60, "buckets": 18, "hosts": 4, "seed": 1}
PEERS = ("coplant", "linopy", "pyomo")
TARGETS = {
    "building: processor time over linopy's": 0.5,
    "building: memory over linopy's": 0.5,
    "building: processor time over pyomo's": 0.05,
    "reference case: processor seconds": 20.0,
    "settling: processor seconds": 10.0,
    "settling: growth of time over growth of rows": 1.1,
    "scheduling: projects that PyJobShop ends earlier": 0,
    "help: processor seconds": 0.5,
    "launching: processor seconds": 3.0,
    "launching: peak memory in MB": 500.0,
    "hedging: processor time over mpi-sppy's, at most on a tree": 0.2,
    "hedging: processor time over mpi-sppy's over two stages": 0.2,
    "hedging: largest relative difference of costs": 1e-6,
}
SECONDS = 5.0
"""What each peer is given for a schedule."""


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    cpu = next(
        (line.split(":")[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")),
        platform.processor(),
    )
    names = (
        "coplant", "highspy", "linopy", "mpi-sppy", "numpy", "ortools", "polars", "pyjobshop", "pyomo", "scipy",
        "xarray",
    )  # fmt: skip
    return {
        "measured": datetime.date.today().isoformat(),
        "processor": cpu,
        "cores": os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 2**30, 1),
        "system": platform.platform(),
        "python": platform.python_version(),
        "versions": {name: importlib.metadata.version(name) for name in names},
    }


def _lines(path: str) -> list[str]:
    file = Path(path)
    return file.read_text().splitlines() if file.exists() else []


def run(*command: str) -> tuple[str, float]:
    """Run a process; its output, and the processor seconds it and its children took."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return done.stdout, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measure(peer: str, folder: Path, *options: str) -> dict[str, Any]:
    """Figures of one peer on one case."""
    out, _ = run(sys.executable, str(HERE / f"with_{peer}.py"), str(folder), *options)
    return json.loads(out.splitlines()[-1])


def prepare(name: str, sizes: dict[str, int]) -> Path:
    """Make a case, unless it is there."""
    folder = WORK / f"{name}-{'-'.join(map(str, sizes.values()))}"
    if not (folder / "prepared.npz").exists():
        folder.mkdir(parents=True, exist_ok=True)
        run(sys.executable, str(HERE / "prepare.py"), str(folder), *map(str, sizes.values()))
    return folder


def build_figures(stages: dict[str, Any]) -> dict[str, float]:
    """Processor seconds and memory between the network and the model in HiGHS."""
    return {
        "cpu_seconds": round(stages["build"]["cpu_seconds"] + stages["hand over"]["cpu_seconds"], 3),
        "memory_mb": round(stages["hand over"]["peak_mb"] - stages["build"]["begins_with_mb"], 1),
        "process_peak_mb": stages["hand over"]["peak_mb"],
    }


def building(repeats: int) -> dict[str, Any]:
    """Build the same program with every peer; the median of some runs."""
    small = prepare("small", SMALL)
    optimum = {peer: measure(peer, small, "--solve") for peer in PEERS}
    same = max(abs(found["objective"] / optimum["coplant"]["objective"] - 1.0) for found in optimum.values())
    large = prepare("large", LARGE)
    figures: dict[str, Any] = {}
    for peer in PEERS:
        runs = [measure(peer, large) for _ in range(1 if peer == "pyomo" else repeats)]
        built = [build_figures(one["stages"]) for one in runs]
        figures[peer] = {
            "stages": runs[-1]["stages"],
            "size": runs[-1]["size"],
            "building": {name: statistics.median(one[name] for one in built) for name in built[0]},
        }
    sizes = {json.dumps(found["size"]) for found in figures.values()}
    assert len(sizes) == 1, f"the peers built different programs: {sizes}"
    own = figures["coplant"]["building"]
    return {
        "case": LARGE,
        "figures": figures,
        "small_case": {"case": SMALL, "optimum": {peer: found["objective"] for peer, found in optimum.items()}},
        "largest_relative_difference_of_optima": same,
        "building: processor time over linopy's": own["cpu_seconds"] / figures["linopy"]["building"]["cpu_seconds"],
        "building: memory over linopy's": own["memory_mb"] / figures["linopy"]["building"]["memory_mb"],
        "building: processor time over pyomo's": own["cpu_seconds"] / figures["pyomo"]["building"]["cpu_seconds"],
        "building: memory over pyomo's": own["memory_mb"] / figures["pyomo"]["building"]["memory_mb"],
    }


def solving(_: int) -> dict[str, Any]:
    """Solve the large program."""
    found = measure("coplant", prepare("large", LARGE), "--solve")
    return {"case": LARGE, **found}


def reference(repeats: int) -> dict[str, Any]:
    """Plan the reference case from the command line."""
    case = HERE.parent / "examples" / "xiaomi-2021"
    WORK.mkdir(parents=True, exist_ok=True)
    results = ("--out", str(WORK / "reference"), "--report", str(WORK / "reference.html"))
    seconds = [run(coplant(), "plan", str(case), *results)[1] for _ in range(repeats)]
    return {"reference case: processor seconds": statistics.median(seconds), "runs": seconds}


def help_page(repeats: int) -> dict[str, Any]:
    """Ask the command line for help."""
    run(coplant(), "--help")
    seconds = [run(coplant(), "--help")[1] for _ in range(max(repeats, 5))]
    return {"help: processor seconds": statistics.median(seconds), "runs": seconds}


def coplant() -> str:
    """Where the command is."""
    return str(Path(sys.executable).with_name("coplant"))


def settling(repeats: int) -> dict[str, Any]:
    """Read and settle ten agreements over sixty months, with three numbers of call-offs."""
    sizes: list[dict[str, Any]] = []
    for share in ("0.25", "0.5", "1"):
        command = (sys.executable, str(HERE / "settling.py"), str(WORK / "settling" / share), share)
        if not (WORK / "settling" / share).exists():
            run(*command)
        runs = [json.loads(run(*command)[0].splitlines()[-1]) for _ in range(repeats)]
        median = {name: statistics.median(one[name] for one in runs) for name in ("read", "settle")}
        sizes.append(runs[0] | median | {"cpu_seconds": sum(median.values())})
    small, _, large = sizes
    return {
        "sizes": sizes,
        "settling: processor seconds": large["cpu_seconds"],
        "settling: growth of time over growth of rows": (large["cpu_seconds"] / small["cpu_seconds"])
        / (large["rows"] / small["rows"]),
    }


def scheduling(_: int) -> dict[str, Any]:
    """Schedule sixty projects with scarce teams, with every peer in the same time."""
    lines = run(sys.executable, str(HERE / "scheduling.py"), str(SECONDS))[0].splitlines()
    found = [json.loads(line) for line in lines]
    apart = [one["coplant"]["finish"] - one["pyjobshop"]["finish"] for one in found]
    peers = ("coplant", "pyjobshop")
    return {
        "seconds": SECONDS,
        "earlier": sum(days < 0 for days in apart),
        "the same": sum(days == 0 for days in apart),
        "scheduling: projects that PyJobShop ends earlier": sum(days > 0 for days in apart),
        "proved to be the best": {
            peer: sum(one[peer]["finish"] == one[peer]["bound"] for one in found) for peer in peers
        },
        "seconds in all": {peer: round(sum(one[peer]["seconds"] for one in found), 1) for peer in peers},
        "figures": found,
    }


def launching(repeats: int) -> dict[str, Any]:
    """Draw a programme of 1,000 activities 100,000 times; peers draw it less often and are scaled up."""

    def drawn(who: str, samples: int) -> dict[str, Any]:
        return json.loads(run(sys.executable, str(HERE / "launching.py"), who, str(samples))[0].splitlines()[-1])

    runs = [drawn("coplant", 100_000) for _ in range(repeats)]
    peers = [drawn("numpy", 10_000), drawn("simpy", 100)]
    seconds = statistics.median(one["cpu_seconds"] for one in runs)
    ratios = {
        f"launching: processor time over {one['who']}'s": seconds / (one["cpu_seconds"] * 100_000 / one["samples"])
        for one in peers
    }
    return {
        "runs": runs,
        "peers": peers,
        "launching: processor seconds": seconds,
        "launching: peak memory in MB": max(one["process_peak_mb"] for one in runs),
        **ratios,
    }


TREES = [(factors, weight) for factors in ("4,3,2", "10,5,4") for weight in ("0", "0.5")]
"""Branches at each stage, and the weight on the worst leaves."""

SCENARIOS = "1000"


def hedging(repeats: int) -> dict[str, Any]:
    """Plan production for trees of demands, and over two stages, beside mpi-sppy; by programs and by cases."""

    def planned(who: str, *asked: str) -> dict[str, float]:
        command = (sys.executable, str(HERE / "hedging.py"), who, *asked)
        # Over two stages mpi-sppy takes minutes.
        count = 1 if who == "mpisppy" and asked == (SCENARIOS,) else repeats
        runs = [json.loads(run(*command)[0].splitlines()[-1]) for _ in range(count)]
        return {name: statistics.median(one[name] for one in runs) for name in runs[0]}

    figures: list[dict[str, Any]] = []
    for asked in (*TREES, (SCENARIOS,)):
        found: dict[str, Any] = {who: planned(who, *asked) for who in ("program", "case", "mpisppy")}
        theirs = found["mpisppy"]
        for who in ("program", "case"):
            found[f"{who} over mpi-sppy"] = found[who]["cpu_seconds"] / theirs["cpu_seconds"]
            found[f"{who} differs by"] = abs(found[who]["cost"] / theirs["cost"] - 1.0)
        figures.append({"asked": asked, **found})
    *trees, two_stage = figures
    most = max(one["program over mpi-sppy"] for one in trees)
    return {
        "figures": figures,
        "hedging: processor time over mpi-sppy's, at most on a tree": most,
        "hedging: processor time over mpi-sppy's over two stages": two_stage["program over mpi-sppy"],
        "hedging: largest relative difference of costs": max(one["program differs by"] for one in trees),
    }


MEASUREMENTS = {
    "building": building,
    "solving": solving,
    "reference": reference,
    "settling": settling,
    "scheduling": scheduling,
    "help": help_page,
    "launching": launching,
    "hedging": hedging,
}


def main() -> None:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", nargs="*", help=f"{', '.join(MEASUREMENTS)}; all of them unless told")
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    if unknown := set(options.what) - set(MEASUREMENTS):
        parser.error(f"there is no {', '.join(unknown)}; choose from {', '.join(MEASUREMENTS)}")
    RESULTS.mkdir(exist_ok=True)
    for name in options.what or MEASUREMENTS:
        result = {"machine": machine(), **MEASUREMENTS[name](options.repeats)}
        (RESULTS / f"{name}.json").write_text(json.dumps(result, indent=2) + "\n")
        for figure, value in result.items():
            if figure in TARGETS:
                print(f"{figure}: {value:.3g} (target at most {TARGETS[figure]})")
        if name == "launching":
            for figure, value in result.items():
                if " over " in figure:
                    print(f"  {figure}: {value:.3g}")
        if name == "hedging":
            for one in result["figures"]:
                print(f"  {one['asked']}: " + ", ".join(f"{who} {one[who]}" for who in ("program", "case", "mpisppy")))
        if name == "building":
            for peer, found in result["figures"].items():
                print(f"  {peer}: {found['building']}, {found['size']}")
        if name == "solving":
            print(f"  solving: {result['stages']['solve']}, {result['solver']}")
        if name == "scheduling":
            print(f"  coplant ends {result['earlier']} of 60 projects earlier, {result['the same']} on the same day")
            print(f"  proved: {result['proved to be the best']}, seconds: {result['seconds in all']}")


if __name__ == "__main__":
    main()
