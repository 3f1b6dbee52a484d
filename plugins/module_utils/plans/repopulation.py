# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How Task Center is made to fill its task cache anew, whatever was done of it before. Pure: no I/O, no Ansible.

Source: SAP Task Center administration guide, "Repopulate the Task Cache": remove tc.enabled, wait until the connector
is gone, add it again, wait until the connector is back.
"""

from __future__ import annotations

from dataclasses import dataclass

from ansible_collections.btp_ops.task_center.plugins.module_utils.plans.switch_memory import (
    ENABLED,
    Labels,
    Memory,
    recall,
)

LABEL = "fsm-repopulation"
REMOVING, RESTORING = "removing", "restoring"


@dataclass(frozen=True)
class Repopulation:
    """What is left to do, each step harmless when it was done before.

    :param value: that tc.enabled has in the end
    :param removes: whether tc.enabled has to go first; False when the connector was gone already
    """

    value: str
    removes: bool

    @property
    def memory(self) -> dict[str, list[str]]:
        """The values of the label, by phase."""
        return {phase: Memory(phase, self.value).values() for phase in (REMOVING, RESTORING)}


def plan_repopulation(destination: dict[str, str], labels: Labels) -> Repopulation | None:
    """Decide what is left to do.

    ========== =========== ====================================================================
    tc.enabled label       what was done before
    ========== =========== ====================================================================
    present    none        nothing
    any        removing    the value is remembered; the property may be gone, the connector too
    absent     restoring   the connector was gone
    present    restoring   the property stands again; the connector may not
    ========== =========== ====================================================================

    :return: None when tc.enabled is absent and no label remembers its value
    """
    memory = recall(labels, LABEL, (REMOVING, RESTORING))
    # Whoever has set it since the memory was made knew better: the operator, or Task Center itself after an hour
    # without a token.
    value = destination.get(ENABLED, memory.value if memory else None)
    return None if value is None else Repopulation(value, removes=memory is None or memory.phase == REMOVING)
