"""Rows of a program in the words of the tables they come from."""

from __future__ import annotations

import re
from collections.abc import Sequence

from coplant.program.scaling import Suspect

RULES = {
    "stock_balance": "stock of {} balances in {} (stock, receipts, routes, bom, lanes, offers, demand)",
    "capacity": "the load of {} stays within its capacity and overtime in {} (resource_capacity, loads)",
    "launch_gate": "{} on {} rises with its ramp in {} (routes.from, ramps)",
    "lane_capacity": "lane {} carries no more than its capacity in {} (lanes.capacity)",
    "allotment": "orders under {} stay within the allotment in {} (allotments.quantity)",
    "sales": "every customer of {} in {} is served, waits or is lost (demand.quantity, diffusion)",
    "opened_only": "{} starts sales only if its agreement runs then (diffusion.milestone)",
    "opened_first": "{} starts sales if nothing has before (diffusion.milestone)",
    "opened_once": "sales start once, by {} or before (diffusion.milestone)",
    "least_fill": "the least share of {} is sold in {} (demand.least_fill)",
    "lot_least": "{} starts nothing or its least quantity in {} (routes.least_lot, offers.moq)",
    "lot_most": "{} starts nothing or its least quantity in {} (routes.least_lot, offers.moq)",
    "lot_multiple": "{} starts whole multiples in {} (routes.multiple, offers.multiple)",
    "mix_most": "{} earns at most its share of the revenue of {} (mix.most_share)",
    "mix_least": "{} earns at least its share of the revenue of {} (mix.least_share)",
    "alternatives": "at most one agreement of the group {} is signed (agreements.group)",
    "sign": "agreement {} is signed or not, as its status has it (agreements.status)",
    "reservation": "{owner} starts no more than is reserved in {} (reservations)",
    "reservation_ramp": "{owner}: {} rises with its ramp within what is reserved in {} (reservations, ramps)",
    "reservation_least": "{owner} reserves at least its least from {} (reservations.least)",
    "reservation_most": "{owner} reserves at most its most from {} (reservations.most)",
    "reserved": "{owner} reserves at most its most from {} (reservations.most)",
    "signed_only": "{} is started in {} only if {owner} is signed (routes.agreement)",
    "running": "{owner} runs until it is left in {} (exit_terms)",
    "leave": "{owner} is left at most once, after its notice, at {} (exit_terms.notice)",
    "reserved_now": "{owner} holds no more than it reserves from {} in {} (reservations)",
    "reserved_until_left": "{owner} holds what it reserves from {} only while it runs in {} (reservations, exit_terms)",
    "reserved_throughout": "{owner} holds all that it reserves from {} while it runs in {} (reservations)",
    "take_or_pay_short": "{owner} is short of its yearly quantity or beyond it, not both, in {} (take_or_pay)",
    "take_or_pay_beyond": "{owner} is short of its yearly quantity or beyond it, not both, in {} (take_or_pay)",
    "take_or_pay_due": "{owner} makes up nothing in a year that does not close so, {} (take_or_pay, exit_terms)",
    "take_or_pay_idle": "{owner} counts nothing in a year that does not close so, {} (take_or_pay, exit_terms)",
    "make_up_bank": "{owner} makes up no more than it paid for in {} (take_or_pay.make_up_months)",
    "make_up": "{owner} makes up and carries no more than is beyond in {} (take_or_pay)",
    "carry_forward": "{owner} carries no more than its share into {} (take_or_pay.carry_forward_share)",
    "make_up_left": "{owner} makes up what it can at once, the oldest units first, in {} (take_or_pay.price)",
    "make_up_oldest": "{owner} makes up what it can at once, the oldest units first, in {} (take_or_pay.price)",
    "carry_left": "{owner} carries what it can at once, the oldest units first, into {} (take_or_pay.price)",
    "carry_oldest": "{owner} carries what it can at once, the oldest units first, into {} (take_or_pay.price)",
    "carry_enough": "{owner} carries what it can at once, the oldest units first, into {} (take_or_pay.price)",
    "tool_units": "the units of a tool of {owner} count if its time closes so, {} (tooling)",
    "take_or_pay": "{owner} takes or pays for its yearly quantity in {} (take_or_pay)",
    "loss_cover": "{owner} covers the losses of its host in {} (loss_cover)",
    "loss_cover_reached": "the cap of {owner} on losses is reached in {} when it is paid (loss_cover.cap)",
    "loss_cover_cap": "{owner} pays no more than its cap on losses by {} (loss_cover.cap)",
    "loss_cover_most": "{owner} pays no more than its host loses in {} (loss_cover)",
    "loss_cover_none": "{owner} pays only for losses in {} (loss_cover)",
    "exclusivity": "{} starts nothing in {} while {owner} keeps it to its host (exclusivity)",
    "flexibility": "{owner} builds no more of {} than its forecast allows in {} (flexibility.up_share, forecasts)",
    "cancellation": "{owner} pays for what it cuts below its forecast of {} in {} (flexibility.down_share, forecasts)",
    "prepayment": "units under {owner} draw no more than was prepaid until {} (security.amount)",
    "drawn": "units under {owner} draw from the prepayment in {} (security.draw_per_unit)",
    "drawn_until": "what was drawn under {owner} counts when the agreement ends: {} (security)",
    "vesting": "{owner} vests when its units are reached in {} (security.milestone_units)",
    "attrition": "what {owner} uses beyond its allowance is counted in {} (materials.attrition_share)",
    "experience": "experience on {owner} adds up in {} (learning)",
    "start": "{} starts nothing while it is closed in {} (routes, licences, lanes, offers)",
    "overtime": "overtime of {} stays within its most in {} (resource_capacity.overtime_quantity)",
}
"""What each family of rows or columns demands; ``owner`` is the agreement or curve of a clause's block."""


