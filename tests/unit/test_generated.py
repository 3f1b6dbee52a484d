# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files that are derived from others agree with them: `make generated` writes them."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent.parent / "tools"))

import findings_page
import vault_example


def test_page_of_findings() -> None:
    assert findings_page.PAGE.read_text(encoding="utf-8") == findings_page.page()


def test_examples_of_vaulted_files() -> None:
    found = vault_example.INVENTORIES.glob("host_vars/*/vault.yml.example")
    assert {path.read_text(encoding="utf-8") for path in found} == {vault_example.example()}
