# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The files that describe an adopted environment in the inventory. Pure: no I/O, no Ansible.

Their YAML is written here, because a module may run under a Python without PyYAML, and because Ansible has to read back
exactly what the destinations hold: digits stay text, and what others wrote is never taken for a template.
"""

from __future__ import annotations

import json
import re
import typing as t

from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.adoption import Adopted
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.definition import variable
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.vault_example import (
    PURPOSES,
    comment,
    vault_example,
)

SERVICE_KEY = "fsm_destination_service_key"
SERVICE_KEY_REFERENCE = f"vault_{SERVICE_KEY}"
UPLOADED = "fsm_uploaded_certificates"
VARIABLES_FILE = "main.yml"
# What Ansible would take for a template.
TEMPLATE = re.compile(r"\{\{|\{%|\{#")
# Texts that need no quotes, and those among them that YAML reads as something else.
PLAIN = re.compile(r"[A-Za-z][\w./-]*(:[\w./-]+)*", re.ASCII)
WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
LONGEST_SIMPLE_KEY = 1000  # characters; YAML allows 1024 in front of a colon


def environment_files(adopted: Adopted, certificate: dict[str, t.Any] | None, with_service_key: bool) -> dict[str, str]:
    """Return name to text of the files that take a pair of destinations into the inventory.

    :param certificate: the active trust certificate as fsm_trust_cert_info returns it, or None
    :param with_service_key: whether the inventory does not have the service key yet
    """
    vaulted = {variable(name): value for name, value in adopted.vaulted.items()}
    if with_service_key:
        vaulted = {SERVICE_KEY: SERVICE_KEY_REFERENCE, **vaulted}
    values = {variable(name): value for name, value in adopted.values.items()}
    names = [destination["Name"] for destination in adopted.destinations.values() if destination]
    text = "".join(
        (
            "---\n",
            comment(f"Adopted from the {'destinations' if len(names) > 1 else 'destination'} {' and '.join(names)}."),
            "\n",
            *(_entry(name, value) for name, value in values.items() if not isinstance(value, dict)),
            "\n# What the destinations hold in addition to what the role sets. What has no line here is removed.\n",
            *(_mapping(name, value, scalar) for name, value in values.items() if isinstance(value, dict)),
            "\n# Secrets are in vault.yml in this folder; vault.yml.example lists their names.\n",
            *(_reference(name, value) for name, value in vaulted.items()),
            _uploaded(certificate),
        )
    )
    entries = {value: PURPOSES[name] for name, value in vaulted.items() if isinstance(value, str)}
    for which, destination in adopted.destinations.items():
        properties = vaulted[variable(f"{which}_secret_properties")]
        entries |= {name: f"{key} of destination {destination['Name']}." for key, name in properties.items()}
    return {VARIABLES_FILE: text, "vault.yml.example": vault_example(entries)}


def scalar(text: str) -> str:
    """Return a text as YAML from which Ansible reads exactly that text."""
    return text if PLAIN.fullmatch(text) and text.lower() not in WORDS else _quoted(text)


def _quoted(text: str) -> str:
    # A text in JSON is one in YAML too, but for characters that YAML wants escaped.
    quoted = "".join(
        sign if _is_allowed(sign) else f"\\u{ord(sign):04x}" for sign in json.dumps(text, ensure_ascii=False)
    )
    return f"!unsafe {quoted}" if TEMPLATE.search(text) else quoted


def _is_allowed(sign: str) -> bool:
    return sign.isprintable() or ord(sign) > 0xFFFF


def _entry(name: str, value: str | None) -> str:
    if value is None:
        return f"# {name} is not known: no destination holds it. Set it here.\n"
    # Where one ID has to be in quotes, people expect them around all.
    return f"{name}: {_quoted(value) if name.endswith('_id') else scalar(value)}\n"


def _mapping(name: str, values: dict[str, str], write: t.Callable[[str], str]) -> str:
    lines = []
    for key, value in values.items():
        written = scalar(key)
        lines.append(
            f"  {written}: {write(value)}\n"
            if len(written) <= LONGEST_SIMPLE_KEY
            else f"  ? {written}\n  : {write(value)}\n"
        )
    return f"{name}:\n{''.join(lines)}" if lines else f"{name}: {{}}\n"


def _reference(name: str, value: t.Any) -> str:
    if isinstance(value, dict):
        return _mapping(name, value, _template)
    return f"{name}: {_template(value)}\n"


def _template(name: str) -> str:
    return f'"{{{{ {name} }}}}"'


def _uploaded(certificate: dict[str, t.Any] | None) -> str:
    """Return the variable with the uploaded certificates: empty, for FSM has no API that lists them."""
    lines = ["", comment(PURPOSES[UPLOADED])]
    if certificate is not None:
        until = (certificate["not_after"] or "an unknown date").partition("T")[0]
        lines += [
            "# Only the FSM Admin portal shows which these are. If it has the active trust certificate of this",
            f"# subaccount, valid until {until}, use the following line in place of the one below it.",
            f'# {UPLOADED}: ["{certificate["fingerprint"]}"]',
        ]
    return "\n".join([*lines, f"{UPLOADED}: []", ""])
