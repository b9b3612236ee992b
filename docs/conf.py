"""How the documentation is built."""

from __future__ import annotations

import sys
from pathlib import Path

import coplant

sys.path.insert(0, str(Path(__file__).parent / "_extensions"))

project = "Coplant"
author = "The Coplant authors"
copyright = "2026, The Coplant authors"
version = release = coplant.__version__

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "case_tables",
    "mathml",
]
exclude_patterns = ["_build", "_extensions", "_static"]
nitpicky = False

myst_enable_extensions = ["deflist", "dollarmath", "amsmath", "colon_fence"]
myst_heading_anchors = 3

autodoc_member_order = "bysource"
autodoc_typehints = "none"
napoleon_google_docstring = False
napoleon_use_rtype = False

html_theme = "furo"
html_static_path = ["_static"]
html_css_files = ["pages.css"]
html_title = f"Coplant {release}"
html_math_renderer = "mathml"
html_show_sphinx = False
html_copy_source = False
