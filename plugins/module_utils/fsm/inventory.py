# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What environments of one run must not do to each other: each alone may be right. Pure: no I/O, no Ansible.

The hosts of an inventory run side by side, so none of them sees in the subaccount what another one is about to write.
"""

from __future__ import annotations

import typing as t
from collections import defaultdict

from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.findings import found
from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.subaccount import system_of

Environment = dict[str, t.Any]

CLASHES = (
    # What two environments of one subaccount have in common, and in what they must not differ then.
    ("second_primary_in_inventory", lambda one: system_of(one["primary"]), lambda one: one["primary"]["Name"]),
    ("name_shared_in_inventory", lambda one: one["primary"]["Name"], lambda one: system_of(one["primary"])),
)


def inventory_findings(environments: list[Environment]) -> dict[str, list[dict[str, str]]]:
    """Check the environments of one run against each other.

    :param environments: each with ``environment``, its name in the inventory; ``subaccount``, what identifies that; and
        ``primary``, the primary destination as it is to stand, by JSON key
    :return: environment to its findings, for those that have some
    """
    results: dict[str, list[dict[str, str]]] = defaultdict(list)
    for finding_id, common, distinct in CLASHES:
        groups: dict[t.Any, list[Environment]] = defaultdict(list)
        for one in environments:
            groups[one["subaccount"], common(one)].append(one)
        for group in groups.values():
            for one in group:
                other = next((two for two in group if distinct(two) != distinct(one)), None)
                if other:
                    results[one["environment"]].append(_told(finding_id, one, other))
    return dict(results)


def _told(finding_id: str, one: Environment, other: Environment) -> dict[str, str]:
    host, account_id, company_id = system_of(other["primary"])
    return found(
        finding_id,
        environment=other["environment"],
        name=one["primary"]["Name"],
        other_name=other["primary"]["Name"],
        host=host,
        account_id=account_id,
        company_id=company_id,
    )
