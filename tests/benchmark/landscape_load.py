# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures how much the simulated landscape bears: subaccounts, and requests and propagated users per second.

Run by hand in the checkout, where other work on the machine counts too::

    PYTHONPATH=tests .work/venv/bin/python tests/benchmark/landscape_load.py
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import ssl
import subprocess
import sys
import tempfile
import time
import typing as t
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import requests

from landscape.destination_service import BASE_PATH
from landscape.fsm import TOKEN_PATH

if t.TYPE_CHECKING:
    from collections.abc import Iterator

# Seconds that anything may take.
TIMEOUT = 60
API = f"{BASE_PATH}/v1"


def main() -> None:
    """Start a landscape as a program of its own, and print what it bears."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=5, help="length of each measurement (default: 5)")
    parser.add_argument("--connections", type=int, default=4, help="connections at the same time (default: 4)")
    parser.add_argument("--subaccounts", type=int, default=500, help="how many a landscape starts with (default: 500)")
    options = parser.parse_args()
    begin = time.monotonic()
    with _landscape(options.subaccounts):
        print(f"{time.monotonic() - begin:8.1f} s until a landscape of {options.subaccounts} subaccounts is ready")
    with _landscape(1) as ready:
        headers = _connect(ready)
        for what, path, checked in (
            ("reads of a destination", f"{API}/subaccountDestinations/FSM_PP", b"OAuth2SAMLBearerAssertion"),
            ("users propagated to FSM", f"{API}/destinations/FSM_PP", b'"type":"Bearer"'),
        ):
            rate = _measure(ready, path, headers, checked, options.seconds, options.connections)
            print(f"{rate:8.0f}/s {what}, over {options.connections} connections")


@contextlib.contextmanager
def _landscape(subaccounts: int) -> Iterator[dict[str, t.Any]]:
    environments = [{"name": f"e{number}"} for number in range(subaccounts)]
    content = {"x509_service_keys": False, "environments": environments}
    with tempfile.TemporaryDirectory() as directory:
        config, ready = Path(directory, "landscape.yml"), Path(directory, "ready.json")
        config.write_text(json.dumps(content), encoding="utf-8")
        command = [sys.executable, "-m", "landscape", "--config", str(config), "--ready", str(ready)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            # It says so when it is ready.
            process.stdout.readline()
            try:
                yield json.loads(ready.read_text(encoding="utf-8"))
            finally:
                process.terminate()


def _connect(ready: dict[str, t.Any]) -> dict[str, str]:
    """Connect the environment to FSM; return the headers of requests on behalf of one of its users."""
    inputs = ready["environments"]["e0"]
    key, fsm, application, user = (inputs[name] for name in ("service_key", "fsm", "application", "users"))
    with requests.Session() as session:
        session.trust_env = False
        session.proxies = {"https": ready["proxy"]}
        session.verify = ready["ca_file"]

        def send(method: str, url: str, **content: t.Any) -> requests.Response:
            answer = session.request(method, url, timeout=TIMEOUT, **content)
            answer.raise_for_status()
            return answer

        def token(client: dict[str, str], **form: str) -> str:
            auth = (client["clientid"], client["clientsecret"])
            return str(send("POST", f"{client['url']}/oauth/token", data=form, auth=auth).json()["access_token"])

        headers = {
            "Authorization": f"Bearer {token(key, grant_type='client_credentials')}",
            "X-user-token": token(
                application, grant_type="password", username=user[0]["user_name"], password=user[0]["password"]
            ),
            "Host": urlsplit(key["uri"]).hostname or "",
        }
        api = f"{key['uri']}{API}"
        authorization = {"Authorization": headers["Authorization"]}
        certificate = send("POST", f"{api}/saml2Metadata/certificate", headers=authorization).json()["certificate"]
        admin = fsm["admin"]
        send("POST", admin["url"], data=certificate, auth=(admin["user"], admin["password"]))
        destination = {
            "Name": "FSM_PP",
            "Type": "HTTP",
            "URL": fsm["url"],
            "Authentication": "OAuth2SAMLBearerAssertion",
            "audience": fsm["audience"],
            "clientKey": fsm["client_id"],
            "tokenServiceURL": f"https://{urlsplit(fsm['url']).hostname}{TOKEN_PATH}",
            "tokenServiceUser": fsm["client_id"],
            "tokenServicePassword": fsm["client_secret"],
            "userIdSource": "email",
        }
        send("POST", f"{api}/subaccountDestinations", headers=authorization, json=destination)
    return headers


def _measure(
    ready: dict[str, t.Any], path: str, headers: dict[str, str], checked: bytes, seconds: float, connections: int
) -> float:
    """Return how many requests a second were answered, each with this text in it.

    Each connection has a process of its own: the threads of one would wait for each other, and not for the landscape.
    """
    with ProcessPoolExecutor(connections) as pool:
        counts = [pool.submit(_count, ready, path, headers, checked, seconds) for _unused in range(connections)]
        return sum(count.result() for count in counts) / seconds


def _count(ready: dict[str, t.Any], path: str, headers: dict[str, str], checked: bytes, seconds: float) -> int:
    context = ssl.create_default_context(cafile=ready["ca_file"])
    connection = http.client.HTTPSConnection("127.0.0.1", ready["port"], timeout=TIMEOUT, context=context)
    connection.connect()
    count = 0
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        content = response.read()
        if checked not in content:
            raise SystemExit(f"{response.status} {content[:500]!r}")
        count += 1
    return count


if __name__ == "__main__":
    main()
