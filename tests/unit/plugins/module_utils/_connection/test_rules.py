# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""SAP's rules for what an operator enters."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.definition import ADDITIONS, reserved
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.rules import (
    LANGUAGES,
    input_findings,
    name_findings,
    token_findings,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.variables import read_variables

SET_BY_ROLE = [(f"fsm_{addition}", key) for addition, keys in reserved().items() for key in [*keys, "url"]]
RIGHT: dict[str, t.Any] = {
    "fsm_name": "FSM",
    "fsm_url": "https://de.fsm.cloud.sap/cloud-approval-service/api",
    "fsm_account_id": "654321",
    "fsm_company_id": "0123456",
    "fsm_client_id": "id",
    "fsm_client_secret": "s3cr3t",
    "fsm_client_key": "id",
    "fsm_audience": "https://de.fsm.cloud.sap/api/oauth2/v2/saml/acme/metadata",
}


def findings(**given: t.Any) -> list[tuple[str, str]]:
    """Return ID and first sentence of what is found when these variables differ from right ones."""
    read, found = read_variables({name.removeprefix("fsm_"): value for name, value in {**RIGHT, **given}.items()})
    assert found == []
    found = input_findings(read)
    assert "s3cr3t" not in str(found)
    return [(finding["id"], finding["problem"]) for finding in found]


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
        ("fsm_uploaded_certificates", "AA" * 32 + "," + "ab" * 32),
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
        ("fsm_name", "a" * 65),
        ("fsm_name", "FSM dev"),
        ("fsm_name", "FSM.dev"),
        ("fsm_name", "FSMé"),
        ("fsm_name", "FSM\n"),
        ("fsm_name", 5),
        ("fsm_name", True),
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
    reported = findings(**{variable: value})
    assert ("input_pattern", f"{variable} is '{value if not isinstance(value, list) else value[0]}'.") in reported


@pytest.mark.parametrize(
    "variable",
    ["fsm_url", "fsm_account_id", "fsm_company_id", "fsm_client_id", "fsm_client_secret", "fsm_audience"],
)
@pytest.mark.parametrize("value", [None, ""])
def test_missing(variable: str, value: str | None) -> None:
    assert findings(**{variable: value}) == [("input_missing", f"{variable} is not set.")]


@pytest.mark.parametrize("variable", ["fsm_account_id", "fsm_company_id"])
def test_number_is_refused_because_of_leading_zeros(variable: str) -> None:
    assert findings(**{variable: 654321}) == [
        ("input_not_text", f"{variable} is a number or a boolean (true/false), not text.")
    ]


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


@pytest.mark.parametrize("variable", ["fsm_client_id", "fsm_client_secret", "fsm_client_key"])
@pytest.mark.parametrize("value", [["s3cr3t"], {"s3cr3t": "s3cr3t"}])
def test_client_that_is_a_list_or_a_mapping(variable: str, value: t.Any) -> None:
    assert findings(**{variable: value}) == [("input_pattern", f"{variable} is '********'.")]


def test_audience_on_another_cluster() -> None:
    reported = findings(fsm_audience="https://us.fsm.cloud.sap/api/oauth2/v2/saml/acme/metadata")
    assert reported == [("cluster_differs", "fsm_audience is on host us.fsm.cloud.sap, fsm_url on de.fsm.cloud.sap.")]


@pytest.mark.parametrize("variable, key", SET_BY_ROLE)
def test_property_that_the_role_sets(variable: str, key: str) -> None:
    assert ids(**{variable: {key: None}})[0] == "property_set_by_role"


@pytest.mark.parametrize("variable", [f"fsm_{addition}" for addition in ADDITIONS])
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
    reported = findings(fsm_primary_properties={key: value})
    assert [finding_id for finding_id, _what in reported] == ["property_value"]
    assert key in reported[0][1]


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


def test_everything_wrong_is_reported_at_once() -> None:
    assert ids(fsm_name="F S M", fsm_url=None, fsm_account_id=5, fsm_primary_properties={"TrustAll": "true"}) == [
        "input_pattern",
        "input_missing",
        "input_not_text",
        "property_forbidden",
    ]


def test_key_that_is_no_text_is_reported() -> None:
    assert ids(fsm_primary_properties={5: "x"}) == ["property_value"]


@pytest.mark.parametrize("key", ["tc.ui.label", "tc.ui.group"])
def test_every_language_of_task_center(key: str) -> None:
    assert len(LANGUAGES) == 40
    assert findings(fsm_primary_properties={f"{key}.{language}": "x" for language in LANGUAGES}) == []


@pytest.mark.parametrize("name, found", [("FSM", []), ("F S", ["input_pattern"]), (None, ["input_pattern"])])
def test_only_the_name_matters_to_some_operations(name: str | None, found: list[str]) -> None:
    assert [finding["id"] for finding in name_findings(name)] == found


# A token as an identity service makes it; nobody checks its signature here.
TOKEN = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0."


def of_tokens(**given: t.Any) -> list[tuple[str, str]]:
    """Return ID and first sentence of what is found of these tokens."""
    found = token_findings(read_variables(given)[0])
    assert "s3cr3t" not in str(found)
    return [(finding["id"], finding["problem"]) for finding in found]


ADMINISTRATOR = {
    "task_center_refresh_token_file": "/file",
    "task_center_refresh_token": "s3cr3t",
    "task_center_user_token": TOKEN,
}


def test_tokens_that_nobody_gives() -> None:
    assert of_tokens() == []


@pytest.mark.parametrize("name", ADMINISTRATOR)
def test_service_key_with_one_token(name: str) -> None:
    key: dict[str, t.Any] = {"task_center_service_key": {"uaa": {}}}
    assert of_tokens(**key, **{name: ADMINISTRATOR[name]}) == []
    # Whoever sets the others to an empty text sets them to nothing.
    assert of_tokens(**key, **dict.fromkeys(ADMINISTRATOR, " ") | {name: ADMINISTRATOR[name]}) == []


def test_service_key_without_any_token() -> None:
    """Found before anything is written; else both destinations would be written, and every run would fail."""
    assert of_tokens(task_center_service_key={"uaa": {}}) == [
        (
            "task_center_token_missing",
            f"fsm_task_center_service_key is set, and none of {', '.join(f'fsm_{name}' for name in ADMINISTRATOR)}.",
        )
    ]


def test_tokens_that_contradict_each_other() -> None:
    two = {name: ADMINISTRATOR[name] for name in ("task_center_refresh_token", "task_center_user_token")}
    assert of_tokens(task_center_service_key={"uaa": {}}, **two) == [
        ("task_center_tokens_several", "fsm_task_center_refresh_token and fsm_task_center_user_token are set.")
    ]
    assert of_tokens(task_center_service_key={"uaa": {}}, **ADMINISTRATOR)[0][0] == "task_center_tokens_several"


def test_tokens_without_service_key_do_not_matter() -> None:
    """Task Center is not read then."""
    assert of_tokens(**ADMINISTRATOR) == of_tokens(task_center_user_token="no token") == []


@pytest.mark.parametrize("name", ["user_token", "task_center_user_token"])
def test_token_that_is_none(name: str) -> None:
    key: dict[str, t.Any] = {"task_center_service_key": {"uaa": {}}}
    if name == "user_token":
        key["task_center_refresh_token"] = "s3cr3t"
    ((finding_id, problem),) = of_tokens(**key, **{name: "Bearer s3cr3t"})
    assert finding_id == "token_unusable"
    assert f"fsm_{name}" in problem
    assert of_tokens(**key, **{name: f" {TOKEN}\n"}) == []
