"""Rules of agreements and of who and what they are about."""

from __future__ import annotations

import polars as pl

from coplant.case.draft import ROW, Draft
from coplant.case.rules.registry import rule


@rule("agreements")
def hosts_build(draft: Draft) -> None:
    """Check that an agreement is with a host, or with the brand for a plant of its own."""
    parties = draft.lookup("parties", "party", "role")
    agreements = draft["agreements"].join(parties, left_on="host", right_on="party")
    rows = agreements.filter(~pl.col("role").is_in(["host", "brand"]))
    mend = "{host} is a {role} in parties: change its role, or the host"
    draft.report("agreements", rows, "host", "a party whose role is host or brand", mend)


@rule("agreements")
def plants_belong_to_their_hosts(draft: Draft) -> None:
    """Check that the site of an agreement is its host's."""
    agreements = draft["agreements"].join(draft.lookup("sites", "site", "party"), on="site")
    rows = agreements.filter(pl.col("party") != pl.col("host"))
    mend = "{site} belongs to {party} in sites: mend the site, the host, or whose site it is"
    draft.report("agreements", rows, "site", "a site of {host}, the host", mend)


@rule("routes")
def routes_are_at_the_site_of_their_agreement(draft: Draft) -> None:
    """Check that what is built under an agreement is built at its site."""
    agreements = draft.lookup("agreements", "agreement", "site")
    rows = (
        draft["routes"]
        .join(agreements, on="agreement", suffix="_of_agreement")
        .filter(pl.col("site") != pl.col("site_of_agreement"))
    )
    mend = "The route is at {site}: mend one of the two sites, or name another agreement"
    draft.report("routes", rows, "agreement", "an agreement for {site}, the site of the route", mend)


@rule("agreements")
def agreements_are_signed_before_they_start(draft: Draft) -> None:
    """Check that the day of signature is not after the first day in force."""
    rows = draft["agreements"].filter(pl.col("sign_from") > pl.col("starts"))
    draft.report("agreements", rows, "sign_from", "a day not after {starts}, its starts", "Mend one of the two days")


@rule("agreements")
def one_of_a_group_is_signed(draft: Draft) -> None:
    """Check that of the agreements of a group at most one is in force already."""
    first = pl.col(ROW).first().over("group")
    rows = (
        draft["agreements"]
        .filter(pl.col("group").is_not_null(), pl.col("status") == "signed")
        .with_columns(first=first)
        .filter(pl.col(ROW) != pl.col("first"))
    )
    mend = 'Of the group "{group}" row {first} is signed already: make one of them an option, or mend the group'
    draft.report("agreements", rows, "status", "at most one signed agreement in a group", mend)