COUNTS = {"processing_fee": "processing_fees", "learning": "learning", "faded": "learning"}
"""Families that only count, for what they cost, what others decide; and the table that asks for it."""

MONEY = {
    "revenue": "prices.price",
    "annuity": "annuities.amount",
    "annuity_cost": "annuities.cost",
    "annuity_after_end": "annuities.amount, cost, months and retention",
    "lost_sale": "demand.lost_penalty",
    "material": "offer_prices.price",
    "conversion": "routes.cost",
    "transport": "lanes.cost",
    "holding": "items.value and holding_rate",
    "overtime": "resource_capacity.overtime_cost",
    "below_safety_stock": "safety_stock.penalty",
    "stock_at_end": "items.value and end_value_share",
    "learning": "learning.first_unit_cost",
    "processing_fee": "processing_fees.fee",
    "reservation_fee": "reservations.fee",
    "fixed_charge": "fixed_charges.amount",
    "take_or_pay": "take_or_pay.price",
    "loss_cover": "loss_cover.fixed_cost and margin",
    "advisory": "advisory.fee and hourly_rate",
    "licence": "licences.fee and royalty",
    "credit": "credits.quantity and price",
    "cancellation": "flexibility.price",
    "exit": "exit_terms.fee and fee_per_month",
    "relocation": "exit_terms.relocation",
    "tooling": "tooling.amount",
    "material_turnkey": "materials.price",
    "material_bought": "materials.price",
    "material_sold": "materials.price",
    "material_handling": "materials.handling_share",
    "material_credit": "materials.price",
    "security": "security.amount",
    "vesting": "security.amount",
    "remaining_commitments": "what agreements still cost after the end",
}
"""Where the amounts of each money line are set."""

LINKS = ("stock_balance", "sales", "experience")
"""Families that only tie the others together: of a collision they are summed up."""


