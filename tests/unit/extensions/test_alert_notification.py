# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What events of SAP Alert Notification start, and what is kept of them: nothing that a sender could have worded."""

from __future__ import annotations

import json
import re
import typing as t
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.btp_ops.task_center.extensions.eda.plugins.event_filter import alert_notification

ROOT = Path(__file__).resolve().parent.parent.parent.parent
EXAMPLES = ROOT / "examples" / "eda"
RULEBOOK = yaml.safe_load((ROOT / "extensions/eda/rulebooks/alert_notification.yml").read_text(encoding="utf-8"))
SUBACCOUNT = "0f0a1b2c-3d4e-4f50-8a6b-7c8d9e0f1a2b"
TEXTS = st.text(max_size=20) | st.sampled_from(["Connector", "META", "CONFIG", "ERROR", "{{ 7 * 7 }}", SUBACCOUNT])
FIELDS = st.sampled_from(["eventType", "severity", "subject", "body", "resource", "resourceType", "subAccount"]) | TEXTS
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(FIELDS, inner, max_size=8),
    max_leaves=20,
)


def alert(payload: t.Any) -> dict[str, str]:
    """Return what is kept of an event with a payload."""
    kept = alert_notification.main({"payload": payload, "meta": {"endpoint": "alerts", "headers": {"X": "y"}}})
    assert set(kept) == {"alert"}
    return t.cast("dict[str, str]", kept["alert"])


def event(name: str, **resource: t.Any) -> dict[str, t.Any]:
    """Return an event of the examples, with other fields of its resource."""
    read = json.loads((EXAMPLES / f"{name}.json").read_text(encoding="utf-8"))
    return {**read, "resource": {**read["resource"], **resource}}


def connector(job: str, severity: str) -> dict[str, t.Any]:
    """Return an event of a connector's job."""
    return {**event("connector-in-error"), "eventType": job, "severity": severity}


@pytest.mark.parametrize(
    "job, severity, starts",
    [
        *((job, "WARNING", "check") for job in ("INITIAL", "DELTA", "META", "PUSH")),
        ("META", "ERROR", "check"),
        ("CONFIG", "WARNING", "audit"),
        ("CONFIG", "ERROR", "audit"),
    ],
)
def test_problems_of_connectors(job: str, severity: str, starts: str) -> None:
    assert alert(connector(job, severity)) == {
        "starts": starts,
        "job": job,
        "severity": severity,
        "subaccount": SUBACCOUNT,
    }


@pytest.mark.parametrize("job, severity", [("META", "INFO"), ("META", "error"), ("META", ""), ("OTHER", "ERROR")])
def test_connectors_without_a_problem_start_nothing(job: str, severity: str) -> None:
    assert alert(connector(job, severity)) == {"starts": "nothing", "job": "", "severity": "", "subaccount": SUBACCOUNT}


@pytest.mark.parametrize(
    "texts",
    [
        {"subject": "Destination service: certificate expires in 30 days"},
        {"eventType": "destination.certificate.expiring", "subject": "Attention"},
        {"subject": "Destination Service Alert", "body": "The trust certificate has expired."},
        {"eventType": "CertificateExpiration", "resource": {"resourceType": "DESTINATION"}},
        {"subject": "A certificate is due to expiry", "resource": {"resourceName": "destination-service"}},
    ],
)
def test_expiring_certificates_however_they_are_worded(texts: dict[str, t.Any]) -> None:
    assert alert(texts)["starts"] == "rotation"


@pytest.mark.parametrize(
    "texts",
    [
        {"subject": "Custom Domain: a certificate expires", "body": "Renew it at its destination."},
        {"subject": "Destination service: certificate created"},
        {"subject": "Destination service: the token expires"},
        {"body": "Destination service: a certificate expires"},
        {"subject": ["Destination service: certificate expires"]},
    ],
)
def test_what_is_no_expiring_certificate_of_the_destination_service(texts: dict[str, t.Any]) -> None:
    assert alert(texts)["starts"] == "nothing"


