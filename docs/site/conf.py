# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Configuration of the documentation site. Needs no network: `make docs`."""

from __future__ import annotations

project = title = html_short_title = "btp_ops.task_center"
copyright = "The btp_ops.task_center authors"  # noqa: A001 - the name that Sphinx reads
extensions = ["sphinx_antsibull_ext"]
html_theme = "sphinx_ansible_theme"
html_theme_options = {"display_version": False, "topbar_links": {}, "vcs_pageview_mode": ""}
html_show_sphinx = False
html_use_index = False
html_use_smartypants = True
html_copy_source = False
default_role = "any"
nitpicky = True
# Labels of Ansible's own documentation, which a build without a network cannot resolve.
nitpick_ignore = [
    ("ref", label) for label in ("action_plugins", "ansible_configuration_settings", "common_return_values")
]
