# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What each format says of the same report, and that what others wrote is text in all of them."""

from __future__ import annotations

import copy
import html.parser
import re
import typing as t
import xml.etree.ElementTree as ET

import pytest

from ansible_collections.btp_ops.task_center.plugins.module_utils._core.errors import InputError
from ansible_collections.btp_ops.task_center.plugins.module_utils._report.formats import NAMES, json_text, rendered
from ansible_collections.btp_ops.task_center.plugins.module_utils._report.model import read_report, report_of
from ansible_collections.btp_ops.task_center.plugins.module_utils._report.view import view_of
from browser.sample_report import NOW, PEM, change, compared, fingerprint, sample_report

Report = dict[str, t.Any]

# Each is markup, or its end, in one of the formats; the last steers a terminal and the direction of writing.
HOSTILE = (
    "</td></tr></table><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "]]></failure><!-- & -->",
    "a|b`c``` **bold** [x](javascript:alert(1)) <b> &amp; @team #1 _it_",
    'back\\slash "quote" {brace="x"} 1\nfsm_task_center_level 2',
    "{{ 7 * 7 }} {% raw %}",
    "\x1b[31mred\x07 \x00 \u202ereversed \ud800",
)


def text(name: str, report: Report | None = None) -> str:
    """Return a report in a format."""
    return rendered(report or sample_report(), [name])[name][1]


def hostile_report(words: str) -> Report:
    """Return a report in which others wrote these words wherever they can."""
    destinations = {"FSM": change("update", {words: words, "URL": words}, {"URL": "y"}), "FSM_PP": change("none")}
    connector = {"status": words, "jobs": [{"type": words, "status": words, "message": words}]}
    finding = {"id": words, "severity": "error", "problem": words, "impact": words}
    finding["remedy"] = f"1. {words}\n     {words}"
    result = compared("dev", changes=destinations, connector=connector, findings=[{**finding, "text": words}])
    return report_of([{**result, "environment": words, "message": words}], NOW.isoformat())


