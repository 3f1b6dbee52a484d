# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""SAP's rules for what an operator enters."""

from __future__ import annotations

import json
import typing as t
from pathlib import Path

import pytest
import yaml

from ansible_collections.btp_ops.task_center.plugins.filter.fsm import FilterModule
from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.cluster import host_of
from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.rules import LANGUAGES

ROLE = yaml.safe_load(
    (Path(__file__).resolve().parents[4] / "roles" / "fsm" / "vars" / "main.yml").read_text(encoding="utf-8")
)
TABLES = ROLE["__fsm_tables"]
SET_BY_ROLE = [
    (f"fsm_{pair}_{kind}", key)
    for pair in ("primary", "secondary")
    for kind in ("properties", "secret_properties")
    for key in [*TABLES[pair], *TABLES[f"{pair}_secrets"], "url"]
]
RIGHT: dict[str, t.Any] = {
    "fsm_name": "FSM",
    "fsm_url": "https://de.fsm.cloud.sap/cloud-approval-service/api",
    "fsm_account_id": "654321",
    "fsm_company_id": "0123456",
    "fsm_client_id": "id",
    "fsm_client_secret": "s3cr3t",
    "fsm_client_key": "id",
    "fsm_audience": "https://de.fsm.cloud.sap/api/oauth2/v2/saml/acme/metadata",
    "fsm_uploaded_certificates": [],
    "fsm_primary_properties": {},
    "fsm_secondary_properties": {},
    "fsm_primary_secret_properties": {},
    "fsm_secondary_secret_properties": {},
}
check = FilterModule().filters()["fsm_input_findings"]


def findings(**given: t.Any) -> list[tuple[str, str]]:
    """Return ID and first sentence of what is found when these variables differ from right ones."""
    found = check({**RIGHT, **given}, tables=TABLES)
    assert "s3cr3t" not in str(found)
    return [(finding["id"], finding["what"]) for finding in found]


def ids(**given: t.Any) -> list[str]:
    """Return the IDs of what is found."""
    return [finding_id for finding_id, _what in findings(**given)]


def test_right_input() -> None:
    assert findings() == []


@pytest.mark.parametrize(
    "variable, value",
    [
        ("fsm_name", "a" * 64),
        ("fsm_name", "FSM_dev-1"),
        ("fsm_url", "https://a-1.fsm.cloud.sap/cloud-approval-service/api"),
        ("fsm_account_id", "0"),
        ("fsm_uploaded_certificates", ["AA" * 32, ":".join(["ab"] * 32)]),
        ("fsm_primary_properties", {"Description": "Field Service", "tc.ui.label": "FSM", "tc.ui.group": None}),
        ("fsm_primary_properties", {"tc.notifications.enabled": True}),
        ("fsm_primary_properties", {"tc.notifications.enabled": "false"}),
        ("fsm_primary_properties", {"tc.notifications.enabled": None, "tc.inbox.pull.days": None}),
        ("fsm_primary_properties", {"tc.inbox.pull.days": 0}),
        ("fsm_primary_properties", {"tc.inbox.pull.days": "180"}),
        ("fsm_secondary_properties", {"Description": "Field Service"}),
    ],
)
def test_accepted(variable: str, value: t.Any) -> None:
    assert [entry for entry in findings(**{variable: value}) if entry[0] != "cluster_differs"] == []


@pytest.mark.parametrize(
    "variable, value",
    [
        ("fsm_name", ""),
        ("fsm_name", "a" * 65),
        ("fsm_name", "FSM dev"),
        ("fsm_name", "FSM.dev"),
        ("fsm_name", "FSMé"),
        ("fsm_name", "FSM\n"),
        ("fsm_name", None),
        ("fsm_name", 5),
        ("fsm_url", "http://de.fsm.cloud.sap/cloud-approval-service/api"),
        ("fsm_url", "https://de.fsm.cloud.sap/cloud-approval-service/api/"),
        ("fsm_url", "https://de.fsm.cloud.sap"),
        ("fsm_url", "https://fsm.cloud.sap/cloud-approval-service/api"),
        ("fsm_url", "https://de.fsm.cloud.sap.evil.example/cloud-approval-service/api"),
        ("fsm_url", "https://evil.example/de.fsm.cloud.sap/cloud-approval-service/api"),
        ("fsm_url", "https://de.fsm.cloud.sap:8443/cloud-approval-service/api"),
        ("fsm_url", "https://-.fsm.cloud.sap/cloud-approval-service/api"),
        ("fsm_url", "de.fsm.cloud.sap"),
        ("fsm_url", " https://de.fsm.cloud.sap/cloud-approval-service/api"),
        ("fsm_account_id", "ACME"),
        ("fsm_account_id", "65 43"),
        ("fsm_company_id", "-1"),
        ("fsm_company_id", "٣"),
        ("fsm_audience", "de.fsm.cloud.sap/metadata"),
        ("fsm_audience", "https://de.fsm.cloud.sap/"),
        ("fsm_audience", "https://de.fsm.cloud.sap/api/saml/metadata "),
        ("fsm_audience", "https://elsewhere.example/api/saml/metadata"),
        ("fsm_uploaded_certificates", ["AA:BB"]),
        ("fsm_uploaded_certificates", ["G" * 64]),
    ],
)
def test_pattern(variable: str, value: t.Any) -> None:
    told = findings(**{variable: value})
    assert ("input_pattern", f"{variable} is '{value if not isinstance(value, list) else value[0]}'.") in told


