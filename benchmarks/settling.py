"""Make a case with years of actuals and call-offs, then read and settle it; print what each took as JSON.

    python benchmarks/settling.py FOLDER SHARE

10 agreements over 60 months, 50 items each, with SHARE x 100,000 call-offs and their answers and shipments.
"""

from __future__ import annotations

import datetime
import json
import resource
import sys
import time
from pathlib import Path

import numpy as np
import polars as pl

import coplant

AGREEMENTS, MONTHS, ITEMS, CALL_OFFS = 10, 60, 50, 100_000
START = datetime.date(2020, 1, 1)


def processor() -> float:
    """Processor seconds of this process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def make(folder: Path, share: float) -> None:
    """Write the case."""
    random = np.random.default_rng(1)
    months = pl.date_range(START, START.replace(year=START.year + MONTHS // 12), "1mo", closed="left", eager=True)
    names = [f"host{number}" for number in range(AGREEMENTS)]
    items = [f"item{number:02}" for number in range(ITEMS)]
    every = [(name, item) for name in names for item in items]
    built = pl.DataFrame(every, schema=["agreement", "item"], orient="row").join(
        pl.DataFrame({"from": months}), how="cross"
    )
    built = built.with_columns(
        pl.col("from").dt.offset_by("1mo").alias("until"),
        quantity=pl.Series(random.integers(50, 150, built.height).astype(float)),
    )
    actuals = pl.concat([built.with_columns(measure=pl.lit(measure)) for measure in ("good", "started")])
    late = built.filter(pl.col("from").dt.month() == 6).with_columns(
        measure=pl.lit("good"),
        quantity=pl.col("quantity") + 1,
        recorded_at=pl.col("until").dt.offset_by("2mo"),
        correction=pl.lit("yes"),
    )
    count = round(share * CALL_OFFS)
    chosen = random.integers(0, len(every), count)
    due = START + pl.Series(random.integers(0, 365 * MONTHS // 12, count)).cast(pl.Int64) * datetime.timedelta(days=1)
    call_offs = pl.DataFrame(
        {
            "call_off": [f"c{number}" for number in range(count)],
            "agreement": [every[k][0] for k in chosen],
            "item": [every[k][1] for k in chosen],
            "issued": due - datetime.timedelta(days=20),
            "due": due,
            "quantity": random.integers(1, 10, count).astype(float),
        }
    )
    answer = call_offs.select("call_off", committed=pl.col("issued") + datetime.timedelta(days=2), quantity="quantity")
    shipped = call_offs.select(
        "call_off",
        shipment=pl.col("call_off"),
        shipped=pl.col("due"),
        received=pl.col("due") + datetime.timedelta(days=9),
        quantity="quantity",
    )
    tables = {
        "parties": [{"party": name, "role": "host"} for name in names],
        "sites": [{"site": name, "party": name, "kind": "plant"} for name in names],
        "items": [{"item": item} for item in items],
        "routes": [{"route": f"{item}-{name}", "item": item, "site": name, "agreement": name} for name, item in every],
        "demand": [
            {"demand": "all", "item": items[0], "site": names[0], "from": START, "quantity": 1, "per": "month"},
        ],
        "prices": [{"demand": "all", "from": START, "price": 1}],
        "agreements": [
            {"agreement": name, "host": name, "site": name, "status": "signed", "starts": START, "term": MONTHS}
            for name in names
        ],
        "reservations": [
            {"agreement": name, "least": 5_000, "most": 5_000, "per": "month", "fee": 2, "kind": "deductible"}
            for name in names
        ],
        "processing_fees": [
            {"agreement": name, "item": item, "above": above, "fee": fee, "basis": "year"}
            for name, item in every
            for above, fee in ((0, 9), (600, 8), (1_000, 7))
        ],
        "fixed_charges": [{"agreement": name, "charge": "rent", "amount": 1_000, "per": "month"} for name in names],
        "take_or_pay": [
            {"agreement": name, "quantity": 60_000, "share": 1, "price": 5, "make_up_months": 24} for name in names
        ],
        "tooling": [
            {"agreement": name, "tool": "mould", "amount": 1e5, "payment": "per_unit", "units": 2e5, "months": MONTHS}
            for name in names
        ],
        "actuals": pl.concat([actuals, late], how="diagonal"),
        "call_offs": call_offs,
        "commits": answer,
        "shipments": shipped,
    }
    settings = {"name": "settling", "currency": "EUR", "start": START.replace(year=2025), "buckets": ["month:1"]}
    coplant.Case.from_tables(settings, tables).write(folder)


def main() -> None:
    """Make the case if it is not there, then read and settle it."""
    folder, share = Path(sys.argv[1]), float(sys.argv[2])
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        make(folder, share)
        return
    began = processor()
    clock = time.perf_counter()
    case = coplant.read(folder)
    read = processor()
    settlement = coplant.settle(case)
    settled = processor()
    rows = sum(case[name].height for name in ("actuals", "call_offs", "commits", "shipments"))
    found = {
        "read": read - began,
        "settle": settled - read,
        "seconds": time.perf_counter() - clock,
        "rows": rows,
        "call_offs": case["call_offs"].height,
        "statements": settlement["statements"].height,
        "lines": settlement["lines"].height,
        "corrections": settlement["lines"].filter(kind="correction").height,
        "total": settlement.total,
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main()
