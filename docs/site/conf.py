# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Configuration of the documentation site. Needs no network: `make docs`."""

from __future__ import annotations

import re
import typing as t

if t.TYPE_CHECKING:
    from sphinx.application import Sphinx

project = title = "btp_ops.task_center"
copyright = "The btp_ops.task_center authors"  # noqa: A001 - the name that Sphinx reads
extensions = ["sphinx_antsibull_ext"]
# It has a light and a dark mode, and needs nothing from the network.
html_theme = "furo"
html_title = "btp_ops.task_center"
html_static_path = ["_static"]
html_css_files = ["site.css"]
# The colours of the tables of options come from site.css, so that they are those of the mode.
antsibull_ext_color_scheme = "none"
html_show_sphinx = False
html_use_index = False
html_copy_source = False
# Options are shown with their two hyphens.
smartquotes = False
default_role = "any"
nitpicky = True
# Labels of Ansible's own documentation, which a build without a network cannot resolve.
nitpick_ignore = [
    ("ref", label) for label in ("action_plugins", "ansible_configuration_settings", "common_return_values")
]
# Lists of the collection's pages by kind, which are on the pages of the site's own sections.
exclude_patterns = ["collections/*.rst", "collections/*/index.rst", "collections/*/*/index.rst"]
# For `make links`, which needs the network. What readers can only see when they have logged on to SAP is not asked.
linkcheck_ignore = [r"https://[^/]*\.fsm\.cloud\.sap/"]

# The theme has a table of contents of its own.
CONTENTS = re.compile(r"^\.\. contents::.*\n(?: +\S.*\n)*", re.MULTILINE)
# Nothing is published under the address that is made of the collection's name.
GALAXY = re.compile(r"`([^`<]+) <https://galaxy\.ansible\.com/[^>]*>`_+")


def _adapt(_app: Sphinx, _page: str, source: list[str]) -> None:
    """Adapt a page that antsibull-docs has made."""
    source[0] = GALAXY.sub(r"\1", CONTENTS.sub("", source[0]))


def setup(app: Sphinx) -> None:
    """Extend Sphinx, which looks for a function of this name."""
    app.connect("source-read", _adapt)
