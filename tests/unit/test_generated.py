# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files that are derived from others agree with them: `make generated` writes them."""

from __future__ import annotations

import json
import re
import shlex
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent.parent / "tools"))

import assumptions_page
import faults_page
import findings_page
import reference_page
import report_page
import values_page
import vault_example
from ansible_collections.btp_ops.task_center.plugins.module_utils._findings.catalog import CATALOG
from landscape.assumptions import ASSUMPTIONS


def test_page_of_findings() -> None:
    assert findings_page.PAGE.read_text(encoding="utf-8") == findings_page.page()


def test_finding_has_an_anchor_of_its_name() -> None:
    text = findings_page.PAGE.read_text(encoding="utf-8")
    for name in CATALOG:
        label = f".. _ansible_collections.btp_ops.task_center.docsite.finding_{name}:"
        assert f"\n{label}\n\n{name}\n{'-' * len(name)}\n" in text


def test_page_of_values() -> None:
    assert values_page.PAGE.read_text(encoding="utf-8") == values_page.page()


def test_page_of_the_reference() -> None:
    assert reference_page.PAGE.read_text(encoding="utf-8") == reference_page.page()


def test_page_of_assumptions() -> None:
    results = json.loads(assumptions_page.RESULTS.read_text(encoding="utf-8"))
    assert assumptions_page.PAGE.read_text(encoding="utf-8") == assumptions_page.page(results)
    every = {assumptions_page.key(name, choice) for name, one in ASSUMPTIONS.items() for choice in one.alternatives}
    for operation, outcomes in results.items():
        # Another alternative needs another trial: make assumptions.
        assert set(outcomes) == every, operation
        assert set(outcomes.values()) <= {assumptions_page.RIGHT, assumptions_page.STOP}, operation


def test_page_of_faults() -> None:
    results = json.loads(faults_page.RESULTS.read_text(encoding="utf-8"))
    assert faults_page.PAGE.read_text(encoding="utf-8") == faults_page.page(results)
    outcomes = {outcome for found in results.values() for outcome in found.values()}
    assert outcomes == {faults_page.RIGHT, faults_page.STOP}


def test_operations_that_the_page_is_written_of() -> None:
    makefile = (assumptions_page.ROOT / "Makefile").read_text(encoding="utf-8").replace("\\\n", " ")
    listed = re.search(r"(?m)^OPERATIONS := (.*)$", makefile)
    assert listed
    tried = json.loads(assumptions_page.RESULTS.read_text(encoding="utf-8"))
    assert shlex.split(listed[1]) == list(tried)


def test_schema_of_reports_and_their_page() -> None:
    assert report_page.SHIPPED.read_text(encoding="utf-8") == report_page.schema()
    page = report_page.PAGE.read_text(encoding="utf-8")
    assert page == report_page.page(page)


def test_examples_of_vaulted_files() -> None:
    found = vault_example.INVENTORIES.glob("host_vars/*/vault.yml.example")
    assert {path.read_text(encoding="utf-8") for path in found} == {vault_example.example()}
