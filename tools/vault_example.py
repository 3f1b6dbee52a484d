# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write the example of every environment's vaulted file: the secrets that the example inventory refers to, explained.

Usage: PYTHONPATH=.work/tree python tools/vault_example.py
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import yaml

from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.vault_example import (
    purpose,
    vault_example,
)

ROOT = Path(__file__).resolve().parent.parent
INVENTORIES = ROOT / "examples" / "inventories"
SHARED = INVENTORIES / "group_vars" / "fsm_environments" / "main.yml"
SPEC = ROOT / "roles" / "fsm" / "meta" / "argument_specs.yml"


def vaulted_variables() -> dict[str, str]:
    """Return the variables that the inventory takes from vaulted files, by the role's option that they are for."""
    return dict(re.findall(r'^(\w+): "\{\{ (vault_\w+) \}\}"$', SHARED.read_text(encoding="utf-8"), re.MULTILINE))


def example() -> str:
    """Return the text of the example file."""
    options = yaml.safe_load(SPEC.read_text(encoding="utf-8"))["argument_specs"]["main"]["options"]
    variables = vaulted_variables().items()
    return vault_example({variable: purpose(options[option]) for option, variable in variables})


def main() -> int:
    """Write one example per environment."""
    for folder in sorted((INVENTORIES / "host_vars").iterdir()):
        (folder / "vault.yml.example").write_text(example(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
