# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What environments of an inventory must not do to each other: each alone may be right. Pure: no I/O, no Ansible.

The hosts of an inventory run at the same time, so none of them sees in the subaccount what another is about to write.
"""

from __future__ import annotations

import typing as t
from collections import defaultdict

from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.subaccount import system_of
from ansible_collections.btp_ops.task_center.plugins.module_utils._findings.catalog import Findings, finding

Check = dict[str, t.Any]
Environment = dict[str, t.Any]


def _account(one: Environment) -> tuple[str, str]:
    return system_of(one["primary"])[:2]


KINDS: tuple[tuple[str, t.Callable[[Environment], t.Any], t.Callable[[Environment], t.Any]], ...] = (
    # What two environments have in common, and in what they must not differ then.
    (
        "second_primary_in_inventory",
        lambda one: (one["subaccount"], system_of(one["primary"])) if one["subaccount"] else None,
        lambda one: one["primary"]["Name"],
    ),
    (
        "name_shared_in_inventory",
        lambda one: (one["subaccount"], one["primary"]["Name"]) if one["subaccount"] else None,
        lambda one: system_of(one["primary"]),
    ),
    # Each account of FSM has SAML metadata of its own.
    ("audience_of_other_environment", lambda one: one.get("audience") if all(_account(one)) else None, _account),
)


def conflicts(checks: list[Check], others: t.Sequence[Environment] = ()) -> dict[str, Findings]:
    """Compare the environments of one run with each other, and with what is known of others of the inventory.

    :param checks: results of M(btp_ops.task_center.fsm_connection_info): of those that connect something, ``connects``
        identifies the subaccount and the primary destination
    :param others: like ``connects``, of environments that are no part of the run, with an empty ``subaccount``
    :return: the findings by ``check_id``, for each check that has one
    """
    results: dict[str, Findings] = {check["check_id"]: [] for check in checks if check.get("check_id")}
    environments = [{**check["connects"], "check_id": check["check_id"]} for check in checks if check.get("connects")]
    for finding_id, common, distinct in KINDS:
        groups: dict[t.Any, list[Environment]] = defaultdict(list)
        for one in (*environments, *others):
            if common(one):
                groups[common(one)].append(one)
        for group in groups.values():
            for one in group:
                other = next((two for two in group if distinct(two) != distinct(one)), None)
                if other and one.get("check_id"):
                    results[one["check_id"]].append(_conflict(finding_id, one, other))
    return results


def _conflict(finding_id: str, one: Environment, other: Environment) -> dict[str, str]:
    host, account_id, company_id = system_of(other["primary"])
    return finding(
        finding_id,
        environment=other["environment"],
        name=one["primary"]["Name"],
        other_name=other["primary"]["Name"],
        audience=one.get("audience"),
        host=host,
        account_id=account_id,
        company_id=company_id,
    )
