# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The variables of a rotation: what they mean, and everything that is wrong with them, at once. Pure."""

from __future__ import annotations

import re
import typing as t

from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.token_claims import bare_token
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.definition import Values, variable
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.rotation import Neighbour
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.rotation_summary import OUTCOMES
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.rules import (
    PATTERNS,
    fingerprint_findings,
    name_findings,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.variables import (
    Variable,
    as_given,
    choice,
    entries,
    fingerprint,
    flag,
    fraction,
    number,
    read_variables,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.errors import InputError
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.given_values import Unfit, is_blank, mapping
from ansible_collections.btp_ops.task_center.plugins.module_utils._findings.catalog import Findings, finding
from ansible_collections.btp_ops.task_center.plugins.module_utils._trust.certificate import (
    is_fingerprint,
    normal_fingerprint,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._trust.rotation import PHASES, Settings
from ansible_collections.btp_ops.task_center.plugins.module_utils._trust.rotation_labels import Change, change_named

LONGEST_START = 365  # days
LONGEST_SOAK = 24 * LONGEST_START  # hours
PREFIX = "rotation_"


def _attempt(value: t.Any) -> Change:
    attempt = change_named(str(value))
    if attempt is None:
        raise Unfit("the value that the message of the rollback names")
    return attempt


def _outcomes(value: t.Any) -> list[str]:
    named = entries(value)
    if not all(text in OUTCOMES for text in named):
        raise Unfit(f"one or more of: {', '.join(OUTCOMES)}")
    return named


def _trusted(value: t.Any) -> dict[str, frozenset[str]]:
    try:
        found = {name: entries(given) for name, given in mapping(value).items()}
    except Unfit:
        found = {"": [""]}
    named = all(isinstance(name, str) for name in found)
    if not named or not all(is_fingerprint(str(one)) for listed in found.values() for one in listed):
        raise Unfit('a mapping of names of destinations, in quotes, to fingerprints, such as {"HR": ["AB:CD:..."]}')
    return {name: frozenset(normal_fingerprint(str(one)) for one in listed) for name, listed in found.items()}


def _names(value: t.Any) -> frozenset[str]:
    named = [one for one in entries(value) if not is_blank(one)]
    if not all(isinstance(one, str) for one in named):
        raise Unfit("a list of names of destinations, in quotes")
    return frozenset(named)


VARIABLES = {
    one.name: one
    for one in (
        Variable("name", as_given, "FSM"),
        Variable("url", as_given),
        Variable("account_id", as_given),
        Variable("uploaded_certificates", entries, []),
        Variable("user_token", as_given, secret=True),
        Variable(f"{PREFIX}phase", choice(*PHASES), Settings.phase),
        Variable(f"{PREFIX}start_days", number(1, LONGEST_START), Settings.start_days),
        Variable(f"{PREFIX}soak_hours", fraction(0, LONGEST_SOAK), Settings.soak_hours),
        Variable(f"{PREFIX}replace", fingerprint),
        Variable(f"{PREFIX}retry", _attempt),
        Variable(f"{PREFIX}discard", fingerprint),
        Variable(f"{PREFIX}retire_unverified", flag, Settings.retire_unverified),
        Variable(f"{PREFIX}trusted_elsewhere", _trusted, {}),
        Variable(f"{PREFIX}waived_destinations", _names, frozenset()),
        Variable(f"{PREFIX}fail_when", _outcomes, []),
    )
}
SETTINGS = tuple(name.removeprefix(PREFIX) for name in VARIABLES if name.startswith(PREFIX))


def read_settings(given: Values) -> tuple[Settings, frozenset[str], Findings]:
    """Return what the operator wants, what is declared as uploaded, and everything that is wrong with the variables.

    :param given: variables of the role to their values, by name, without ``fsm_``
    """
    values, findings = read_variables(given, VARIABLES)
    findings += name_findings(values["name"])
    for name in ("url", "account_id"):
        findings += _text_findings(name, values[name])
    declared = [text for text in values["uploaded_certificates"] if not is_blank(text)]
    findings += fingerprint_findings("uploaded_certificates", declared)
    if not is_blank(values["user_token"]):
        try:
            bare_token(str(values["user_token"]), variable("user_token"))
        except InputError as error:
            findings.append(finding("token_unusable", error=error.problem))
    chosen = {name: values[f"{PREFIX}{name}"] for name in SETTINGS if name != "fail_when"}
    settings = Settings(**chosen, can_verify=not is_blank(values["user_token"]))
    return (
        settings,
        frozenset(normal_fingerprint(str(text)) for text in declared if is_fingerprint(str(text))),
        findings,
    )


def _text_findings(name: str, value: t.Any) -> Findings:
    """Check one of the values that the instructions name."""
    pattern, rule = PATTERNS[name]
    if is_blank(value):
        return [finding("input_missing", variable=variable(name))]
    if not isinstance(value, str):
        return [finding("input_not_text", variable=variable(name))]
    if not re.fullmatch(pattern, value):
        return [finding("input_pattern", variable=variable(name), value=value, rule=rule)]
    return []


def read_neighbours(entries: t.Iterable[t.Mapping[str, t.Any]]) -> tuple[Neighbour, ...]:
    """Return the other environments, as the filter fsm_shared_subaccounts has them.

    What is wrong with their variables, their own runs report; here it counts as not declared.
    """
    return tuple(
        Neighbour(
            environment=str(one["environment"]),
            known=bool(one["known"]),
            uploaded=frozenset(normal_fingerprint(str(text)) for text in one["uploaded"] if is_fingerprint(str(text))),
            secondary=str(one["secondary"]),
            host=str(one["host"]),
            account_id=str(one["account_id"]),
            retire_unverified=bool(one["retire_unverified"]),
        )
        for one in entries
    )
