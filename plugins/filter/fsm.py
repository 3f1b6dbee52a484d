# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hands the checks and decisions behind the roles to Ansible as filters; each is documented in a file of its name.

One file for all: Ansible loads every file of this folder anew for each task that uses any filter of it.
"""

from __future__ import annotations

import contextlib
import typing as t
from datetime import datetime, timezone

from ansible.errors import AnsibleError
from ansible.module_utils.parsing.convert_bool import boolean
from jinja2.exceptions import UndefinedError

from ansible_collections.btp_ops.task_center.plugins.module_utils.certificate import normal_fingerprint
from ansible_collections.btp_ops.task_center.plugins.module_utils.errors import InputError
from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm import adoption, audit, operating, rotation, rules
from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.findings import found
from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.inventory import inventory_findings
from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.proof import proof_findings
from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.rules import SECONDARY_SUFFIX
from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.subaccount import removal_findings, trust_findings
from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.tables import PAIR, Tables, reserved
from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.tables import destinations as described
from ansible_collections.btp_ops.task_center.plugins.module_utils.plans.rotation import Settings
from ansible_collections.btp_ops.task_center.plugins.module_utils.plans.rotation_memory import change_named
from ansible_collections.btp_ops.task_center.plugins.module_utils.service_key import (
    read_service_key,
    read_task_center_key,
)
from ansible_collections.btp_ops.task_center.plugins.plugin_utils.adopted_files import environment_files
from ansible_collections.btp_ops.task_center.plugins.plugin_utils.plain_values import plain
from ansible_collections.btp_ops.task_center.plugins.plugin_utils.service_key_variables import read_variables
from ansible_collections.btp_ops.task_center.plugins.plugin_utils.untrusted import untrusted

Findings = list[dict[str, str]]
USUAL_NAME = "FSM"  # the role's default, which no other host of the inventory shows


def adopted(
    destinations: list[dict[str, str]],
    tables: Tables,
    source: str,
    name: str = "",
) -> t.Any:
    """Return the variables for a pair of destinations; what others wrote into a destination is no template."""
    return untrusted(adoption.adopt(destinations, tables, name, source))


def adopted_files(
    adopted: dict[str, t.Any],
    options: dict[str, dict[str, t.Any]],
    certificate: dict[str, t.Any] | None = None,
    with_service_key: bool = False,
) -> t.Any:
    """Return the files; what others wrote into a destination is no template."""
    return untrusted(environment_files(plain(adopted), certificate, options, with_service_key))


def adoption_findings(
    adopted: dict[str, t.Any],
    tables: Tables | None = None,
    secrets_known: bool = True,
    files: dict[str, str] | None = None,
    standing: dict[str, str] | None = None,
    hidden: t.Sequence[str] = (),
    overwrite: bool = False,
) -> Findings:
    """Return the findings of an adoption: of its first run, and of the files that it writes."""
    results = adoption.first_run_findings(adopted, tables, secrets_known) if tables else []
    return results + adoption.file_findings(files or {}, standing or {}, list(hidden), overwrite)


def audit_report(
    compared: dict[str, dict[str, t.Any]],
    certificate: dict[str, t.Any] | None = None,
    findings: Findings | None = None,
    uploaded: t.Any = (),
    wanted: bool = True,
) -> t.Any:
    """Return the report of an environment; what others wrote into a destination is no template."""
    return untrusted(audit.environment_report(compared, certificate, findings or [], uploaded, wanted))


def audit_summary(reports: dict[str, dict[str, t.Any] | None]) -> t.Any:
    """Return the summary, dated with the present moment; what others wrote into a destination is no template."""
    return untrusted(audit.summary(reports, datetime.now(timezone.utc)))


def connector_findings(answer: dict[str, t.Any], name: str, value: str | None, waited: t.Any = 0) -> t.Any:
    """Return the findings of a connector that has to be gone, or (with a value) back."""
    if value is None:
        return operating.gone_findings(answer, name, waited)
    return operating.back_findings(answer, name, value)


def input_findings(
    given: dict[str, t.Any],
    tables: Tables | None = None,
    only_name: bool = False,
    service_keys: dict[str, t.Any] | None = None,
    on_controller: bool = False,
) -> t.Any:
    """Return the findings of the given variables."""
    findings: Findings = []
    if service_keys is not None:
        subaccounts, findings = read_variables(service_keys, on_controller)
        given = {**given, "subaccounts": subaccounts}
    own = reserved(tables) if tables else {}
    others = rules.operation_input_findings(given) if only_name else rules.input_findings(given, own)
    # Of a connection that is not wanted nothing else counts.
    return others if any(one["id"] == "not_to_be_connected" for one in others) else others + findings


def connection(outcome: dict[str, t.Any], environment: str, name: str, words: dict[str, str]) -> dict[str, str | int]:
    """Return how a run leaves an environment, as a row of a table."""
    proofs, certificate = outcome["proofs"], outcome["certificate"] or {}
    proven = [which for which in PAIR if "token" in proofs[which]]
    # Without findings, whatever was asked has been proven.
    proven += ["Task Center"] if proofs["task_center"].get("reached") else []
    return {
        "environment": environment,
        "primary": f"{name} {words[outcome['primary']['action']]}",
        "secondary": f"{name}{SECONDARY_SUFFIX} {words[outcome['secondary']['action']]}",
        "proven": ", ".join(proven) or "-",
        "certificate": certificate.get("fingerprint", "-")[:11],
        "days left": certificate.get("days_left") or "-",
    }


def destinations(tables: Tables, given: dict[str, t.Any], additions: bool = False) -> dict[str, dict[str, t.Any]]:
    """Return the destinations that the role's variables describe."""
    # Vaulted text is no str before ansible-core 2.19.
    return described(plain(tables), plain(given), additions)