@pytest.mark.parametrize(
    "variable",
    ["fsm_url", "fsm_account_id", "fsm_company_id", "fsm_client_id", "fsm_client_secret", "fsm_audience"],
)
@pytest.mark.parametrize("value", [None, ""])
def test_missing(variable: str, value: str | None) -> None:
    assert findings(**{variable: value}) == [("input_missing", f"{variable} is not set.")]


@pytest.mark.parametrize("variable", ["fsm_account_id", "fsm_company_id"])
def test_number_is_refused_because_of_leading_zeros(variable: str) -> None:
    assert findings(**{variable: 654321}) == [("input_not_text", f"{variable} is a number or a truth value, not text.")]


@pytest.mark.parametrize("variable", ["fsm_client_id", "fsm_client_secret", "fsm_client_key"])
@pytest.mark.parametrize("value", [" x", "x\n", "x "])
def test_white_space_around_credentials(variable: str, value: str) -> None:
    assert ids(**{variable: value}) == ["input_spaces"]


def test_name_of_a_secondary_destination() -> None:
    assert ids(fsm_name="FSM_PP") == ["name_is_secondary"]
    assert ids(fsm_name="FSM_PPx") == []


@pytest.mark.parametrize("variable", ["fsm_client_id", "fsm_client_secret", "fsm_client_key"])
@pytest.mark.parametrize("value", [83, 1.1, True])
def test_client_that_is_no_text(variable: str, value: t.Any) -> None:
    assert ids(**{variable: value}) == ["input_not_text"]


def test_audience_on_another_cluster() -> None:
    told = findings(fsm_audience="https://us.fsm.cloud.sap/api/oauth2/v2/saml/acme/metadata")
    assert told == [("cluster_differs", "fsm_audience is on host us.fsm.cloud.sap, fsm_url on de.fsm.cloud.sap.")]


@pytest.mark.parametrize("variable, key", SET_BY_ROLE)
def test_property_that_the_role_sets(variable: str, key: str) -> None:
    assert ids(**{variable: {key: None}})[0] == "property_set_by_role"


@pytest.mark.parametrize("variable", sorted({variable for variable, _key in SET_BY_ROLE}))
@pytest.mark.parametrize("key", ["TrustAll", "trustall", "TrustStoreLocation"])
def test_property_that_weakens_tls(variable: str, key: str) -> None:
    assert ids(**{variable: {key: "true"}}) == ["property_forbidden"]


@pytest.mark.parametrize("key", ["tc.enabled", "tc.ui.label", "TC.ENABLED"])
def test_secondary_has_no_settings_of_task_center(key: str) -> None:
    assert ids(fsm_secondary_properties={key: "true"}) == ["property_forbidden"]


@pytest.mark.parametrize(
    "key, value",
    [
        ("tc.inbox.pull.days", 181),
        ("tc.inbox.pull.days", -1),
        ("tc.inbox.pull.days", "ninety"),
        ("tc.inbox.pull.days", ""),
        ("tc.inbox.pull.days", True),
        ("tc.notifications.enabled", "True"),
        ("tc.notifications.enabled", "yes"),
        ("tc.notifications.enabled", 1),
        ("tc.ui.label", ""),
        ("tc.ui.label", " "),
        ("tc.ui.label.de-DE", ""),
        ("tc.ui.label.", "FSM"),
        ("tc.ui.label.de", "FSM"),
        ("tc.ui.label.de-de", "FSM"),
        ("tc.ui.group.xx-XX", "FSM"),
        ("tc.ui.colour", "red"),
        ("tc.notifications", "true"),
        ("Description", ["x"]),
        ("Description", 1.5),
        ("User-Password", "x"),
    ],
)
def test_value_that_task_center_would_not_take(key: str, value: t.Any) -> None:
    told = findings(fsm_primary_properties={key: value})
    assert [finding_id for finding_id, _what in told] == ["property_value"]
    assert key in told[0][1]