class Elements(html.parser.HTMLParser):
    """The elements and attributes of a page, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.texts: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.tags.append(tag)
        self.attributes |= {name for name, _value in attrs}

    def handle_data(self, data: str) -> None:
        """Note text."""
        self.texts.append(data)


def test_every_format_names_every_environment_and_failure() -> None:
    report = sample_report()
    for name, (ending, content) in rendered(report, NAMES).items():
        assert ending in (".html", ".json", ".md", ".xml", ".prom")
        for one in report["results"]:
            assert one["environment"] in content, name
    for name in ("html", "json", "markdown", "junit"):
        assert "Ansible could not reach this host." in text(name)


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(InputError, match="no report format pdf"):
        rendered(sample_report(), ["html", "pdf"])


def test_the_same_report_makes_the_same_files() -> None:
    """Whenever it is written: so a second run changes nothing."""
    assert rendered(sample_report(), NAMES) == rendered(sample_report(), NAMES)


@pytest.mark.parametrize("words", HOSTILE)
def test_html_of_hostile_words(words: str) -> None:
    ours, theirs = Elements(text("html", hostile_report("x"))), Elements(text("html", hostile_report(words)))
    assert set(theirs.tags) == set(ours.tags)
    assert theirs.attributes == ours.attributes
    assert "script" not in theirs.tags
    shown = "".join(theirs.texts)
    for line in words.split("\n"):
        assert (line in shown) == line.isprintable()
    assert not re.search("[\x00-\x08\x0b-\x1f\u202e\ud800]", text("html", hostile_report(words)))


@pytest.mark.parametrize("words", HOSTILE)
def test_junit_of_hostile_words(words: str) -> None:
    suites = ET.fromstring(text("junit", hostile_report(words)))  # noqa: S314 - made here
    ours = ET.fromstring(text("junit", hostile_report("x")))  # noqa: S314 - made here
    assert [one.tag for one in suites.iter()] == [one.tag for one in ours.iter()]
    if words.isprintable():
        assert words in (suites.find(".//failure").text or "")  # type: ignore[union-attr]


@pytest.mark.parametrize("words", HOSTILE)
def test_prometheus_of_hostile_words(words: str) -> None:
    lines, ours = (text("prometheus", hostile_report(one)).splitlines() for one in (words, "x"))
    label = r'"(?:[^"\\\n]|\\[\\"n])*"'
    sample = re.compile(rf"fsm_task_center_\w+\{{\w+={label}(?:,\w+={label})*\}} \d+(?:\.\d+)?")
    assert len(lines) == len(ours)
    assert [line for line in lines if not (line.startswith("# ") or sample.fullmatch(line))] == []


@pytest.mark.parametrize("words", HOSTILE)
def test_markdown_of_hostile_words(words: str) -> None:
    theirs, ours = text("markdown", hostile_report(words)), text("markdown", hostile_report("x"))
    # Blocks that are to be copied from are verbatim; in what is left, nothing is markup.
    verbatim = re.compile(r"^(`{3,})text\n.*?\n\1$", re.DOTALL | re.MULTILINE)
    assert len(verbatim.findall(theirs)) == len(verbatim.findall(ours))
    prose, plain = verbatim.sub("", theirs), verbatim.sub("", ours)
    assert [line.count("|") for line in prose.split("\n")] == [line.count("|") for line in plain.split("\n")]
    for sign in "<>[]":
        assert prose.count(sign) == plain.count(sign)
    assert prose.count("`") <= plain.count("`")
    assert prose.count("**") == plain.count("**")


@pytest.mark.parametrize("words", HOSTILE)
def test_json_of_hostile_words(words: str) -> None:
    report = hostile_report(words)
    content = json_text(report)
    # A file can hold it.
    content.encode("utf-8")
    if "\ud800" not in words:
        assert read_report(content, "x") == report


def test_html_is_one_file_in_which_nothing_runs() -> None:
    page = text("html")
    elements = Elements(page)
    assert not {"script", "iframe", "object", "form", "img"} & set(elements.tags)
    assert not re.findall(r'(?:src|href|action)="(?!#|data:,)', page)
    assert "url(" not in page
    assert "default-src 'none'" in page
    assert elements.tags.count("h1") == elements.tags.count("main") == 1


def test_html_has_the_lines_to_paste() -> None:
    page = text("html")
    waiting = fingerprint(12)
    assert f'<pre class="paste">- &quot;{waiting}&quot;</pre>' in page
    assert page.count(PEM) == 2
    command = "ansible-playbook -i inventories/ btp_ops.task_center.connect_fsm --limit qa-emea"
    assert f'<pre class="paste">{command} --check --diff</pre>' in page


def test_differences_are_shown_without_secrets() -> None:
    for name in ("html", "markdown", "junit"):
        content = text(name)
        assert "SAP FSM (test)" in content
        assert "clientSecret" in content
        assert "(differs)" not in content
        assert "not shown" in content


def test_what_is_due_and_who_acts() -> None:
    dues = view_of(sample_report()).schedule
    schedule = [(due.environment, due.when and due.when.date().isoformat(), due.who) for due in dues]
    assert schedule[:5] == [
        ("dev-apac", None, "FSM administrator"),
        ("prod-emea", None, "FSM administrator"),
        ("qa-apac", None, "the next run"),
        ("qa-emea", None, "operator"),
        ("prod-amer", "2026-11-30", "the next run"),
    ]
    # A rotation begins 60 days before the end, unless it has begun.
    assert ("dev-emea", "2027-11-17", "the next run") in schedule
    assert ("dev-emea", "2028-01-16", "nobody") in schedule


def test_the_same_finding_of_several_environments_is_one_step() -> None:
    result = next(one for one in sample_report()["results"] if one["environment"] == "prod-apac")
    report = report_of([{**copy.deepcopy(result), "environment": name} for name in ("a", "b")], NOW.isoformat())
    (step,) = view_of(report).steps
    assert step.environments == ("a", "b")
    assert text("html", report).count("Ansible could not reach this host.") == 3


def test_prometheus_values() -> None:
    lines = text("prometheus").splitlines()
    for line in (
        'fsm_task_center_level{environment="dev-emea",run="audit"} 0',
        'fsm_task_center_level{environment="prod-apac",run="audit"} 2',
        'fsm_task_center_status{environment="prod-emea",run="rotation",status="waiting for upload"} 1',
        'fsm_task_center_status{environment="prod-emea",run="rotation",status="failed"} 0',
        f'fsm_task_center_last_check_timestamp_seconds{{environment="qa-emea",run="audit"}} {NOW.timestamp():.0f}',
        'fsm_task_center_destination_in_sync{environment="qa-emea",run="audit",destination="FSM",part="primary"} 0',
        'fsm_task_center_connector_ok{environment="qa-apac",run="audit"} 0',
        'fsm_task_center_certificate_upload_required{environment="dev-apac",run="audit"} 1',
        'fsm_task_center_findings{environment="qa-apac",run="audit",severity="error"} 2',
        'fsm_task_center_findings{environment="qa-apac",run="audit",severity="warning"} 1',
    ):
        assert line in lines
    assert len(lines) == len(set(lines))


def test_junit_counts() -> None:
    suites = {one.get("name"): one for one in ET.fromstring(text("junit"))}  # noqa: S314 - made here
    assert set(suites) == {"fsm_task_center.audit", "fsm_task_center.rotation"}
    for suite in suites.values():
        assert suite.get("tests") == str(len(suite.findall("testcase")))
        assert suite.get("failures") == str(len(suite.findall(".//failure")))
    names = {(one.get("classname"), one.get("name")): one.find("failure") for one in suites["fsm_task_center.audit"]}
    assert names["fsm_task_center.audit.dev-emea", "audit"] is None
    drift = names["fsm_task_center.audit.qa-emea", "destination FSM"]
    assert drift is not None
    assert drift.get("message") == "FSM is drifted"
    assert "FSM, TrustAll, not wanted" in (drift.text or "")
    connector = names["fsm_task_center.audit.qa-apac", "connector"]
    assert connector is not None
    assert connector.text == "DELTA ERROR 401 Unauthorized from FSM"


def test_a_report_on_nothing() -> None:
    empty = report_of([], NOW.isoformat())
    assert "No environment was checked" in text("html", empty)
    for name in NAMES:
        assert text(name, empty)


def test_hundreds_of_environments() -> None:
    """The page folds what is in order, and its picture shows those that expire first."""
    report = report_of([compared(f"env-{number:03}") for number in range(150)], NOW.isoformat())
    page = text("html", report)
    assert "All 150 environments are in order" in page
    assert page.count("<details") == 151
    assert page.count("<details open") == 0
    assert "90 more, which expire later, are not in the picture." in page
