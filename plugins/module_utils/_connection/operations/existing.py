# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What operations demand of a primary destination that exists already. Pure: no I/O, no Ansible."""

from __future__ import annotations

from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.definition import SECONDARY_SUFFIX
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.state import State
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.subaccount import (
    foreign_host,
    is_primary,
    system_of,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._findings.catalog import Findings, finding


def unfit_findings(state: State, name: str) -> Findings:
    """Say why a destination is no primary one to FSM, tc.enabled aside."""
    own = state.destination(name)
    if own is None:
        reason = "there is no destination of this name"
    elif foreign_host(own):
        reason = f"it leads to {foreign_host(own)}"
    elif name.endswith(SECONDARY_SUFFIX) or own.get("tc.provider_type") != "FSM":
        reason = "its tc.provider_type is not FSM, or its name is that of a secondary destination"
    else:
        return []
    return [finding("primary_unfit", destination=name, reason=reason)]


def label_findings(state: State, *names: str) -> Findings:
    """Find destinations whose labels cannot be used, in which an operation would store what it has to remember."""
    return [
        finding("labels_not_available", destination=name, error=state.without_labels[name])
        for name in names
        if name in state.without_labels
    ]


def second_primaries(state: State, name: str) -> list[str]:
    """Return the names of other primary destinations to the FSM system of one that exists."""
    system = system_of(state.destination(name) or {})
    return sorted(
        one["Name"]
        for one in state.subaccount or ()
        if one["Name"] != name and is_primary(one) and system_of(one) == system
    )


def second_primary_findings(state: State, name: str) -> Findings:
    """Find other primary destinations to the FSM system of one that exists."""
    host, account_id, company_id = system_of(state.destination(name) or {})
    facts = {"host": host, "account_id": account_id, "company_id": company_id}
    return [finding("second_primary", destination=other, **facts) for other in second_primaries(state, name)]
