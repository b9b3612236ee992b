"""Why customers are not served, in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import polars as pl

from coplant.report.limits import limit_namer, limit_unit
from coplant.report.view import View
from coplant.report.words import Words, words_of

if TYPE_CHECKING:
    from coplant.insight import WhyShort
    from coplant.planning import Plan

MOST = 4
"""Users, and those who would give way, that are named."""

MOST_BUCKETS = 6
"""Buckets that are named in which a stream is short."""

_SHORT = 1e-6
"""Share of what is wanted below which nobody is short of it."""

_MUCH = 999_500.0
"""Quantities from which on a few figures are shown."""

_LITTLE = 1e-9
"""Shares and amounts below which there is nothing to tell."""

_ALL = 0.999
"""Share of a shortage above which it is lifted."""


def shortages_in_words(answers: Sequence[WhyShort], language: str) -> str:
    """Tell why customers are not served; what gates several streams alike is told of once.

    Parameters
    ----------
    answers : sequence of WhyShort
        The answers, for one plan.
    language : str
        The language.
    """
    texts = []
    for number, why in enumerate(answers):
        like = next((other for other in answers[:number] if _gates_of(other) == _gates_of(why)), None)
        texts.append("\n".join(_Told(why, language, like).lines()))
    return "\n\n".join(texts)


def _gates_of(why: WhyShort) -> list[tuple[str, str]]:
    """Limits, stock at hand and other rules that gate a shortage."""
    others = why["customer"].filter(pl.col("kind").is_in(["at hand", "rules"]), pl.col("amount") < 0.0)
    return [*why["gates"].select("constraint", "thing").rows(), *others.select("kind", "what").rows()]


def served_in_words(plan: Plan, streams: Sequence[str], at: str, language: str) -> str:
    """Tell that all customers of some streams are served, and when they are not.

    Parameters
    ----------
    plan : Plan
        The plan.
    streams : sequence of str
        The streams of demand.
    at : str
        When they are served, as it was asked.
    language : str
        The language.
    """
    view, words = View(plan, words_of(language)), words_of(language, "coplant.report.explained")
    name = limit_namer(view)
    told = [words("short.served", stream=view.list([name("sales", stream) for stream in streams]), when=at)]
    for stream in streams:
        rows = plan["sold"].filter(
            pl.col("demand") == stream, pl.col("lost") + pl.col("waiting") > _SHORT * pl.col("wanted")
        )
        if rows.height:
            buckets = [view.bucket(day) for day in rows["bucket"].sort().to_list()]
            shown = [*buckets[:MOST_BUCKETS], *(["..."] if len(buckets) > MOST_BUCKETS else [])]
            told.append(words("short.elsewhere", stream=name("sales", stream), buckets=", ".join(shown)))
    return "\n".join(told)


class _Told:
    """An answer in one language."""

    def __init__(self, why: WhyShort, language: str, like: WhyShort | None) -> None:
        self.why, self.like = why, like
        self.view = View(why.plan, words_of(language))
        self.words: Words = words_of(language, "coplant.report.explained")
        self.limit = limit_namer(self.view)
        self.numbers = self.view.numbers
        self.unit = self.view.items_unit([self._stream["item"]])

    @property
    def _stream(self) -> Mapping[str, Any]:
        rows = self.why.plan["sold"].filter(pl.col("demand") == self.why.demand)
        return rows.row(0, named=True)

    def lines(self) -> Iterator[str]:
        """What there is to tell, a paragraph a line."""
        why = self.why
        yield self.words(
            "short.head",
            stream=self.limit("sales", why.demand),
            when=self._when(why.buckets),
            unserved=self.numbers.count(why.unserved),
            wanted=self.numbers.count(why.wanted),
            sold=self.numbers.count(why.sold),
            unit=self.unit,
            waiting=self._waiting(),
        )
        yield from self._waits()
        if why.loss is not None:
            yield from self._gates()
            yield from self._users()
            yield from self._customer()
            yield from self._gives_way()
            yield from self._raised()
        elif why["gates"].height or why["customer"].height:
            yield from self._in_the_way()
            yield from self._raised()
        elif why["waits"].is_empty():
            yield self.words("short.impossible")

    def _waiting(self) -> str:
        """Say how many of those who are not served wait when the last of the buckets ends."""
        plan = self.why.plan
        last = plan["buckets"].filter(label=self.why.buckets[-1])["bucket"].item()
        waiting = float(plan["sold"].filter(demand=self.why.demand, bucket=last)["waiting"].sum())
        if waiting <= 0.5:
            return ""
        key = "short.waiting" if self.why.unserved - waiting > 0.5 else "short.all_waiting"
        return self.words(key, waiting=self.numbers.count(waiting))

    def _when(self, buckets: tuple[str, ...]) -> str:
        labels = dict(self.why.plan["buckets"].select("label", "bucket").iter_rows())
        names = [self.view.bucket(labels[label]) for label in buckets]
        if len(names) < 3:
            return self.view.list(names)
        return self.words("short.span", first=names[0], last=names[-1])

    def _quantity(self, quantity: float) -> str:
        """Write how much in full where it is not too much to read."""
        return self.numbers.brief(quantity) if abs(quantity) >= _MUCH else self.numbers.count(quantity)

    # -- parts of the answer --------------------------------------------------------------------------------------

    def _waits(self) -> Iterator[str]:
        routes = dict(self.why.plan.case["routes"].select("route", "item").iter_rows())
        site = self.view.title("site", self._stream["site"])
        for row in self.why["waits"].iter_rows(named=True):
            if row["activity"] is None:
                key = "short.takes_long" if row["there"] else "short.no_way"
                yield self.words(key, site=site, bucket=self.view.bucket(row["there"]))
                continue
            what = self.view.title("item", routes[row["activity"]]) if row["activity"] in routes else row["activity"]
            opens = "short.opens" if row["opens"] else "short.never_opens"
            there = "short.there" if row["there"] else "short.never_there"
            told = self.words(opens, what=what, by=row["activity"], bucket=self.view.bucket(row["opens"]))
            yield f"{told} {self.words(there, site=site, bucket=self.view.bucket(row['there']))}"
            if row["sooner_gained"] is not None:
                key = "short.sooner" if row["sooner_served"] > 0.5 else "short.sooner_none"
                yield self.words(key, milestone=self.view.title("milestone", row["milestone"]),
                                 gained=self.view.money(row["sooner_gained"]), unit=self.unit,
                                 served=self.numbers.count(max(row["sooner_served"], 0.0)))  # fmt: skip

    def _gates(self) -> Iterator[str]:
        """What a customer more takes that others lose, in order of what that is worth."""
        gates, customer = self.why["gates"], self.why["customer"]
        own = gates.filter(pl.col("in_place_of").is_null())
        if self.like is not None and own.height:
            yield self.words("short.same_gates", stream=self.limit("sales", self.like.demand),
                             gates=self.view.list([self._same(row) for row in own.iter_rows(named=True)]))  # fmt: skip
            return
        takes: list[tuple[float, str, list[str]]] = []
        for row in own.iter_rows(named=True):
            alike = gates.filter(in_place_of=row["thing"]).iter_rows(named=True)
            takes.append((row["amount"], self._gate(row), [f"     {self._gate(other)}" for other in alike]))
        for row in customer.filter(pl.col("kind").is_in(["at hand", "rules"]), pl.col("amount") < 0.0).iter_rows(
            named=True
        ):
            key, what = self._other(row["kind"], row["what"], "takes")
            takes.append((-row["amount"], self.words(key, what=what, amount=self.view.each(-row["amount"])), []))
        if not takes:
            yield self.words("short.no_gate")
            return
        yield self.words("short.gates" if len(takes) > 1 else "short.gate")
        for number, (_, told, others) in enumerate(sorted(takes, key=lambda one: -one[0]), 1):
            yield f"  {number}. {told}"
            yield from others

    def _in_the_way(self) -> Iterator[str]:
        """What forbids to serve any customer more."""
        told = [self._gate(row) for row in self.why["gates"].iter_rows(named=True)]
        for kind, thing in self.why["customer"].select("kind", "what").iter_rows():
            key, what = self._other(kind, thing, "stays")
            told.append(self.words(key, what=what))
        yield self.words("short.forbidden" if len(told) > 1 else "short.forbidden_by_one")
        for number, line in enumerate(told, 1):
            yield f"  {number}. {line}"

    def _other(self, kind: str, what: str, verb: str) -> tuple[str, str]:
        """The text for stock at hand or another rule, and what that is called."""
        return (
            (f"short.{verb}_stock", self._point(what))
            if kind == "at hand"
            else (f"short.{verb}_rule", self._rule(what))
        )

    def _rule(self, family: str) -> str:
        return self.words.known(f"short.rule.{family}", family.replace("_", " "))

    def _same(self, row: Mapping[str, Any]) -> str:
        takes, amount = self.numbers.number(row["takes"], 2), self.view.each(row["amount"])
        return self.words("short.same", name=self.limit(row["constraint"], row["thing"]), takes=takes, amount=amount)

    def _gate(self, row: Mapping[str, Any]) -> str:
        name = self.limit(row["constraint"], row["thing"])
        kind = self.view.words.known(f"constraint.{row['constraint']}", row["constraint"])
        texts = []
        if row["takes"] is None and row["in_place_of"] is None:
            texts.append(self.words("short.stands", name=name, kind=kind, where=row["set_in"]))
        elif row["in_place_of"] is None:
            texts.append(self.words("short.takes", name=name, kind=kind,
                                    takes=self.numbers.number(row["takes"], 2), amount=self.view.each(row["amount"]),
                                    where=row["set_in"]))  # fmt: skip
        else:
            texts.append(self.words("short.in_place", name=name, kind=kind, where=row["set_in"]))
        if row["from"]:
            texts.append(self.words("short.used_up", first=self.numbers.date(row["from"]),
                                    until=self.numbers.date(row["until"])))  # fmt: skip
        bucket, value = self.view.bucket(row["bucket"]), self.view.each(row["value"])
        if row["alone"]:
            endless = row["holds_until"] == float("inf")
            texts.append(self.words("short.value_endless" if endless else "short.value", bucket=bucket, value=value,
                                    until="" if endless else self._quantity(row["holds_until"])))  # fmt: skip
        else:
            texts.append(self.words("short.not_alone", bucket=bucket))
        return " ".join(texts)

    @property
    def _first(self) -> str:
        """Name of the first gate, and of those that let through the same."""
        gates = self.why["gates"]
        first = gates.row(0, named=True)
        alike = gates.filter(in_place_of=first["thing"])["thing"].to_list()
        return self.view.list([self.limit(first["constraint"], thing) for thing in (first["thing"], *alike)])

    def _users(self) -> Iterator[str]:
        users, gates = self.why["users"], self.why["gates"]
        told = [row for row in users.iter_rows(named=True) if row["worth"] is not None][:MOST]
        if not told or self.like is not None:
            return
        parts = [
            self.words("short.user", name=self.limit("sales", row["demand"]), share=self.numbers.share(row["share"]),
                       worth=self.view.each(row["worth"]))
            for row in told
        ]  # fmt: skip
        others = float(users["share"].sum()) - sum(row["share"] for row in told)
        if others > _LITTLE:
            parts.append(self.words("short.others", share=self.numbers.share(others)))
        first = gates.row(0, named=True)
        own = (first["amount"] - float(self.why.loss or 0.0)) / first["takes"]
        yield self.words("short.users", thing=self._first, users=self.view.list(parts), own=self.view.each(own))

    def _customer(self) -> Iterator[str]:
        table = self.why["customer"]
        sums = dict(table.group_by("kind").agg(pl.col("amount").sum()).iter_rows())
        hand = [
            self.words("short.stock", what=self._point(row["what"]), amount=self.view.each(-row["amount"]))
            for row in table.filter(kind="at hand").iter_rows(named=True)
        ]
        yield self.words(
            "short.customer",
            brings=self.view.each(sums.get("brings", 0.0)),
            costs=self.view.each(-sums.get("costs", 0.0)),
            scarce=self.view.each(-sums.get("scarce", 0.0)),
            loss=self.view.each(float(self.why.loss or 0.0)),
            until=self._quantity(self.why.holds_until),
            unit=self.unit,
            rest="".join(self._rules()),
            hand=self.words("short.at_hand", stocks=self.view.list(hand)) if hand else "",
        )

    def _rules(self) -> Iterator[str]:
        """What other rules make of it: that who is served does not go away, and the rest of them."""
        rules = self.why["customer"].filter(kind="rules")
        served = float(rules.filter(what="sales")["amount"].sum())
        rest = float(rules["amount"].sum()) - served
        names = ", ".join(map(self._rule, rules.filter(pl.col("what") != "sales")["what"].sort()))
        for key, amount in (("short.served_saves", served), ("short.rules", rest)):
            if abs(amount) > _LITTLE:
                sign = "less" if amount < 0.0 else "more"
                yield self.words(f"{key}.{sign}", amount=self.view.each(abs(amount)), names=names)

    def _point(self, label: str) -> str:
        item, _, site = label.rpartition("@")
        return self.words("short.point", item=self.view.title("item", item), site=self.view.title("site", site))

    def _gives_way(self) -> Iterator[str]:
        rows = list(self.why["gives_way"].filter(pl.col("quantity") > 0.01).head(MOST).iter_rows(named=True))
        if rows:
            parts = [
                self.words("short.way", quantity=self.numbers.number(row["quantity"], 2),
                           name=self.limit("sales", row["demand"]), bucket=self.view.bucket(row["bucket"]))
                for row in rows
            ]  # fmt: skip
            yield self.words("short.gives_way", ways=self.view.list(parts))

    def _raised(self) -> Iterator[str]:
        raised = self.why["raised"]
        if raised.is_empty():
            return
        first = self.why["gates"].row(0, named=True)
        unit = limit_unit(self.view, first["constraint"], first["thing"])
        parts = []
        for row in raised.iter_rows(named=True):
            share = row["served"] / self.why.unserved
            key = "short.lifts" if share > _ALL else "short.serves" if share > 0.0005 else "short.serves_none"
            values = {
                "percent": self.numbers.exact_share(row["percent"] / 100.0),
                "more": f"{self._quantity(row['more'])} {unit}",
                "served": self.numbers.count(max(row["served"], 0.0)),
                "share": self.numbers.share(share),
                "gained": self.view.money(row["gained"]),
            }
            parts.append(self.words(key, **values))
            if share > _ALL:
                break
        held = "raised_held" if self.why.plan.size["integer columns"] else "raised"
        key = f"short.{held if self.like is None else 'raised_like'}"
        yield self.words(key, thing=self._first, steps=self.words("short.then").join(parts))
