# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options that the modules of a rotation share. Documented in the doc fragment ``rotation``."""

from __future__ import annotations

import typing as t

from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.fsm_cluster import cluster_host
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.module import Spec
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.public_file import CERTIFICATES, HOME, full_path

USUAL_NAME = "FSM"  # as the roles have it

# Raw, so that what was mistyped is reported in the words of a finding, with the name of the role's variable.
CONNECTION = Spec(
    {
        "environment_name": {"type": "raw"},
        "name": {"type": "raw", "default": USUAL_NAME},
        "url": {"type": "raw"},
        "account_id": {"type": "raw"},
        "certificate_dir": {"type": "path", "default": f"{HOME}/{CERTIFICATES}"},
    }
)
ROTATION = Spec(
    {
        "connection": CONNECTION.as_option(required=True),
        "uploaded_certificates": {"type": "raw"},
        "user_token": {"type": "str", "no_log": True},
    }
)


def name_of(connection: t.Mapping[str, t.Any]) -> str:
    """Return the name of the primary destination; one that is blank, as a survey leaves it, is not set."""
    return str(connection["name"] or "").strip() or USUAL_NAME


def facts_of(connection: t.Mapping[str, t.Any], secondary: str) -> dict[str, t.Any]:
    """Return what the texts of findings name of a connection."""
    return {
        "environment": str(connection["environment_name"] or name_of(connection)),
        "name": name_of(connection),
        "secondary": secondary,
        "host": cluster_host(str(connection["url"] or "")),
        "account_id": connection["account_id"],
        # What is blank was not set.
        "directory": full_path(connection["certificate_dir"] or f"{HOME}/{CERTIFICATES}"),
    }
