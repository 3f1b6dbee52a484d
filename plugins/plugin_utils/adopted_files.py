# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The files that an adopted environment gets in the inventory. Pure: no I/O, no Ansible."""

from __future__ import annotations

import re
import typing as t

import yaml

from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.vault_example import (
    comment,
    purpose,
    vault_example,
)

SERVICE_KEY = "fsm_destination_service_key"
# What Ansible would take for a template.
TEMPLATE = re.compile(r"\{\{|\{%|\{#")


class _Reference(str):
    """The name of a variable that stands elsewhere."""

    __slots__ = ()


class _Dumper(yaml.SafeDumper):
    """Writes texts so that Ansible reads back what they are: digits in quotes, nothing evaluated."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        """Indent lists below their key."""
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: t.Any) -> bool:
        """Write everything out."""
        return True


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    # Some of Ansible's own kinds of text come back from every method of theirs; the emitter needs ordinary ones.
    text = str.__str__(text)
    tag = "!unsafe" if TEMPLATE.search(text) else "tag:yaml.org,2002:str"
    return dumper.represent_scalar(tag, text, style=None if _is_plain(text) else '"')


def _represent_reference(dumper: yaml.SafeDumper, name: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", f"{{{{ {name} }}}}", style='"')


def _is_plain(text: str) -> bool:
    """Tell whether a text needs no quotes; what begins like a number gets some even where YAML would do without."""
    try:
        return text[:1].isalpha() and "\n" not in text and yaml.safe_load(text) == text
    except yaml.YAMLError:
        return False


_Dumper.add_representer(str, _represent_text)
# Ansible's own kinds of text.
_Dumper.add_multi_representer(str, _represent_text)
_Dumper.add_representer(_Reference, _represent_reference)


def environment_files(
    adopted: dict[str, t.Any],
    certificate: dict[str, t.Any] | None,
    options: dict[str, dict[str, t.Any]],
    with_service_key: bool,
) -> dict[str, str]:
    """Return name to text of the files that take a pair of destinations into the inventory.

    :param adopted: as adoption.adopt returns it
    :param certificate: the active trust certificate as fsm_trust_cert_info reports it, or None
    :param options: of the role, with their descriptions
    :param with_service_key: whether the inventory does not have the service key yet
    """
    secrets = adopted["secrets"]
    if with_service_key:
        secrets = {SERVICE_KEY: f"vault_{SERVICE_KEY}", **secrets}
    variables = adopted["variables"]
    additional = {name: value for name, value in variables.items() if isinstance(value, dict)}
    names = [destination["Name"] for destination in adopted["found"].values() if destination]
    text = (
        "---\n"
        + comment(f"Taken over from the {'destinations' if len(names) > 1 else 'destination'} {' and '.join(names)}.")
        + "\n"
        + _dumped({name: value for name, value in variables.items() if name not in additional})
        + "\n# What the destinations hold beside what the role sets itself. Without a line here, it would be removed.\n"
        + _dumped(additional)
        + "\n# Secrets stand in vault.yml beside this file; vault.yml.example shows their names.\n"
        + _dumped({name: _referring(value) for name, value in secrets.items()})
        + _uploaded(certificate, options)
    )
    entries = {value: purpose(options[option]) for option, value in secrets.items() if isinstance(value, str)}
    for role, destination in adopted["found"].items():
        vaulted = secrets.get(f"fsm_{role}_secret_properties", {})
        entries |= {name: f"{key} of destination {destination['Name']}." for key, name in vaulted.items()}
    return {"main.yml": text, "vault.yml.example": vault_example(entries)}


def _referring(value: t.Any) -> t.Any:
    return _Reference(value) if isinstance(value, str) else {key: _Reference(name) for key, name in value.items()}


def _uploaded(certificate: dict[str, t.Any] | None, options: dict[str, dict[str, t.Any]]) -> str:
    """Return the variable with the uploaded certificates: a suggestion, for only the operator can know.

    FSM has no API that lists them, and that users can act on tasks today was not seen by anyone here.
    """
    text = f"\n# {purpose(options['fsm_uploaded_certificates'])}\n"
    if certificate is None:
        return text + "fsm_uploaded_certificates: []\n"
    return (
        text
        + "# Nothing tells which these are but the FSM Admin portal. If it has the active trust certificate of this\n"
        + f"# subaccount, valid until {certificate['not_after'] or 'an unknown date'}, uncomment its line.\n"
        + "fsm_uploaded_certificates:\n"
        + f'#  - "{certificate["fingerprint"]}"\n'
    )


def _dumped(variables: dict[str, t.Any]) -> str:
    return yaml.dump(
        variables, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=10**6, default_flow_style=False
    )
