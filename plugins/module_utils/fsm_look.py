# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What FSM says of the client and the metadata that a pair of destinations names."""

from __future__ import annotations

import typing as t

from ansible_collections.btp_ops.task_center.plugins.module_utils.clients.fsm import Fsm
from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm_questions import (
    base_url,
    client_facts,
    metadata_facts,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils.options import open_http
from ansible_collections.btp_ops.task_center.plugins.module_utils.shell import Environ
from ansible_collections.btp_ops.task_center.plugins.module_utils.side_by_side import Answer, asked

CLIENT = "clientId"
SECRET = "clientSecret"  # noqa: S105 - the name of the property
AUDIENCE = "audience"
ACCOUNT = "URL.headers.X-Account-ID"
COMPANY = "URL.headers.X-Company-ID"


def look_at_fsm(params: dict[str, t.Any], environ: Environ) -> dict[str, Answer]:
    """Ask FSM what it is to be asked; whoever cannot be asked answers with C(failed) and C(msg).

    :param params: options of M(btp_ops.task_center.fsm_connection_info)
    :param environ: environment variables of the task
    :return: ``client`` and ``metadata``, empty where it is not to be asked
    """
    http, wanted = open_http(params, environ), params["destinations"]
    primary = wanted["primary"]

    def client() -> Answer:
        fsm = Fsm(http, base_url("URL", primary["URL"]))
        credentials = primary[CLIENT], wanted["primary_secrets"][SECRET]
        return client_facts(fsm, credentials, primary[ACCOUNT], primary[COMPANY], ask_accounts_api=True)

    def metadata() -> Answer:
        audience = wanted["secondary"][AUDIENCE]
        return metadata_facts(http, AUDIENCE, audience, audience)

    return {
        "client": asked(client) if params["check_client"] else {},
        "metadata": asked(metadata) if params["check_metadata"] else {},
    }
