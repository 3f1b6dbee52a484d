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

from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.fsm_cluster import host_of
from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.options import USER_TOKENS
from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.token_claims import bare_token
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.definition import (
    SECONDARY_SUFFIX,
    Values,
    reserved,
    variable,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.errors import InputError
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.given_values import is_blank
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.secrets import HIDDEN
from ansible_collections.btp_ops.task_center.plugins.module_utils._destination.plan import desired_destination
from ansible_collections.btp_ops.task_center.plugins.module_utils._findings.catalog import Findings, finding
from ansible_collections.btp_ops.task_center.plugins.module_utils._trust.certificate import is_fingerprint

# Belongs to SAP Task Center's initial setup ("Initial Setup").
SERVICE_DESTINATION = "Identity_Authentication_Connectivity_IDS"
# The first is mandatory, the second optional.
SETUP_DESTINATIONS = (SERVICE_DESTINATION, "Task_Center_global_settings")
LONGEST_NAME = 64

HOST = r"https://[a-z0-9]([a-z0-9-]*[a-z0-9])?\.fsm\.cloud\.sap"
NAME_RULE = (rf"[A-Za-z0-9_-]{{1,{LONGEST_NAME}}}", f"1 to {LONGEST_NAME} letters, digits, _ or -")
PATTERNS = {
    "name": NAME_RULE,
    "url": (
        rf"{HOST}/cloud-approval-service/api",
        "https://{cluster}.fsm.cloud.sap/cloud-approval-service/api, without a slash at the end",
    ),
    "account_id": (r"[0-9]+", "digits"),
    "company_id": (r"[0-9]+", "digits"),
    "audience": (
        # SAP's guide has the URL; whether FSM expects another text, such as their entity ID, is not published.
        rf"{HOST}/[^\s?#]*[^\s?#/]|[^\s./?#]+",
        "the account's SAML metadata URL, such as https://{cluster}.fsm.cloud.sap/api/oauth2/v2/saml/{name}/metadata",
    ),
}
DIGITS = ("account_id", "company_id")
# Additions that hold secrets.
SECRET_PROPERTIES = ("primary_secret_properties", "secondary_secret_properties")
CLIENT = ("client_id", "client_secret", "client_key")
NEEDED = ("url", "account_id", "company_id", "client_id", "client_secret", "audience")
# Of a user who may query Task Center: one of them.
ADMINISTRATOR_TOKENS = tuple(f"task_center_{name}" for name in USER_TOKENS)

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
# What an operator may add to the primary destination, for Task Center.
SETTINGS = (
    "tc.inbox.pull.days",
    "tc.notifications.enabled",
    *TEXTS_PER_LANGUAGE,
    *(f"{text}.{language}" for text in TEXTS_PER_LANGUAGE for language in sorted(LANGUAGES)),
)
DAYS_TO_PULL = range(181)
SWITCH = ("true", "false")

FORBIDDEN = {
    "trustall": "It turns TLS verification off, so anyone in between could read tokens and tasks.",
    "truststorelocation": "FSM's certificate is signed by a public authority; another trust store may not know it.",
}


def input_findings(values: Values) -> Findings:
    """Check the values of a connection that has to exist.

    :param values: of all variables, by name (variables.py)
    :return: findings, all at once
    """
    results = _identity(values)
    for name, keys in reserved().items():
        results += _additions(name, values.get(name) or {}, keys)
    return results + fingerprint_findings("uploaded_certificates", values.get("uploaded_certificates"))


def fingerprint_findings(name: str, texts: t.Any) -> Findings:
    """Check a list of fingerprints."""
    rule = "a list of SHA-256 fingerprints of 64 hexadecimal digits each"
    return [
        finding("input_pattern", variable=variable(name), value=text, rule=rule)
        for text in listed(texts)
        if not is_fingerprint(text)
    ]


def name_findings(name: t.Any) -> Findings:
    """Check the name of a primary destination."""
    results = _pattern("name", name)
    if name == SERVICE_DESTINATION:
        results.append(finding("name_of_service", value=name))
    if isinstance(name, str) and name.endswith(SECONDARY_SUFFIX):
        results.append(finding("name_is_secondary", variable=variable("name"), value=name))
    return results


def token_findings(values: Values) -> Findings:
    """Check that what verification needs is given as a whole: a key of Task Center with one token of an administrator.

    Without the key nobody asks Task Center, so the tokens do not matter then.
    """
    results = []
    given = [name for name in ADMINISTRATOR_TOKENS if not is_blank(values.get(name))]
    if not is_blank(values.get("task_center_service_key")):
        if not given:
            names = ", ".join(map(variable, ADMINISTRATOR_TOKENS))
            results.append(finding("task_center_token_missing", variables=names))
        if len(given) > 1:
            results.append(finding("task_center_tokens_several", variables=" and ".join(map(variable, given))))
    return results + unusable_tokens(values, bare_token)


def unusable_tokens(values: Values, check: t.Callable[[str, str], t.Any]) -> Findings:
    """Find users' JSON web tokens, among those that are given and matter, that do not pass a check.

    :param check: takes a token and how the role calls it; raises InputError if it does not pass
    """
    asks_task_center = not is_blank(values.get("task_center_service_key"))
    names = ("user_token", "task_center_user_token") if asks_task_center else ("user_token",)
    problems = (_problem_of_token(values.get(name), variable(name), check) for name in names)
    return [finding("token_unusable", error=problem) for problem in problems if problem]


def _problem_of_token(token: t.Any, name: str, check: t.Callable[[str, str], t.Any]) -> str:
    try:
        if not is_blank(token):
            check(str(token), name)
    except InputError as error:
        return error.problem
    return ""


def listed(value: t.Any) -> list[t.Any]:
    """Return a list variable's entries; as on the command line, it may be one text with commas."""
    return value.split(",") if isinstance(value, str) else list(value or [])


def _identity(values: Values) -> Findings:
    results = name_findings(values.get("name"))
    for name in NEEDED:
        if values.get(name) in (None, "", False):
            results.append(finding("input_missing", variable=variable(name)))
        elif name in PATTERNS:
            results += _pattern(name, values[name])
    for name in CLIENT:
        value = values.get(name)
        if isinstance(value, (bool, int, float)):
            results.append(finding("input_not_text", variable=variable(name)))
        elif not isinstance(value, (str, type(None))):
            results.append(finding("input_pattern", variable=variable(name), value=HIDDEN, rule="text"))
        elif value and value != value.strip():
            results.append(finding("input_spaces", variable=variable(name)))
    hosts = [host_of(str(values.get(name) or "")) for name in ("audience", "url")]
    if all(hosts) and hosts[0] != hosts[1]:
        results.append(finding("cluster_differs", audience_host=hosts[0], url_host=hosts[1]))
    audience = values.get("audience")
    if isinstance(audience, str) and audience and "://" not in audience:
        results.append(finding("audience_is_no_url", audience=audience))
    return results


def _pattern(name: str, value: t.Any) -> Findings:
    pattern, rule = PATTERNS[name]
    if name in DIGITS and not isinstance(value, str):
        return [finding("input_not_text", variable=variable(name))]
    if not isinstance(value, str) or not re.fullmatch(pattern, value):
        return [finding("input_pattern", variable=variable(name), value=value, rule=rule)]
    return []


def _additions(name: str, extra: dict[str, t.Any], reserved: list[str]) -> Findings:
    results = []
    hold_secrets = name in SECRET_PROPERTIES
    spellings = {key.lower(): key for key in reserved}
    for key, value in ((str(key), value) for key, value in extra.items()):
        known = spellings.get(key.lower())
        if known:
            like = "" if known == key else f" as {known}"
            results.append(finding("property_set_by_role", variable=variable(name), key=key, like=like))
        elif key.lower() in FORBIDDEN:
            rule = FORBIDDEN[key.lower()]
            results.append(finding("property_forbidden", variable=variable(name), key=key, rule=rule))
        elif key.lower().startswith("tc."):
            results += _task_center_property(name, key, value)
    properties, secrets = ({}, extra) if hold_secrets else (extra, {})
    try:
        desired_destination("", {**properties, "Name": ""}, secrets)
    except InputError as error:
        problem = error.problem.removeprefix("Destination : ").rstrip(".")
        results.append(finding("property_value", variable=variable(name), problem=problem))
    return results


def _task_center_property(name: str, key: str, value: t.Any) -> Findings:
    if name in SECRET_PROPERTIES:
        rule = "Task Center's settings are no secrets."
        return [finding("property_forbidden", variable=variable(name), key=key, rule=rule)]
    if name == "secondary_properties":
        rule = "Task Center takes its settings from the primary; with tc.enabled it would poll the secondary as well."
        return [finding("property_forbidden", variable=variable(name), key=key, rule=rule)]
    problem = _problem_of(key, value)
    return [finding("property_value", variable=variable(name), problem=problem)] if problem else []


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
