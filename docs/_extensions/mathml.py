"""Formulas as MathML, made by docutils when the pages are built, so that they need no script and no network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

from docutils import nodes
from docutils.utils.math import MathError
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.util import logging

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.writers.html5 import HTML5Translator

log = logging.getLogger(__name__)


def setup(app: Sphinx) -> dict[str, Any]:
    """Offer the renderer to Sphinx."""
    app.add_html_math_renderer("mathml", (inline, None), (block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def inline(page: HTML5Translator, node: nodes.math) -> NoReturn:
    """Write a formula within a line."""
    page.body.append(_markup(node, as_block=False))
    raise nodes.SkipNode


def block(page: HTML5Translator, node: nodes.math_block) -> NoReturn:
    """Write a formula on lines of its own."""
    page.body.append(f'<div class="math notranslate">\n{_markup(node, as_block=True)}\n</div>\n')
    raise nodes.SkipNode


def _markup(node: nodes.Element, as_block: bool) -> str:
    try:
        return tex2mathml(node.astext(), as_block=as_block)
    except MathError as error:
        log.warning("formula not understood: %s", error, location=node)
        return f"<code>{nodes.unescape(node.astext())}</code>"
