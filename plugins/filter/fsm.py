# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hands the checks and decisions behind the roles to Ansible as filters; each is documented in a file of its name.

One file for all: Ansible loads every file of this folder again for each task that uses any filter of it.
"""

from __future__ import annotations

import contextlib
import json
import typing as t
from datetime import datetime, timezone

from ansible.errors import AnsibleError
from ansible.module_utils.parsing.convert_bool import boolean
from jinja2.exceptions import UndefinedError

from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.fsm_cluster import cluster_host
from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.service_key import (
    read_service_key,
    read_task_center_key,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection import audit, rules
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection import rotation_summary as fleet
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection import summary as operations
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.conflicts import conflicts
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.definition import SECONDARY_SUFFIX, define
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.operations.rotate_secret import of_client
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.variables import read_variables
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.errors import InputError
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.given_values import is_blank
from ansible_collections.btp_ops.task_center.plugins.module_utils._findings.catalog import Findings
from ansible_collections.btp_ops.task_center.plugins.module_utils._report.model import (
    Result,
    report_of,
    shown_moment,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._report.results import (
    compared_result,
    rotation_result,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._report.schema import AUDIT
from ansible_collections.btp_ops.task_center.plugins.plugin_utils._plain_values import plain
from ansible_collections.btp_ops.task_center.plugins.plugin_utils._untrusted import untrusted

DECLARED = ("url", "account_id", "audience")
USUAL_NAME = "FSM"  # the role's default, which no other host of the inventory shows


def destinations(connection: t.Any) -> dict[str, t.Any]:
    """Return both destinations as the role's variables describe them, and what else the tasks that write them need."""
    given = plain(connection)
    # JSON text where ansible-core does not make a mapping of it.
    values, _findings = read_variables(json.loads(given) if isinstance(given, str) else given)
    user_token = None if is_blank(values["user_token"]) else str(values["user_token"])
    pair = {
        which: {
            "name": definition.name,
            "properties": _literal(definition.properties),
            "secret_properties": _literal(definition.secrets),
            "client_properties": of_client(definition)[0],
            "client_secret_properties": of_client(definition)[1],
        }
        for which, definition in define(values).items()
    }
    return {
        **pair,
        "update_secrets": values["update_secrets"],
        "user_token": user_token,
        "secret_names": sorted({name for one in pair.values() for name in one["secret_properties"]}),
        "upload": {
            "declared": values["uploaded_certificates"],
            "gate": values["upload_gate"],
            "url": str(values["url"] or ""),
            "account_id": str(values["account_id"] or ""),
        },
    }


def _literal(properties: dict[str, t.Any]) -> dict[str, t.Any]:
    """Return properties without a number such as infinity: before ansible-core 2.19, a mapping with one becomes text.

    The check refuses it, and whatever else is no text.
    """
    return {key: str(value) if isinstance(value, float) else value for key, value in properties.items()}


def inventory_conflicts(
    checks: list[dict[str, t.Any]], hosts: t.Iterable[t.Mapping[str, t.Any]] = ()
) -> dict[str, Findings]:
    """Return what environments of one run do to each other, and what they have of others of the inventory.

    :param hosts: variables of these others; what Ansible cannot read of them counts as not set
    """
    connected = [host for host in hosts if _read(lambda host=host: str(host.get("fsm_state")), "") != "absent"]  # type: ignore[misc]
    return conflicts(plain(list(checks)), [_declared(host) for host in connected])


