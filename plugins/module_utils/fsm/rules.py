# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What SAP demands of the values that an operator enters.

Source: SAP Task Center administration guide, "Primary Destination with the Technical User", "Secondary Destination for
the Principal
Propagation", "Conventions and Technical Restrictions".
"""

from __future__ import annotations

import re
import typing as t

from ansible_collections.btp_ops.task_center.plugins.module_utils.certificate import is_fingerprint
from ansible_collections.btp_ops.task_center.plugins.module_utils.errors import InputError
from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.cluster import host_of
from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.findings import found
from ansible_collections.btp_ops.task_center.plugins.module_utils.plans.destination import wish

SECONDARY_SUFFIX = "_PP"
# Belongs to SAP Task Center's initial setup ("Initial Setup").
SERVICE_DESTINATION = "Identity_Authentication_Connectivity_IDS"
# The first is mandatory, the second optional.
SETUP_DESTINATIONS = (SERVICE_DESTINATION, "Task_Center_global_settings")
LONGEST_NAME = 64

HOST = r"https://[a-z0-9]([a-z0-9-]*[a-z0-9])?\.fsm\.cloud\.sap"
NAME_RULE = (rf"[A-Za-z0-9_-]{{1,{LONGEST_NAME}}}", f"1 to {LONGEST_NAME} letters, digits, _ or -")
PATTERNS = {
    "fsm_name": NAME_RULE,
    "fsm_url": (
        rf"{HOST}/cloud-approval-service/api",
        "https://{cluster}.fsm.cloud.sap/cloud-approval-service/api, without a slash at the end",
    ),
    "fsm_account_id": (r"[0-9]+", "digits"),
    "fsm_company_id": (r"[0-9]+", "digits"),
    "fsm_audience": (
        rf"{HOST}/[^\s?#]*[^\s?#/]",
        "the account's SAML metadata URL, such as https://{cluster}.fsm.cloud.sap/api/oauth2/v2/saml/{name}/metadata",
    ),
}
DIGITS = ("fsm_account_id", "fsm_company_id")
# Variables with additional properties that hold secrets.
SECRET_PROPERTIES = ("fsm_primary_secret_properties", "fsm_secondary_secret_properties")
SECRETS = ("fsm_client_id", "fsm_client_secret", "fsm_client_key")
NEEDED = (
    "fsm_url",
    "fsm_account_id",
    "fsm_company_id",
    "fsm_client_id",
    "fsm_client_secret",
    "fsm_audience",
)

TEXTS_PER_LANGUAGE = ("tc.ui.group", "tc.ui.label")
LANGUAGES = frozenset(
    [
        "ar-AE",
        "bg-BG",
        "ca-ES",
        "zh-CN",
        "zh-TW",
        "hr-HR",
        "cs-CZ",
        "da-DK",
        "nl-NL",
        "en-US",
        "et-EE",
        "fi-FI",
        "fr-FR",
        "de-DE",
        "el-GR",
        "iw-IL",
        "hi-IN",
        "hu-HU",
        "it-IT",
        "ja-JP",
        "kk-KZ",
        "ko-KR",
        "lv-LV",
        "lt-LT",
        "ms-MY",
        "no-NO",
        "pl-PL",
        "pt-BR",
        "ro-RO",
        "ru-RU",
        "sr-RS",
        "sk-SK",
        "sl-SI",
        "es-MX",
        "es-ES",
        "sv-SE",
        "th-TH",
        "tr-TR",
        "uk-UA",
        "vi-VN",
    ]
)
DAYS_TO_PULL = range(181)
SWITCH = ("true", "false")
ABSENT = "absent"

FORBIDDEN = {
    "trustall": "It turns TLS verification off, so anyone in between could read tokens and tasks.",
    "truststorelocation": "FSM's certificate is signed by a public authority; another trust store may not know it.",
}


def input_findings(given: dict[str, t.Any], reserved: dict[str, list[str]]) -> list[dict[str, str]]:
    """Check the role's variables.

    :param given: variable to value, None where it is not set; all that the role has
    :param reserved: per variable with additional properties, the property names that the role sets itself
    :return: findings, all at once
    """
    if given.get("fsm_state") == ABSENT:
        # Then no variable has to be set.
        return [found("not_to_be_connected", name=given.get("fsm_name"))]
    results = _identity(given)
    results += _subaccounts(given)
    for variable, keys in reserved.items():
        results += _additions(variable, given.get(variable) or {}, keys)
    rule = "a list of SHA-256 fingerprints of 64 hexadecimal digits each"
    results += [
        found("input_pattern", variable="fsm_uploaded_certificates", value=text, rule=rule)
        for text in listed(given.get("fsm_uploaded_certificates"))
        if not is_fingerprint(text)
    ]
    return results


def operation_input_findings(given: dict[str, t.Any]) -> list[dict[str, str]]:
    """Check those variables that are needed to work on a connection that stands.

    :param given: as for input_findings
    """
    return name_findings(given.get("fsm_name")) + _subaccounts(given)


def name_findings(name: t.Any) -> list[dict[str, str]]:
    """Check the name of a primary destination."""
    results = _pattern("fsm_name", name)
    if name == SERVICE_DESTINATION:
        results.append(found("name_of_service", value=name))
    if isinstance(name, str) and name.endswith(SECONDARY_SUFFIX):
        results.append(found("name_is_secondary", variable="fsm_name", value=name))
    return results


def listed(value: t.Any) -> list[t.Any]:
    """Return a list variable's entries; as on the command line, it may be one text with commas."""
    return value.split(",") if isinstance(value, str) else list(value or [])


