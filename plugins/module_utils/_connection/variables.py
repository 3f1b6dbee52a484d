# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role's variables, as inventories, command lines and surveys give them, read once and in one place.

A value may be of the type that is meant, or text that says the same: ``-e`` and surveys know only text. What is blank
was not set. What cannot be meant is a finding that names the variable, its value (unless it may be a secret) and what
it may be.
"""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass

from ansible.module_utils.parsing.convert_bool import BOOLEANS_FALSE, BOOLEANS_TRUE

from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.definition import Values, variable
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.given_values import (
    Unfit,
    is_blank,
    mapping,
    parsed_text,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.secrets import HIDDEN, is_secret
from ansible_collections.btp_ops.task_center.plugins.module_utils._findings.catalog import (
    ACKNOWLEDGEABLE,
    Findings,
    finding,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._trust.certificate import (
    is_fingerprint,
    normal_fingerprint,
)


@dataclass(frozen=True)
class Variable:
    """One variable of the role, called by its name without the prefix.

    :param read: makes a value of what was given, which is not blank
    :param default: the value where nothing was set
    :param secret: whether no message may show what was given
    """

    name: str
    read: t.Callable[[t.Any], t.Any]
    default: t.Any = None
    secret: bool = False


def as_given(value: t.Any) -> t.Any:
    """Return a value as it is: whether it is text, the rules say (rules.py), for YAML may have altered it."""
    return value


def flag(value: t.Any) -> bool:
    """Return a boolean.

    :raises Unfit: it is none
    """
    word = value.strip().lower() if isinstance(value, str) else value
    if isinstance(word, (bool, str, int)) and word in BOOLEANS_TRUE:
        return True
    if isinstance(word, (bool, str, int)) and word in BOOLEANS_FALSE:
        return False
    raise Unfit("true or false")


def number(least: int, most: int) -> t.Callable[[t.Any], int]:
    """Return a reader of whole numbers."""

    def read(value: t.Any) -> int:
        found = _number(value)
        if found is None or "." in str(value) or not least <= found <= most:
            raise Unfit(f"a whole number from {least} to {most}")
        return int(found)

    return read


def fraction(least: int, most: int) -> t.Callable[[t.Any], float]:
    """Return a reader of numbers that need not be whole."""

    def read(value: t.Any) -> float:
        found = _number(value)
        if found is None or not least <= found <= most:
            raise Unfit(f"a number from {least} to {most}")
        return found

    return read


def _number(value: t.Any) -> float | None:
    """Return a number; None for what is none, or of more digits than anybody means."""
    text = str(value).strip()
    if isinstance(value, bool) or not re.fullmatch(r"-?[0-9]{1,9}(\.[0-9]{1,9})?", text, re.ASCII):
        return None
    return float(text)


def choice(*allowed: str) -> t.Callable[[t.Any], str]:
    """Return a reader of one of several words; exactly, for tasks of the role go by it as it was given."""

    def read(value: t.Any) -> str:
        if not isinstance(value, str) or value not in allowed:
            raise Unfit(f"one of: {', '.join(allowed)}")
        return value

    return read


def path(value: t.Any) -> str:
    """Return the path of a file or folder.

    :raises Unfit: it is no text
    """
    if not isinstance(value, str):
        raise Unfit("the path of a file or folder, as text")
    return value


def reason(value: t.Any) -> str:
    """Return a text of one line that the Destination Service keeps in a label.

    :raises Unfit: it is none
    """
    text = str(value).strip()
    if isinstance(value, (dict, list, tuple)) or len(text) > LONGEST_REASON or not text.isprintable():
        raise Unfit(f"a text of one line, of at most {LONGEST_REASON} characters")
    return text


def entries(value: t.Any) -> list[t.Any]:
    """Return a list, given as such, as JSON or YAML text of one, or as text with commas.

    :raises Unfit: it is none
    """
    if is_blank(value):
        return []
    if isinstance(value, str):
        parsed = parsed_text(value) if value.lstrip().startswith(("[", "- ")) else None
        value = parsed if isinstance(parsed, list) else value.split(",")
    if not isinstance(value, (list, tuple)):
        raise Unfit("a list")
    return [entry.strip() if isinstance(entry, str) else entry for entry in value]


LONGEST_REASON = 200  # characters


def acknowledged(value: t.Any) -> list[str]:
    """Return the IDs of findings that the operator knows about.

    :raises Unfit: one is none of those about what cannot be verified
    """
    named = [str(entry) for entry in entries(value) if not is_blank(entry)]
    if set(named) - set(ACKNOWLEDGEABLE):
        raise Unfit(f"a list of findings about what cannot be verified: {', '.join(ACKNOWLEDGEABLE)}")
    return named


YEARS = 366 * 2  # days for which a trust certificate is valid, at most
DAY = 24 * 60 * 60  # seconds

VARIABLES = {
    one.name: one
    for one in (
        Variable("state", choice("present", "absent"), "present"),
        Variable("name", as_given, "FSM"),
        *(Variable(name, as_given) for name in ("url", "account_id", "company_id", "client_id", "client_key")),
        Variable("client_secret", as_given, secret=True),
        Variable("audience", as_given),
        Variable("primary_properties", mapping, {}),
        Variable("secondary_properties", mapping, {}),
        Variable("primary_secret_properties", mapping, {}, secret=True),
        Variable("secondary_secret_properties", mapping, {}, secret=True),
        Variable("update_secrets", choice("always", "on_create"), "always"),
        Variable("rename_from", as_given),
        Variable("pause_reason", reason),
        Variable("uploaded_certificates", entries, []),
        Variable("upload_gate", choice("enforce", "warn"), "enforce"),
        Variable("certificate_dir", path),
        Variable("certificate_min_days", number(0, YEARS), 30),
        Variable("check_client", flag, True),
        Variable("check_metadata", flag, True),
        Variable("verify", flag, True),
        Variable("user_token", as_given, secret=True),
        Variable("task_center_service_key", as_given, secret=True),
        Variable("task_center_refresh_token_file", path),
        Variable("task_center_refresh_token", as_given, secret=True),
        Variable("task_center_user_token", as_given, secret=True),
        Variable("task_center_wait", number(0, DAY), 300),
        Variable("task_center_refresh_seconds", number(0, DAY), 120),
        Variable("audit_fail_on_drift", flag, True),
        Variable("acknowledged", acknowledged, []),
    )
}


def fingerprint(value: t.Any) -> str:
    """Return a SHA-256 fingerprint in its one spelling.

    :raises Unfit: it is none
    """
    if not is_fingerprint(str(value)):
        raise Unfit("a SHA-256 fingerprint of 64 hexadecimal digits")
    return normal_fingerprint(str(value))


def read_variables(given: Values, known: t.Mapping[str, Variable] = VARIABLES) -> tuple[dict[str, t.Any], Findings]:
    """Return the values of all variables, and what is wrong with some of them.

    :param given: by name, without the prefix; what is not among them was not set
    :param known: the variables that there are
    """
    values: dict[str, t.Any] = {}
    findings: Findings = []
    for one in known.values():
        value = given.get(one.name)
        values[one.name] = one.default
        if is_blank(value):
            continue
        try:
            values[one.name] = one.read(value)
        except Unfit as rule:
            shown = HIDDEN if one.secret else value
            findings.append(finding("input_pattern", variable=variable(one.name), value=shown, rule=rule))
    return values, findings


def is_known(given: Values, values: Values, name: str) -> bool:
    """Tell whether the value of a variable is what was given, or its default because nothing was.

    :param values: what :func:`read_variables` has made of it
    """
    value = given.get(name)
    return is_blank(value) or str(value).strip() == values[name]


def public_values(params: t.Mapping[str, t.Any]) -> set[str]:
    """Return which values of a module's option ``connection`` are no secrets, so that messages may name them."""
    connection = params.get("connection")
    if not isinstance(connection, dict):
        return set()
    secret = {name for name in connection if name not in VARIABLES or VARIABLES[name].secret}
    hidden = {text for name in secret for text in _leaves(connection[name])}
    return {text for name in connection.keys() - secret for text in _leaves(connection[name])} - hidden


def _leaves(value: t.Any) -> t.Iterator[str]:
    """Walk through the texts of a value; those of secret properties, wherever they are, are left out."""
    if isinstance(value, dict):
        for key, item in value.items():
            if not is_secret(str(key)):
                yield from _leaves(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _leaves(item)
    elif value is not None:
        yield str(value)
