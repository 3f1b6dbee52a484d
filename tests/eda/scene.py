# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tests of the rulebook share."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

if t.TYPE_CHECKING:
    from eda.rulebook import Rulebook
    from landscape.landscape import Environment
    from rotating import Rotating


@dataclass
class Scene:
    """The rulebook, and the environments of its inventory by name of their host."""

    rulebook: Rulebook
    expiring: Rotating
    environments: dict[str, Environment]

    def subaccount(self, host: str) -> str:
        """Return the ID of an environment's subaccount, as events have it."""
        return self.environments[host].subaccount.id

    def state(self) -> dict[str, t.Any]:
        """Return everything that a run might have changed."""
        return {
            host: (
                dict(one.subaccount.destinations),
                dict(one.subaccount.instance_destinations),
                one.subaccount.trust.active,
                one.subaccount.trust.passive,
            )
            for host, one in self.environments.items()
        }
