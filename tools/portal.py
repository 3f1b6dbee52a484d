# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What people do in the portals of SAP, which have no command line, in the simulated landscape (playground.py).

portal upload ENVIRONMENT       the FSM administrator uploads the trust certificate that was exported last
portal new-client ENVIRONMENT   the FSM administrator generates a new client ID and secret; the operator enters them
portal log-on ENVIRONMENT       a user logs on; the operator enters the tokens with which a run verifies more
portal edit ENVIRONMENT NAME VALUE   the FSM administrator or a colleague sets a property of the primary destination
"""

from __future__ import annotations

import argparse
import os
import sys
import typing as t
from pathlib import Path

import requests

from playground import FOLDER, Playground, PlaygroundError

TIMEOUT = 30  # seconds
# Seconds in which the landscape's Task Center is sure to have reread the destinations; SAP's takes a minute.
REFRESH = 3


class Portals:
    """The portals of one environment, for the people who use them.

    :param playground: which runs
    :param name: of the environment
    :raises PlaygroundError: there is no such environment, or the landscape does not run
    """

    def __init__(self, playground: Playground, name: str) -> None:
        self._playground = playground
        self._ready = playground.ready()
        self.name = name
        if name not in self._ready["environments"]:
            raise PlaygroundError(f"There is no environment {name}, only {', '.join(self._ready['environments'])}.")
        self._inputs = self._ready["environments"][name]

    def upload(self) -> str:
        """Upload the certificate that was exported last, and return what FSM then shows."""
        files = sorted(self._playground.operator.rglob(f"{self.name}*.pem"), key=lambda path: path.stat().st_mtime_ns)
        if not files:
            raise PlaygroundError(f"There is no file of a certificate of {self.name} yet. Run connect_fsm first.")
        admin = self._inputs["fsm"]["admin"]
        shown = self._send(admin["url"], (admin["user"], admin["password"]), data=files[-1].read_bytes())
        return f"FSM trusts {files[-1].name}: {shown['fingerprint']}"

    def new_client(self) -> str:
        """Generate a client in FSM Admin, and enter it in the environment's vaulted file."""
        fsm = self._inputs["fsm"]
        url = fsm["admin"]["url"].replace("trusted-certificates", f"companies/{fsm['company_id']}/clients")
        client = self._send(url, (fsm["admin"]["user"], fsm["admin"]["password"]))
        self._enter({f"vault_fsm_{key}": value for key, value in client.items()})
        return f"FSM generated the client {client['client_id']}; it is in {self._file}."

    def log_on(self) -> str:
        """Let a user log on to the subaccount and to Task Center, and enter the tokens in the vaulted file."""
        user = self._inputs["users"][0]
        key = self._inputs["task_center"]
        self._enter(
            {
                "fsm_user_token": self._token(self._inputs["application"], user),
                "fsm_task_center_service_key": key,
                "fsm_task_center_user_token": self._token(key["uaa"], user),
                "fsm_task_center_refresh_seconds": REFRESH,
            }
        )
        return f"A user of {self.name} has logged on; the tokens are in {self._file}."

    def edit(self, name: str, value: str) -> str:
        """Set a property of the primary destination, as a colleague does in the cockpit."""
        key = self._inputs["service_key"]
        if "clientsecret" not in key:
            raise PlaygroundError(
                f"The service key of {self.name} has a certificate instead of a secret: take dev or qa."
            )
        grant = {"grant_type": "client_credentials", "client_id": key["clientid"], "client_secret": key["clientsecret"]}
        token = self._send(f"{key['url']}/oauth/token", None, data=grant)["access_token"]
        url = f"{key['uri']}/destination-configuration/v1/subaccountDestinations"
        headers = {"Authorization": f"Bearer {token}"}
        found = self._request("GET", f"{url}/FSM", headers=headers).json()
        self._request("PUT", url, headers=headers, json={**found, name: value})
        return f"Somebody has set {name} of destination FSM to {value}."

    @property
    def _file(self) -> str:
        return f"host_vars/{self.name}/vault.yml"

    def _enter(self, values: dict[str, t.Any]) -> None:
        """Enter variables in the vaulted file, as `ansible-vault edit` does."""
        self._playground.write_vault(self.name, {**self._playground.read_vault(self.name), **values})

    def _token(self, client: dict[str, str], user: dict[str, str]) -> str:
        grant = {"grant_type": "password", "username": user["user_name"], "password": user["password"]}
        url = f"{client['url']}/oauth/token"
        return str(self._send(url, (client["clientid"], client["clientsecret"]), data=grant)["access_token"])

    def _send(self, url: str, auth: tuple[str, str] | None, **content: t.Any) -> dict[str, t.Any]:
        return t.cast("dict[str, t.Any]", self._request("POST", url, auth=auth, **content).json())

    def _request(self, method: str, url: str, **content: t.Any) -> requests.Response:
        through = {"proxies": {"https": self._ready["proxy"]}, "verify": self._ready["ca_file"]}
        answer = requests.request(method, url, timeout=TIMEOUT, **content, **through)
        answer.raise_for_status()
        return answer


def main(arguments: t.Sequence[str] | None = None) -> int:
    """Entry point of the command line."""
    parser = argparse.ArgumentParser(
        prog="portal", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("action", choices=["upload", "new-client", "log-on", "edit"])
    parser.add_argument("environment")
    parser.add_argument("property", nargs="*", help="name and value, for edit")
    options = parser.parse_args(arguments)
    if len(options.property) != (2 if options.action == "edit" else 0):
        parser.error("edit takes the name and the value of a property, the others take none")
    try:
        portals = Portals(Playground(Path(os.environ.get("PLAYGROUND", FOLDER))), options.environment)
        print(getattr(portals, options.action.replace("-", "_"))(*options.property))
    except PlaygroundError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