@pytest.mark.parametrize("kind", ["primary", "secondary"])
def test_secret_properties(kind: str) -> None:
    variable = f"fsm_{kind}_secret_properties"
    assert ids(**{variable: {"URL.headers.X-Api-Key": "s3cr3t", "URL.queries.sig": None}}) == []
    assert ids(**{variable: {"tc.ui.label": "s3cr3t"}}) == ["property_forbidden"]
    assert findings(**{variable: {"URL.headers.X-Api-Key": ""}}) == [
        (
            "property_value",
            f"{variable}: URL.headers.X-Api-Key is empty, which would wipe the stored secret.",
        )
    ]


def test_everything_wrong_is_told_at_once() -> None:
    assert ids(fsm_name="F S M", fsm_url=None, fsm_account_id=5, fsm_primary_properties={"TrustAll": "true"}) == [
        "input_pattern",
        "input_missing",
        "input_not_text",
        "property_forbidden",
    ]


def test_key_that_is_no_text_is_told() -> None:
    assert ids(fsm_primary_properties={5: "x"}) == ["property_value"]


@pytest.mark.parametrize("key", ["tc.ui.label", "tc.ui.group"])
def test_every_language_of_task_center(key: str) -> None:
    assert len(LANGUAGES) == 40
    assert findings(fsm_primary_properties={f"{key}.{language}": "x" for language in LANGUAGES}) == []


def test_only_the_name_matters_when_disconnecting() -> None:
    assert check({"fsm_name": "FSM"}, only_name=True) == []
    assert [finding["id"] for finding in check({"fsm_name": "F S"}, only_name=True)] == ["input_pattern"]


@pytest.mark.parametrize(
    "url, host",
    [
        ("https://DE.fsm.cloud.sap/x", "de.fsm.cloud.sap"),
        ("https://de.fsm.cloud.sap:443/x", "de.fsm.cloud.sap"),
        ("https://de.fsm.cloud.sap./x", "de.fsm.cloud.sap"),
        (" https://user@de.fsm.cloud.sap ", "de.fsm.cloud.sap"),
        ("de.fsm.cloud.sap", ""),
        ("https://[", ""),
        ("", ""),
    ],
)
def test_host_of_a_url(url: str, host: str) -> None:
    assert host_of(url) == host


KEY = {"clientid": "c", "clientsecret": "s3cr3t", "url": "https://acme.auth.example", "uri": "https://api.example"}
TASK_CENTER_KEY = {
    "endpoints": {"inbox_rest_url": "https://task-center.example/inbox"},
    "uaa": {"clientid": "c", "clientsecret": "s3cr3t", "url": "https://acme.auth.example"},
}


def of_keys(own: t.Any, task_center: t.Any = None, **options: t.Any) -> list[str]:
    """Return the texts of what is found when these are the service keys."""
    keys = {"fsm_destination_service_key": own, "fsm_task_center_service_key": task_center}
    texts = [finding["text"] for finding in check(RIGHT, tables=TABLES, service_keys=keys, **options)]
    assert "s3cr3t" not in str(texts)
    return texts


def test_right_service_keys() -> None:
    assert of_keys(KEY, TASK_CENTER_KEY) == of_keys(json.dumps(KEY), "") == []


@pytest.mark.parametrize("own", [None, ""])
def test_missing_service_key_is_told_with_what_to_do(own: str | None) -> None:
    (text,) = of_keys(own)
    assert text.startswith("fsm_destination_service_key is not set.\nSo the Destination Service cannot be asked.")
    assert "pass its whole JSON as fsm_destination_service_key." in text


def test_service_keys_that_were_confused() -> None:
    own, other = of_keys(TASK_CENTER_KEY, KEY)
    assert own.startswith("fsm_destination_service_key is one of SAP Task Center, not of the Destination Service.")
    assert other.startswith("fsm_task_center_service_key is one of the Destination Service, not of SAP Task Center.")


def test_service_keys_of_two_subaccounts() -> None:
    elsewhere = {**TASK_CENTER_KEY, "uaa": {**TASK_CENTER_KEY["uaa"], "url": "https://other.auth.example"}}
    (text,) = of_keys(KEY, elsewhere)
    assert "is of the subaccount of other.auth.example, fsm_destination_service_key of that of acme." in text


def test_file_is_looked_for_on_the_controller_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOLDER", str(tmp_path))
    (tmp_path / "right.json").write_text(json.dumps(KEY))
    assert of_keys("$FOLDER/right.json", on_controller=True) == []
    (text,) = of_keys("$FOLDER/wrong.json", on_controller=True)
    assert text.startswith(f"The file {tmp_path}/wrong.json, which fsm_destination_service_key names, cannot be read")
    assert of_keys("/on/another/machine.json", on_controller=False) == []