def collision_in_words(names: Sequence[str]) -> list[str]:
    """Say which rules collide: those that somebody set first, each on a line, then what ties them together.

    Parameters
    ----------
    names : sequence of str
        Names of rows and columns of the program.
    """
    told = [name for name in names if not name.startswith("constant[")]
    rules = [in_words(name) for name in _spans([name for name in told if _family(name) not in (*LINKS, *COUNTS)])]
    tied = sorted({name.split("[", 1)[1].rsplit(",", 1)[0] for name in told if _family(name) in LINKS})
    if tied:
        rules.append(f"tied together by the balances of {', '.join(tied)}")
    counted = sorted({f"{_owner(name)} ({COUNTS[_family(name)]})" for name in told if _family(name) in COUNTS})
    if counted:
        rules.append(f"within what is counted of {', '.join(counted)}")
    return rules


def move_in_words(name: str, stated: float, moved: float) -> str:
    """Say which limit would have to move, and where to.

    Parameters
    ----------
    name : str
        Name of its row.
    stated, moved : float
        Where it is, and where it would have to be.
    """
    share = abs(moved - stated) / abs(stated)
    return f"{in_words(name)} from {abs(stated):,.6g} to {abs(moved) + 0.0:,.6g} ({share:.1%})"


def suspect_in_words(suspect: Suspect) -> str:
    """Say which number stands out, and where it is set.

    Parameters
    ----------
    suspect : Suspect
        A number of the program.
    """
    if suspect.kind == "money":
        return f"{suspect} ({MONEY.get(suspect.block, suspect.block)})"
    rule = in_words(suspect.name)
    return str(suspect) if rule == suspect.name else f"{suspect}; {rule.removesuffix(f': {suspect.name}')}"


def _spans(names: Sequence[str]) -> list[str]:
    """Names of which three or more differ in nothing but their bucket become one, from the first to the last."""
    groups: dict[str, list[str]] = {}
    for name in names:
        dated = re.fullmatch(r"(.*[\[,])(\d{4}[^,\]]*)\]", name)
        groups.setdefault(dated[1] if dated else name, []).append(dated[2] if dated else "")
    told = []
    for start, buckets in groups.items():
        if len(buckets) < 3:
            told += [f"{start}{bucket}]" if bucket else start for bucket in buckets]
        else:
            told.append(f"{start}{len(buckets)} buckets from {buckets[0]} to {buckets[-1]}]")
    return told


def choice_in_words(choice: str) -> str:
    """Say under which choice rules collide: ``sign[north] = 1`` is that north is signed.

    Parameters
    ----------
    choice : str
        Bounds of whole-number columns, joined by "and".
    """
    signed = re.sub(r"sign\[([^]]+)\] = 1\b", r"\1 is signed", choice)
    return re.sub(r"sign\[([^]]+)\] = 0\b", r"\1 is not signed", signed)


def _owner(name: str) -> str:
    """Agreement or curve of a clause's block: a.b of ``learning/a.b.full[2023-04,1]``."""
    block = name.split("[", 1)[0].split("/", 1)[-1]
    return re.sub(r"\.(sum|full|next|grows|chosen|least|most|one)$", "", block)


def _family(name: str) -> str:
    return re.split(r"[/.\[]", name, maxsplit=1)[0]


def in_words(name: str) -> str:
    """Say what a row or a bound demands.

    Parameters
    ----------
    name : str
        Name in the program, such as ``least_fill[phones-china,2021-04]``.

    Returns
    -------
    str
        The demand in the words of the tables, and the name behind it.
    """
    parts = re.fullmatch(r"([^[/]+)(?:/([^[]+))?\[(.*)\]", name)
    if parts is None:
        return name
    family, owner, cell = parts[1].split(".")[0], parts[2] or "", parts[3]
    rule = RULES.get(family)
    if rule is None:
        return name
    slots = rule.count("{}")
    labels = cell.split(",", slots - 1) if slots else []
    if len(labels) < slots:
        return name
    return f"{rule.format(*labels, owner=owner)}: {name}"
