"""Security: what is paid or pledged for an agreement to be kept, and what vests."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from coplant.case import Case
from coplant.clauses.counting import labels, node_before, running
from coplant.clauses.record import Record
from coplant.clauses.scope import Scope
from coplant.program import Columns, term
from coplant.program.money import Booleans, Floats
from coplant.timeline import periods
from coplant.timeline.calendar import Days

_DAY = np.timedelta64(1, "D")


@dataclass(frozen=True)
class Security:
    """A deposit, a prepayment, a guarantee, or a tranche of shares that vests.

    - deposit: the amount A is paid on the date and returned on the last day of the agreement;
    - prepayment: A is paid on the date, each good unit from then on draws r of it until it is used up, and what is left
      is returned on the last day;
    - guarantee: fee_rate x A a year from the date while the agreement is in force;
    - vesting: a tranche worth A becomes the host's on `milestone_date` if the agreement is in force, or with the last
      of `milestone_units` good units. It costs A and no cash.

    If an exit ends the agreement and the brand is the side at fault, it loses `forfeited_share` of what would be
    returned. What was paid before the horizon is not paid again, but is returned; what is returned after the horizon is
    a commitment of the host to the brand. Units count from the start of the horizon.

    In a program a deposit and a guarantee are linear in the columns that say when the agreement runs and is left. With
    q_n the good units of node n, and d_n what they draw,

    - ``drawn[n]``: d_n <= r q_n, ``prepayment[l]``: sum_n d_n <= A along the branch to each leaf l.

    This is concave and a credit: drawing early is worth more than later or having it returned, so where money has a
    discount a best plan draws at once, d_n = min(r q_n, what is left). Without a discount it makes no difference when,
    and a binary b, 1 once the prepayment is used up, says so: ``drawn.all[n]``: d_n >= r q_n - M b_n,
    ``drawn.used_up[n]``: sum_{m <= n} d_m >= A b_n. Where the agreement can be left, what was drawn counts for the
    closing that takes place (``drawn_until``, see `Scope.quantity_if_due`).

    A tranche that vests by units is a step. With Q_n the good units so far, U those of the milestone and v binary,

    - ``vesting.short[n]``: Q_n <= U - 1 + M v_n, ``vesting.reached[n]``: Q_n >= U v_n, ``vesting.stays[n]``:
      v_n >= v_{a(n)}; A (v_n - v_{a(n)}) is due at n. Counts between U - 1 and U are not taken: units are whole.

    Parameters
    ----------
    security : str
        Its name.
    kind : {"deposit", "prepayment", "guarantee", "vesting"}
        What it is.
    amount : float
        Money.
    date : datetime64[D]
        When it is paid or begins; NaT for the day of signature.
    draw_per_unit : float
        What a good unit draws [money/unit]; NaN unless a prepayment.
    fee_rate : float
        Share per year; NaN unless a guarantee.
    milestone_date : datetime64[D]
        When a tranche vests; NaT where it does not by date.
    milestone_units : float
        Units with which it vests; NaN where it does not by units.
    forfeited_share : float
        What the brand loses when it is at fault.

    Examples
    --------
    A prepayment of 1,000 that is drawn at 3 a unit by 200 and then by 200 units.

    >>> nat = np.datetime64("NaT", "D")
    >>> clause = Security("ahead", "prepayment", 1_000.0, nat, 3.0, np.nan, nat, np.nan, 0.0)
    >>> clause.drawn_so_far(np.array([200.0, 200.0]))
    array([   0.,  600., 1000.])
    """

    security: str
    kind: str
    amount: float
    date: np.datetime64
    draw_per_unit: float
    fee_rate: float
    milestone_date: np.datetime64
    milestone_units: float
    forfeited_share: float

    @classmethod
    def read(cls, case: Case, agreement: str) -> list[Security]:
        """Read the securities of an agreement."""

        def number(value: float | None) -> float:
            return np.nan if value is None else value

        return [
            cls(
                row["security"],
                row["kind"],
                row["amount"],
                np.datetime64(row["date"], "D"),
                number(row["draw_per_unit"]),
                number(row["fee_rate"]),
                np.datetime64(row["milestone_date"], "D"),
                number(row["milestone_units"]),
                row["forfeited_share"],
            )
            for row in case["security"].filter(agreement=agreement).iter_rows(named=True)
        ]

    def drawn_so_far(self, good: Floats) -> Floats:
        """What has been drawn from a prepayment after each of some good units; 0 before the first."""
        return np.minimum(self.amount, self.draw_per_unit * np.append(0.0, np.cumsum(good)))

    def _begin(self, signed: np.datetime64) -> np.datetime64:
        return signed if np.isnat(self.date) else self.date

    # -- a plan -------------------------------------------------------------------------------------------------

    def price(self, scope: Scope) -> None:
        """Add what is paid, drawn and returned to the program."""
        begin = self._begin(scope.sign_date)
        if self.kind == "guarantee":
            self._price_guarantee(scope, begin)
        elif self.kind == "vesting":
            self._price_vesting(scope)
        elif begin < scope.ends:
            self._price_paid(scope, begin)
            if self.kind == "prepayment":
                self._price_drawn(scope, begin)

    def _price_guarantee(self, scope: Scope, begin: np.datetime64) -> None:
        yearly, ends, leaves = self.fee_rate * self.amount, scope.ends, scope.tree.leaves
        scope.pay("security", scope.running, yearly * scope.periods_in(begin, ends, "year"), np.arange(len(scope.tree)))
        scope.owe_after_end(scope.running[leaves], yearly * scope.periods_after_end(begin, ends, "year"))

    def _price_paid(self, scope: Scope, begin: np.datetime64) -> None:
        """Pay the amount, and return all of it when the agreement ends or is left."""
        bounds, leaves, last = scope.tree.timeline.bounds, scope.tree.leaves, scope.ends - _DAY
        back = self.amount * (1.0 - self._forfeited(scope))
        for day, amount in ((begin, self.amount), (last, -back)):
            nodes = scope.nodes_on(day)
            scope.pay("security", scope.running[nodes], amount, nodes)
            if day >= bounds[-1]:
                scope.owe_after_end(scope.running[leaves], amount, day)
        left = np.flatnonzero((scope.leaving >= 0) & (bounds[:-1][scope.tree.bucket] > begin))
        back = self.amount * (1.0 - self.forfeited_share)
        scope.pay("security", scope.leaving[left], -back * scope.chance(left), scope.tree.parent[left])

    def _price_drawn(self, scope: Scope, begin: np.datetime64) -> None:
        """Credit what good units draw, which is then not returned."""
        drawn = self._drawn_columns(scope, begin)
        scope.pay("security", drawn.index, -1.0, np.arange(len(scope.tree)))
        first = np.array([begin])
        closings = scope.closings(first, np.array([scope.ends]))
        windows, names = closings.windows, scope.closing_labels(first, closings)
        amount = np.full(len(names), self.amount)
        so_far = term(windows.window, drawn.index[windows.node])
        held = scope.quantity_if_due(scope.block("drawn_until", self.security), names, closings, so_far, amount)
        back = held.value * (1.0 - np.where(closings.broken, self.forfeited_share, self._forfeited(scope)))[held.row]
        closing = windows.closing[held.row]
        after = (~closings.broken & (closings.until > scope.tree.timeline.bounds[-1]))[held.row]
        scope.pay("security", held.column[~after], (back * closings.chance[held.row])[~after], closing[~after])
        scope.owe_after_end(held.column[after], back[after], scope.ends - _DAY, leaf=closing[after])

    def _drawn_columns(self, scope: Scope, begin: np.datetime64) -> Columns:
        """Columns of what the good units of each node draw."""
        program, tree, axes = scope.program, scope.tree, (scope.tree.labels,)
        name, every = scope.block("drawn", self.security), np.arange(len(scope.tree))
        per_started = self.draw_per_unit * scope.share_of_nodes(begin, scope.ends) * scope.good_share[:, None]
        open_ = np.asarray(((scope.started >= 0) & (per_started > 0.0)).any(axis=0))
        drawn = program.columns(name, axes, where=open_, upper=self.amount)
        owed = term(every, scope.started, -per_started)
        program.rows(name, axes, [term(every, drawn.index), owed], upper=0.0, where=open_)
        member, step = np.nonzero(tree.path[tree.leaves] >= 0)
        on_branch = term(member, drawn.index[tree.path[tree.leaves][member, step]])
        ends = (tuple(tree.labels[leaf] for leaf in tree.leaves),)
        program.rows(scope.block("prepayment", self.security), ends, [on_branch], upper=self.amount)
        if scope.discount_rate == 0.0:
            self._draw_at_once(scope, drawn, per_started, open_)
        return drawn

    def _draw_at_once(self, scope: Scope, drawn: Columns, per_started: Floats, open_: Booleans) -> None:
        """Let good units draw all that they can, where it makes no difference when."""
        program, tree, axes = scope.program, scope.tree, (scope.tree.labels,)
        every = np.arange(len(tree))
        used_up = program.columns(f"{drawn.name}.used_up", axes, where=open_, upper=1.0, integer=True)

        def is_used_up(columns: Floats) -> Floats:
            made = np.where(scope.started >= 0, columns[np.maximum(scope.started, 0)], 0.0)
            owed = (per_started * made).sum(axis=0)
            so_far = np.where(tree.path >= 0, owed[tree.path], 0.0).sum(axis=1)
            return np.asarray(so_far >= self.amount * (1.0 - 1e-9), dtype=np.float64)

        program.complete_by(used_up, is_used_up)
        most = (per_started * np.where(scope.started >= 0, scope.most, 0.0)).sum(axis=0)
        all_of_it = [
            term(every, drawn.index),
            term(every, scope.started, -per_started),
            term(every, used_up.index, most),
        ]
        program.rows(f"{drawn.name}.all", axes, all_of_it, lower=0.0, where=open_)
        node, step = np.nonzero(tree.path >= 0)
        so_far = [term(node, drawn.index[tree.path[node, step]]), term(every, used_up.index, -self.amount)]
        program.rows(f"{drawn.name}.used_up", axes, so_far, lower=0.0, where=open_)

    def _price_vesting(self, scope: Scope) -> None:
        leaves, day = scope.tree.leaves, self.milestone_date
        if not np.isnan(self.milestone_units):
            self._price_units(scope)
        elif day < scope.ends:
            nodes = scope.nodes_on(day)
            scope.pay("vesting", scope.running[nodes], self.amount, nodes, cash=False)
            if day >= scope.tree.timeline.bounds[-1]:
                scope.owe_after_end(scope.running[leaves], self.amount, day)

    def _price_units(self, scope: Scope) -> None:
        """Let the tranche vest at the node at which the units are reached."""
        routes, target = np.arange(len(scope.routes)), self.milestone_units
        counted = running(scope.windows(np.array([scope.starts]), np.array([scope.ends])))
        if not len(counted.closing):
            return
        axes, name = (labels(scope.tree, counted),), scope.block("vesting", self.security)
        every, most = np.arange(len(counted.closing)), scope.most_good(counted, routes)
        units = scope.good_units(counted, routes)
        vested = scope.program.columns(name, axes, upper=most >= target, integer=True, node=counted.closing)

        def reached(columns: Floats) -> Floats:
            so_far = np.bincount(units.row, columns[units.column] * units.value, minlength=len(every))
            return np.asarray(so_far > target - 0.5, dtype=np.float64)

        scope.program.complete_by(vested, reached)
        beyond = np.maximum(most - target + 1.0, 0.0)
        short = [units, term(every, vested.index, -beyond)]
        scope.program.rows(f"{name}.short", axes, short, upper=target - 1.0)
        scope.program.rows(f"{name}.reached", axes, [units, term(every, vested.index, -target)], lower=0.0)
        earlier = node_before(scope.tree, counted)
        grown = np.flatnonzero(earlier >= 0)
        stays = [term(every, vested.index), term(grown, vested.index[earlier[grown]], -1.0)]
        scope.program.rows(f"{name}.stays", axes, stays, lower=0.0, where=earlier >= 0)
        scope.pay("vesting", vested.index, self.amount, counted.closing, cash=False)
        scope.pay("vesting", vested.index[earlier[grown]], -self.amount, counted.closing[grown], cash=False)

    def _forfeited(self, scope: Scope) -> float:
        """What is lost at the end of the agreement: something only if that is an exit of which notice was given."""
        return self.forfeited_share if scope.exit is not None and scope.exit.brand_pays else 0.0

    # -- what happened ------------------------------------------------------------------------------------------

    def settle(self, record: Record) -> None:
        """Bill what is paid, drawn and returned, and what vests."""
        begin = self._begin(record.sign_date)
        if self.kind == "guarantee":
            bounds = record.cells(begin, record.over)
            years = np.diff(periods(bounds, "year"))
            record.charge("security", "security", "security.fee", record.closing(bounds), self.amount * years,
                          self.fee_rate, part=self.security, formula="amount * years", amount=self.amount,
                          years=years)  # fmt: skip
        elif self.kind == "vesting":
            self._settle_vesting(record, begin)
        elif begin < record.over:
            self._settle_paid(record, begin)

    def _settle_paid(self, record: Record, begin: np.datetime64) -> None:
        record.charge("security", "security", f"security.{self.kind}", begin, 1.0, self.amount, part=self.security)
        days, so_far = np.empty(0, dtype="datetime64[D]"), np.zeros(1)
        if self.kind == "prepayment":
            bounds = record.cells(max(begin, record.starts), record.over)
            good = record.counted("good", bounds, record.products).sum(axis=0)
            days, so_far = record.closing(bounds), self.drawn_so_far(good)
            record.charge("security", "security", "security.drawn", days, -np.diff(so_far), 1.0, part=self.security,
                          formula="-min(left, good * per_unit)", left=self.amount - so_far[:-1], good=good,
                          per_unit=self.draw_per_unit)  # fmt: skip
        last, rest = record.over - _DAY, self.amount - so_far[-1]
        lost = self.forfeited_share if record.exit is not None and record.exit.brand_pays else 0.0
        words, formula = ("security.forfeited", "-left * (1 - lost)") if lost else ("security.returned", "-left")
        operands = {"left": rest} | ({"lost": lost} if lost else {})
        record.charge("security", "security", words, last, -rest * (1.0 - lost), 1.0, part=self.security,
                      formula=formula, **operands)  # fmt: skip
        self._keep(record, begin, days, np.diff(so_far), rest * (1.0 - lost), rest * lost)

    def _settle_vesting(self, record: Record, begin: np.datetime64) -> None:
        day = self.milestone_date
        if np.isnat(day):
            bounds = record.cells(record.starts, record.over)
            built = np.cumsum(record.counted("good", bounds, record.products).sum(axis=0))
            # What rounding puts a hair below the milestone has reached it.
            reached = np.flatnonzero(built >= self.milestone_units * (1.0 - 1e-6))[:1]
            days = record.closing(bounds)[reached]
            record.charge("security", "vesting", "vesting.units", days, np.ones(len(days)), self.amount,
                          part=self.security, built=built[reached],
                          milestone=np.full(len(days), self.milestone_units))  # fmt: skip
        else:
            days = np.array([day] if day < record.over else [], dtype="datetime64[D]")
            record.charge("security", "vesting", "vesting.date", days, np.ones(len(days)), self.amount,
                          part=self.security)  # fmt: skip
        vested = np.full(len(days), self.amount)
        begun = min([begin, *days])
        if not len(days) or days[0] >= record.since:
            self._keep(record, begun, days, vested, 0.0, self.amount - vested.sum())

    def _keep(self, record: Record, begin: np.datetime64, days: Days, used: Floats, back: float, lost: float) -> None:
        """Keep the account: what is there, what units draw or vest, and what is returned and lost on the last day.

        What was there before the days that are settled is added on the first of them.
        """
        if record.over <= record.since:
            return
        account = "unvested" if self.kind == "vesting" else self.kind
        none = np.zeros(len(days))
        day = np.concatenate([[np.maximum(begin, record.since)], days, [record.over - _DAY]])
        added = np.concatenate([[self.amount], none, [0.0]])
        out = np.concatenate([[0.0], used, [back]])
        lapsed = np.concatenate([[0.0], none, [lost]])
        moved = (added + out + lapsed) > 0.0
        record.keep("security", account, day[moved], added[moved], out[moved], lapsed[moved], part=self.security)
