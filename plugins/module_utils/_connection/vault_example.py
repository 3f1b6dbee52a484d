# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The example of an environment's vaulted file: the secrets that its inventory refers to, explained."""

from __future__ import annotations

import re
import typing as t

# What the variables of an adopted environment are for, in the first words of the role's documentation of them.
PURPOSES = {
    "fsm_destination_service_key": (
        "Service key of a Destination Service instance (plan lite) in the subaccount of SAP Task Center, as a mapping, "
        "JSON text or absolute path of a file."
    ),
    "fsm_client_secret": "Client secret, generated in FSM Admin.",
    "fsm_uploaded_certificates": (
        "SHA-256 fingerprints of the trust certificates that an administrator has uploaded in the FSM Admin portal."
    ),
}
HEAD = """\
---
# Copy to vault.yml, fill in, and encrypt: ansible-vault encrypt vault.yml
"""


def vault_example(entries: dict[str, str]) -> str:
    """Return the text of the file.

    :param entries: name of a vaulted variable to what it is for
    """
    return HEAD + "".join(f"\n{comment(text)}\n{name}:\n" for name, text in entries.items())


def comment(text: str) -> str:
    """Return a text as a comment of YAML: in one line, or the rest would be read as YAML."""
    return f"# {''.join(sign for sign in ' '.join(text.split()) if sign.isprintable())}"


def purpose(option: dict[str, t.Any]) -> str:
    """Return what an option of the role is for, in the first words of its description, without markup."""
    description = option["description"]
    return re.sub(r"[COV]\(([^)]*)\)", r"\1", description if isinstance(description, str) else description[0])
