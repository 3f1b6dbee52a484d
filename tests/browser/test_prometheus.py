# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What Prometheus' own tool says of the report's metrics, and of the example of alerts."""

from __future__ import annotations

import subprocess
from pathlib import Path

from ansible_collections.btp_ops.task_center.plugins.module_utils._report.formats import rendered
from browser.sample_report import sample_report
from judges.javascript.node_packages import ROOT

RULES = ROOT / "examples" / "prometheus" / "fsm_task_center.rules.yml"


def promtool(*arguments: str, text: str = "") -> subprocess.CompletedProcess[str]:
    """Return what the tool says of a text or a file."""
    return subprocess.run(["promtool", *arguments], input=text, check=False, capture_output=True, text=True)


def test_metrics() -> None:
    """Names, units, HELP and TYPE; it prints what it objects to."""
    metrics = rendered(sample_report(), ["prometheus"])["prometheus"][1]
    checked = promtool("check", "metrics", text=metrics)
    assert (checked.returncode, checked.stdout + checked.stderr) == (0, "")
    spoiled = promtool("check", "metrics", text=metrics.replace("} 0", "} x", 1))
    assert spoiled.returncode != 0


def test_example_of_alerts() -> None:
    checked = promtool("check", "rules", str(RULES))
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "5 rules found" in checked.stdout


def test_alerts_are_raised(tmp_path: Path) -> None:
    """On what the report says, as it gets older."""
    tests = tmp_path / "tests.yml"
    tests.write_text(CASES.format(rules=RULES), encoding="utf-8")
    checked = promtool("test", "rules", str(tests))
    assert checked.returncode == 0, checked.stdout + checked.stderr


CASES = """
rule_files: ["{rules}"]
tests:
  - interval: 1m
    input_series:
      - series: 'fsm_task_center_level{{environment="dev", run="audit"}}'
        values: "2x4000"
      - series: 'fsm_task_center_level{{environment="qa", run="rotation"}}'
        values: "1x4000"
      - series: 'fsm_task_center_last_check_timestamp_seconds{{environment="qa", run="rotation"}}'
        values: "0x4000"
      - series: 'fsm_task_center_certificate_expiry_timestamp_seconds{{environment="qa", slot="active"}}'
        values: "2764800x4000"
      - series: 'fsm_task_center_certificate_upload_required{{environment="qa", run="rotation"}}'
        values: "1x4000"
    promql_expr_test:
      - expr: count by (alertname) (ALERTS{{alertstate="firing"}})
        eval_time: 1h
        exp_samples:
          - labels: '{{alertname="FsmTaskCenterProblem"}}'
            value: 1
      - expr: count by (alertname) (ALERTS{{alertstate="firing"}})
        eval_time: 60h
        exp_samples:
          - labels: '{{alertname="FsmTaskCenterProblem"}}'
            value: 1
          - labels: '{{alertname="FsmTaskCenterNeedsAttention"}}'
            value: 1
          - labels: '{{alertname="FsmTaskCenterNotChecked"}}'
            value: 1
          - labels: '{{alertname="FsmTaskCenterCertificateExpires"}}'
            value: 1
          - labels: '{{alertname="FsmTaskCenterCertificateToUpload"}}'
            value: 1
"""