def test_a_long_text_is_read_no_further_than_a_limit() -> None:
    long = "x" * alert_notification.LONGEST_TEXT
    assert alert({"subject": f"{long} Destination service: certificate expires"})["starts"] == "nothing"
    assert alert({"subject": f"Destination service: certificate expires {long}"})["starts"] == "rotation"


@pytest.mark.parametrize(
    "given_id, kept",
    [
        (SUBACCOUNT.upper(), SUBACCOUNT),
        (f"{SUBACCOUNT}\n", ""),
        (f"{SUBACCOUNT}:!all", ""),
        ("all", ""),
        ("{{ groups.all }}", ""),
        (7, ""),
        (None, ""),
    ],
)
def test_subaccounts(given_id: t.Any, kept: str) -> None:
    assert alert(event("connector-in-error", subAccount=given_id))["subaccount"] == kept


@given(payload=ANYTHING)
def test_nothing_is_kept_that_a_sender_could_have_worded(payload: t.Any) -> None:
    kept = alert(payload)
    assert kept.keys() == {"starts", "job", "severity", "subaccount"}
    assert kept["starts"] in {"nothing", "check", "audit", "rotation"}
    assert kept["job"] in {"", *alert_notification.JOBS}
    assert kept["severity"] in {"", *alert_notification.PROBLEMS}
    assert re.fullmatch(r"|[0-9a-f-]{36}", kept["subaccount"])


def test_an_event_of_another_source_starts_nothing() -> None:
    assert alert_notification.main({})["alert"]["starts"] == "nothing"


def test_each_thing_that_an_event_can_start_has_its_rule() -> None:
    (ruleset,) = RULEBOOK
    conditions = {rule["condition"] for rule in ruleset["rules"]}
    assert conditions == {f'event.alert.starts == "{starts}"' for starts in ("rotation", "audit", "check")}


def test_example_of_variables_names_those_of_the_rulebook() -> None:
    example = yaml.safe_load((EXAMPLES / "events.yml").read_text(encoding="utf-8"))
    used = set(re.findall(r"\bfsm_event_\w+", json.dumps(RULEBOOK)))
    # Which may be left out, and whose default is a matter of taste.
    assert used == {*example, "fsm_event_host"}


def test_example_of_a_subscription_lets_the_examples_of_events_through() -> None:
    configuration = json.loads((EXAMPLES / "alert-notification.json").read_text(encoding="utf-8"))
    names = {key: [one["name"] for one in configuration[key]] for key in ("conditions", "actions")}
    for subscription in configuration["subscriptions"]:
        assert set(subscription["conditions"]) <= set(names["conditions"])
        assert set(subscription["actions"]) <= set(names["actions"])
    for name, subscription in (("connector-in-error", "fsm-connectors"), ("expiring-certificate", "fsm-certificates")):
        assert _passes(event(name), subscription, configuration)
        assert alert(event(name))["starts"] != "nothing"


def _passes(one: dict[str, t.Any], subscription: str, configuration: dict[str, t.Any]) -> bool:
    """Evaluate a subscription as SAP's client library says: conditions on one property are alternatives."""
    (chosen,) = (entry for entry in configuration["subscriptions"] if entry["name"] == subscription)
    conditions = [entry for entry in configuration["conditions"] if entry["name"] in chosen["conditions"]]
    fulfilled: dict[str, bool] = {}
    for condition in conditions:
        value: t.Any = one
        for part in condition["propertyKey"].split("."):
            value = value[part]
        holds = (
            condition["propertyValue"] in value
            if condition["predicate"] == "CONTAINS"
            else (condition["propertyValue"] == value)
        )
        fulfilled[condition["propertyKey"]] = fulfilled.get(condition["propertyKey"], False) or holds
    return all(fulfilled.values())