def one_finding(finding: str, facts: dict[str, t.Any]) -> dict[str, str]:
    """Return a finding with its facts; of what services answered, the text sets the full stop."""
    answers = {name: str(facts.get(name, "")).rstrip(".") for name in ("error", "reason")}
    return found(finding, None, **{**facts, **answers})


def rotation_plan(
    trust: dict[str, t.Any],
    secondary: list[dict[str, t.Any]],
    labels: dict[str, dict[str, list[str]]],
    destinations: list[dict[str, t.Any]] | None = None,
    uploaded: t.Any = (),
    settings: dict[str, t.Any] | None = None,
    facts: dict[str, t.Any] | None = None,
    done: t.Sequence[str] = (),
    retired: str | None = None,
    neighbours: t.Sequence[dict[str, t.Any]] = (),
    neighbour_labels: dict[str, dict[str, list[str]]] | None = None,
    preview: bool = False,
    now: str | None = None,
) -> dict[str, t.Any]:
    """Return the decision for a moment, by default the present one."""
    wanted = dict(settings or {})
    for name in ("replace", "discard"):
        wanted[name] = normal_fingerprint(wanted[name]) if wanted.get(name) else None
    wanted["retry"] = change_named(wanted.get("retry") or "")
    standing = secondary[0] if secondary else None
    reading = rotation.Reading(
        active=trust["active"],
        passive=trust["passive"],
        secondary=standing,
        labels=labels.get(standing["Name"]) or {} if standing else {},
        destinations=destinations or [],
        done=list(done),
        retired=retired,
        neighbours=[{**one, "labels": (neighbour_labels or {}).get(one["environment"])} for one in neighbours],
    )
    moment = datetime.fromisoformat(now) if now else datetime.now(timezone.utc)
    return rotation.judge(reading, uploaded, Settings(**wanted), preview, facts or {}, moment)


def rotation_neighbours(hosts: t.Iterable[t.Mapping[str, t.Any]]) -> list[dict[str, t.Any]]:
    """Return what the hosts of an inventory have to do with each other.

    Of a host whose service key or name cannot be told, for instance for want of a vault password, the subaccount is
    None. What else cannot be told counts as not declared.
    """
    return [_neighbour(host) for host in hosts]


def _neighbour(host: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    secondary = _told(lambda: f"{host.get('fsm_name') or USUAL_NAME}{SECONDARY_SUFFIX}", "")
    # Whoever cannot be asked by the name of a destination is as unknown as one without a service key.
    key = _told(lambda: subaccount(host.get("fsm_destination_service_key")), None) if secondary else None
    return {
        "environment": str(host["inventory_hostname"]),
        "subaccount": key,
        "uploaded": _told(lambda: plain(host.get("fsm_uploaded_certificates") or []), []),
        "secondary": secondary,
        "retire_unproven": _told(lambda: boolean(host.get("fsm_rotation_retire_unproven") or False), False),
    }


def _told(value: t.Callable[[], t.Any], unknown: t.Any) -> t.Any:
    """Return a variable of another host, or what stands for it where Ansible cannot tell it."""
    try:
        return value()
    except (AnsibleError, UndefinedError):
        # The latter since ansible-core 2.19, which hands over what is undefined and objects only to its use.
        return unknown


def rotation_summary(rows: list[dict[str, t.Any]], fail_when: t.Any = ()) -> dict[str, t.Any]:
    """Return the summary, dated with the present moment."""
    return rotation.summary(rows, fail_when, datetime.now(timezone.utc))


def subaccount(service_key: t.Any) -> str:
    """Return the host of the token service; nothing for what is no service key, which is told elsewhere."""
    # A vaulted text is no str of its own before ansible-core 2.19.
    value = service_key if isinstance(service_key, dict) else str(service_key or "")
    for read in (lambda: read_service_key({"service_key": value}), lambda: read_task_center_key(value)):
        with contextlib.suppress(InputError):
            return read().tenant_host
    return ""


class FilterModule:
    """Hands the filters to Ansible."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        """Return the filters by their names."""
        return {
            "fsm_adopted": adopted,
            "fsm_adopted_files": adopted_files,
            "fsm_adoption_findings": adoption_findings,
            "fsm_audit": audit_report,
            "fsm_audit_summary": audit_summary,
            "fsm_connection": connection,
            "fsm_connector_findings": connector_findings,
            "fsm_destinations": destinations,
            "fsm_finding": one_finding,
            "fsm_input_findings": input_findings,
            "fsm_inventory_findings": inventory_findings,
            "fsm_operation_findings": operating.operation_findings,
            "fsm_proof_findings": proof_findings,
            "fsm_removal_findings": removal_findings,
            "fsm_rename_plan": operating.renaming,
            "fsm_repopulation_plan": operating.repopulation,
            "fsm_rotation_input_findings": rotation.input_findings,
            "fsm_rotation_neighbours": rotation_neighbours,
            "fsm_rotation_plan": rotation_plan,
            "fsm_rotation_summary": rotation_summary,
            "fsm_secret_findings": operating.secret_findings,
            "fsm_subaccount": subaccount,
            "fsm_trust_findings": trust_findings,
        }
