"""Answers to why, in sentences in each language."""

from __future__ import annotations

from coplant.report.explained.shortage import served_in_words, shortages_in_words
from coplant.report.explained.signature import signature_in_words
from coplant.report.explained.ways import ways_in_words

__all__ = ["served_in_words", "shortages_in_words", "signature_in_words", "ways_in_words"]