def _declared(host: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """Return which FSM account an environment names, without a look at it."""
    values = {name: _read(lambda name=name: str(host.get(f"fsm_{name}") or "").strip(), "") for name in DECLARED}  # type: ignore[misc]
    primary = {"Name": "", "URL": values["url"], "URL.headers.X-Account-ID": values["account_id"]}
    return {
        "environment": str(host["inventory_hostname"]),
        "subaccount": "",
        "primary": primary,
        "audience": values["audience"],
    }


def audit_summary(
    checks: dict[str, dict[str, t.Any] | None],
    run: str = AUDIT,
    start_days: t.Mapping[str, t.Any] | None = None,
    hosts: t.Iterable[t.Mapping[str, t.Any]] = (),
) -> t.Any:
    """Return the summary, dated with the present moment; what others wrote into a destination is no template.

    :param run: what was run, an audit or a check
    :param start_days: the variable fsm_rotation_start_days, by environment
    :param hosts: variables of environments that are no part of the run
    """
    found = inventory_conflicts([check for check in plain(checks).values() if check], hosts)
    reports = {name: audit.whole(_report(check, found)) for name, check in plain(checks).items()}
    now, days = shown_moment(datetime.now(timezone.utc)), plain(start_days or {})
    results = [compared_result(name, run, report, now, days.get(name)) for name, report in reports.items()]
    return untrusted({**audit.summary(reports), **_reported(results, now)})


def _reported(results: list[Result], now: str) -> dict[str, t.Any]:
    """Return the report that results make, and the certificates that have to be uploaded, by environment."""
    waiting = {one["environment"]: one["to_upload"] for one in results if one["to_upload"]}
    return {"report": report_of(results, now), "to_upload": waiting}


def _report(check: dict[str, t.Any] | None, found: dict[str, Findings]) -> dict[str, t.Any] | None:
    """Return the report of an environment with its conflicts; of one whose check failed, why."""
    if check and check.get("unreachable"):
        return {"message": f"{fleet.UNREACHABLE} What to do: {fleet.REACH}."}
    if not check or "audit" not in check:
        return {"message": check["msg"]} if check and check.get("msg") else None
    return audit.with_findings(check["audit"], found.get(check["check_id"], []))


def summary(hosts: t.Iterable[t.Mapping[str, t.Any]]) -> t.Any:
    """Return what came of an operation in all environments; what services answered is no template."""
    return untrusted(
        operations.summary(
            (
                str(host["inventory_hostname"]),
                plain(host.get("fsm_connection") or host.get("fsm_adoption") or {}),
                plain(host.get("fsm_failure") or {}),
            )
            for host in hosts
        )
    )


def shared_subaccounts(hosts: t.Iterable[t.Mapping[str, t.Any]]) -> t.Any:
    """Return, for each host of an inventory, the others of the same subaccount, and those of an unknown one.

    Unknown is the subaccount of a host whose service key or name Ansible cannot read, for instance for want of a vault
    password. What else it cannot read counts as not declared.
    """
    all_of_them = [_environment(host) for host in hosts]
    keys = {one["environment"]: one.pop("subaccount") for one in all_of_them}

    def shared(name: str) -> list[dict[str, t.Any]]:
        others = [one for one in all_of_them if one["environment"] != name]
        same = [{**one, "known": True} for one in others if keys[name] and keys[one["environment"]] == keys[name]]
        return same + [{**one, "known": False} for one in others if keys[one["environment"]] is None]

    return untrusted({name: shared(name) for name in keys})


def _environment(host: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    secondary = _read(lambda: f"{host.get('fsm_name') or USUAL_NAME}{SECONDARY_SUFFIX}", "")
    # One without a name of destinations is as unknown as one without a service key.
    key = _read(lambda: subaccount(host.get("fsm_destination_service_key")), None) if secondary else None
    return {
        "environment": str(host["inventory_hostname"]),
        "subaccount": key,
        "uploaded": _read(lambda: plain(rules.listed(host.get("fsm_uploaded_certificates"))), []),
        "secondary": secondary,
        "host": _read(lambda: cluster_host(str(host.get("fsm_url") or "")), ""),
        "account_id": _read(lambda: str(host.get("fsm_account_id") or "").strip(), ""),
        "retire_unverified": _read(
            lambda: boolean(host.get("fsm_rotation_retire_unverified") or False, strict=False), False
        ),
    }


def _read(value: t.Callable[[], t.Any], unknown: t.Any) -> t.Any:
    """Return a variable of another host, or a replacement where Ansible cannot read it or it is none that is meant."""
    try:
        return value()
    except (AnsibleError, UndefinedError, TypeError):
        # The second since ansible-core 2.19, which hands over what is undefined and objects only to its use.
        return unknown


def rotation_summary(hosts: t.Iterable[t.Mapping[str, t.Any]]) -> t.Any:
    """Return the summary, dated with the present moment; what services answered is no template."""
    rows, fail_when, days, uploaded = [], {}, {}, {}
    for host in hosts:
        name = str(host["inventory_hostname"])
        report = plain(host.get("fsm_rotation_state") or {})
        rows.append(fleet.row_of(name, report, plain(host.get("fsm_rotation_failure") or "")))
        fail_when[name] = _read(lambda host=host: plain(host.get("fsm_rotation_fail_when")), None)  # type: ignore[misc]
        uploaded[name] = _read(lambda host=host: plain(host.get("fsm_uploaded_certificates") or []), None)  # type: ignore[misc]
        days[name] = _read(lambda host=host: plain(host.get("fsm_rotation_start_days")), None)  # type: ignore[misc]
    now = datetime.now(timezone.utc)
    results = [
        rotation_result(row, shown_moment(now), days[row["environment"]], uploaded[row["environment"]]) for row in rows
    ]
    return untrusted({**fleet.summary(rows, fail_when, now), **_reported(results, shown_moment(now))})


def subaccount(service_key: t.Any) -> str:
    """Return the host of the token service; nothing for what is no service key, which is reported elsewhere."""
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
            "fsm_audit_summary": audit_summary,
            "fsm_conflicts": inventory_conflicts,
            "fsm_destinations": destinations,
            "fsm_rotation_summary": rotation_summary,
            "fsm_shared_subaccounts": shared_subaccounts,
            "fsm_summary": summary,
        }
