# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""SAP's Python client (sap-cloud-sdk) in a loop over all environments, as its users write it.

It has no call for the subaccount's trust certificate, so that it reads (and, where needed, writes) the destinations
only. A program of its own (``python -m benchmark.sdk PLAN``) that runs in the environment of the judges.
"""

from __future__ import annotations

import json
import sys
import typing as t
import warnings
from pathlib import Path

from sap_cloud_sdk.destination import AccessStrategy, Destination, DestinationConfig, create_client


def main(path: str) -> None:
    """Bring the destinations of all environments into the wanted state."""
    # The client advises to let the service fetch a token with every read, which is not what is asked for here.
    warnings.simplefilter("ignore", DeprecationWarning)
    for host in json.loads(Path(path).read_text(encoding="utf-8"))["hosts"]:
        visit(host["service_key"], host["wanted"])


def visit(key: dict[str, str], wanted: list[dict[str, t.Any]]) -> None:
    """Bring the destinations of one environment into the wanted state."""
    config = DestinationConfig(
        url=key["uri"],
        token_url=f"{key['url']}/oauth/token",
        client_id=key["clientid"],
        client_secret=key["clientsecret"],
        identityzone=key["identityzone"],
    )
    client = create_client(config=config)
    for properties in wanted:
        current = client.get_subaccount_destination(properties["Name"], AccessStrategy.PROVIDER_ONLY)
        destination = Destination.from_dict(properties)
        if current is None:
            client.create_destination(destination)
        elif current.to_dict() != destination.to_dict():
            client.update_destination(destination)


if __name__ == "__main__":
    main(sys.argv[1])
