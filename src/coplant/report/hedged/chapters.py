"""The plans of some futures, each as the page of a plan tells it."""

from __future__ import annotations

import dataclasses

from coplant.report.blocks import Section
from coplant.report.hedged.view import HedgedView
from coplant.report.page import Chapter, Chapters
from coplant.report.sections.agreements import agreements
from coplant.report.sections.cash import cash
from coplant.report.sections.decision import decision
from coplant.report.sections.money import money
from coplant.report.sections.production import production
from coplant.report.sections.scarce import scarce
from coplant.report.view import View

MOST_CHAPTERS = 6
"""Futures whose plans are on the page, which grows with each."""

SECTIONS = (agreements, money, production, scarce, cash)
"""Sections of each, after the decision."""


def chapters(view: HedgedView) -> Chapters:
    """Tell the plans of all futures, or of some from the worst to the best."""
    words, shown = view.words, view.chosen(MOST_CHAPTERS)
    told = " ".join(filter(None, [words("hedged.chapters.lead"), view.told(len(shown))]))
    return Chapters(
        words("hedged.chapters.title"), told, words("hedged.chapters.label"), [_chapter(view, one) for one in shown]
    )


def _chapter(view: HedgedView, future: int) -> Chapter:
    plan = view.plan(future)
    title = view.words("hedged.chapters.of", future=view.future(future), share=_share(view, future))
    sections = [_decision(view, future, plan), *(section for make in SECTIONS if (section := make(plan)) is not None)]
    return Chapter(title, sections)


def _share(view: HedgedView, future: int) -> str:
    return view.chance(view.probability[future])


def _decision(view: HedgedView, future: int, plan: View) -> Section:
    """The decision; the gap is that of all futures together and says nothing of one."""
    section = decision(plan)
    first, *others = section.figures
    note = view.words("hedged.chapters.likely", share=_share(view, future))
    title = view.words("hedged.chapters.decision", future=view.future(future))
    return dataclasses.replace(section, title=title, figures=[dataclasses.replace(first, note=note), *others])
