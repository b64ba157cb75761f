"""How the pages become a site: `make docs`."""

from __future__ import annotations

import sys
from pathlib import Path

from sphinx.application import Sphinx

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

import runanalytics  # noqa: E402

project = "runanalytics"
author = "the runanalytics maintainers"
copyright = author
release = version = runanalytics.__version__
language = "en"

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx_design",
    "directives",
]
exclude_patterns = ["_site", "_made"]
# Names in single backquotes, as docstrings have them.
default_role = "code"

myst_enable_extensions = ["colon_fence", "dollarmath"]
myst_heading_anchors = 4

autodoc_member_order = "bysource"
autodoc_typehints = "none"  # docstrings state types, with units
napoleon_use_rtype = False
napoleon_preprocess_types = False

html_theme = "furo"
html_title = "runanalytics"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sphinx = False
pygments_style = "default"
html_theme_options = {
    "light_css_variables": {"color-brand-primary": "#0b5c8a", "color-brand-content": "#0b5c8a"},
    "dark_css_variables": {"color-brand-primary": "#7cc4ea", "color-brand-content": "#7cc4ea"},
}


def _make_pictures(app: Sphinx) -> None:
    """Draw what the pages show, by the commands that stand on them."""
    import pages

    del app
    pages.make_pictures(HERE / "_made")


def setup(app: Sphinx) -> None:
    """Draw pictures before pages are read."""
    app.connect("builder-inited", _make_pictures)