def _subaccounts(given: dict[str, t.Any]) -> list[dict[str, str]]:
    """Check that both service keys are of one subaccount (SAP Task Center's guide, "Initial Setup")."""
    subaccounts = given.get("subaccounts") or {}
    own, other = (subaccounts.get(f"fsm_{system}_service_key") for system in ("destination", "task_center"))
    return [found("task_center_elsewhere", own=own, other=other)] if own and other and own != other else []


def _identity(given: dict[str, t.Any]) -> list[dict[str, str]]:
    results = name_findings(given.get("fsm_name"))
    for variable in NEEDED:
        if given.get(variable) in (None, "", False):
            results.append(found("input_missing", variable=variable))
        elif variable in PATTERNS:
            results += _pattern(variable, given[variable])
    for variable in SECRETS:
        if isinstance(given.get(variable), (bool, int, float)):
            results.append(found("input_not_text", variable=variable))
        text = str(given.get(variable) or "")
        if text != text.strip():
            results.append(found("input_spaces", variable=variable))
    hosts = [host_of(str(given.get(variable) or "")) for variable in ("fsm_audience", "fsm_url")]
    if all(hosts) and hosts[0] != hosts[1]:
        results.append(found("cluster_differs", audience_host=hosts[0], url_host=hosts[1]))
    return results


def _pattern(variable: str, value: t.Any) -> list[dict[str, str]]:
    pattern, rule = PATTERNS[variable]
    if variable in DIGITS and not isinstance(value, str):
        return [found("input_not_text", variable=variable)]
    if not isinstance(value, str) or not re.fullmatch(pattern, value):
        return [found("input_pattern", variable=variable, value=value, rule=rule)]
    return []


def _additions(variable: str, extra: dict[str, t.Any], reserved: list[str]) -> list[dict[str, str]]:
    results = []
    hold_secrets = variable in SECRET_PROPERTIES
    spellings = {key.lower(): key for key in reserved}
    for key, value in ((str(key), value) for key, value in extra.items()):
        known = spellings.get(key.lower())
        if known:
            like = "" if known == key else f" as {known}"
            results.append(found("property_set_by_role", variable=variable, key=key, like=like))
        elif key.lower() in FORBIDDEN:
            results.append(found("property_forbidden", variable=variable, key=key, rule=FORBIDDEN[key.lower()]))
        elif key.lower().startswith("tc."):
            results += _task_center_property(variable, key, value)
    properties, secrets = ({}, extra) if hold_secrets else (extra, {})
    try:
        wish("", {**properties, "Name": ""}, secrets)
    except InputError as error:
        problem = error.problem.removeprefix("Destination : ").rstrip(".")
        results.append(found("property_value", variable=variable, problem=problem))
    return results


def _task_center_property(variable: str, key: str, value: t.Any) -> list[dict[str, str]]:
    if variable in SECRET_PROPERTIES:
        return [found("property_forbidden", variable=variable, key=key, rule="Task Center's settings are no secrets.")]
    if variable == "fsm_secondary_properties":
        rule = "Task Center takes its settings from the primary; with tc.enabled it would poll the secondary as well."
        return [found("property_forbidden", variable=variable, key=key, rule=rule)]
    problem = _problem_of(key, value)
    return [found("property_value", variable=variable, problem=problem)] if problem else []


def _problem_of(key: str, value: t.Any) -> str:
    """Return what is wrong with a tc property of the primary destination, or nothing."""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    if key == "tc.inbox.pull.days":
        right = value is None or (re.fullmatch(r"[0-9]{1,3}", text) and int(text) in DAYS_TO_PULL)
        return "" if right else f"{key} is {value}, not a number of days from 0 to {DAYS_TO_PULL[-1]}"
    if key == "tc.notifications.enabled":
        return "" if value is None or text in SWITCH else f"{key} is {value}, not true or false"
    base, separator, language = key.rpartition(".")
    if key in TEXTS_PER_LANGUAGE:
        base, separator = key, ""
    if base in TEXTS_PER_LANGUAGE:
        if separator and language not in LANGUAGES:
            return f"{key}: Task Center has no language {language}, only {', '.join(sorted(LANGUAGES))}"
        return "" if value is None or text.strip() else f"{key} is empty"
    return f"{key} is no property that Task Center knows for FSM"
