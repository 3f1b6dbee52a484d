# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of what the modules support."""

from __future__ import annotations


class ModuleDocFragment:
    """Attributes of modules that write, of those that only read, and of those that need a group of their own."""

    DOCUMENTATION = r"""
options: {}
attributes:
  check_mode:
    description: Predicts the result without changing anything.
    support: full
  diff_mode:
    description: Shows what changes, or would change, key by key; of a secret only that it differs.
    support: full
  idempotent:
    description: A second run with the same options changes nothing.
    support: full
"""

    INFO = r"""
options: {}
attributes:
  check_mode:
    description: Only reads.
    support: full
  diff_mode:
    description: Only reads, so there is nothing to show.
    support: N/A
  idempotent:
    description: Only reads.
    support: full
"""

    # Of modules that are not in the group `btp`: they know no service key of the Destination Service.
    ALL_GROUP = r"""
options: {}
attributes:
  action_group:
    description: Use C(group/btp_ops.task_center.all) in C(module_defaults) to set the options for TLS and timeouts for
      all modules of the collection.
    support: full
    membership:
      - btp_ops.task_center.all
"""
