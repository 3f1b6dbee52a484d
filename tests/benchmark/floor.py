# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The floor: the same requests from one process with as many threads as Ansible has forks, and nothing else.

A program of its own (``python -m benchmark.floor PLAN``), so that its start counts like that of the others.
"""

from __future__ import annotations

import functools
import json
import ssl
import sys
import typing as t
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import urllib3

POOLS_PER_HOST = 4  # systems that one environment has
CALLER = {"X-Client-ID": "benchmark", "X-Client-Version": "1.0"}
EXPECTED = (200, 201, 204, 404)  # 404: what does not exist yet


def main(path: str) -> None:
    """Send all requests of a plan."""
    plan = json.loads(Path(path).read_text(encoding="utf-8"))
    pool = urllib3.ProxyManager(
        plan["proxy"],
        num_pools=POOLS_PER_HOST * len(plan["hosts"]),
        maxsize=plan["threads"],
        ssl_context=ssl.create_default_context(cafile=plan["authorities"]),
        retries=False,
    )
    with pool, ThreadPoolExecutor(plan["threads"]) as threads:
        for _done in threads.map(functools.partial(visit, pool), plan["hosts"]):
            pass


def visit(pool: urllib3.ProxyManager, host: dict[str, t.Any]) -> None:
    """Send the requests of one environment, one after the other."""
    key, fsm = host["service_key"], host["fsm"]
    service, cluster = key["uri"], fsm["url"].partition("/cloud-approval-service")[0]
    clients = {
        f"{key['url']}/oauth/token": (service, key["clientid"], key["clientsecret"]),
        f"{cluster}/api/oauth2/v2/token": (cluster, fsm["client_id"], fsm["client_secret"]),
    }
    # By the beginning of the URLs for which they are good.
    headers: dict[str, dict[str, str]] = {
        service: {"X-user-token": host["user_token"]} if host["user_token"] else {},
        cluster: {**CALLER, "X-Account-ID": fsm["account_id"], "X-Company-ID": fsm["company_id"]},
        host["task_center"]: {"Authorization": f"Bearer {host['administrator_token']}"},
    }
    bodies = iter(host["wanted"])
    # The copy with which the primary destination is verified, by the name under which it is deleted in the end.
    copies = iter([url.rsplit("/", 1)[1] for method, url in host["requests"] if method == "DELETE"])
    for method, url in host["requests"]:
        options: dict[str, t.Any]
        if url in clients:
            system, user, password = clients[url]
            basic = urllib3.make_headers(basic_auth=f"{user}:{password}")
            form = {"grant_type": "client_credentials"}
            options = {"headers": basic, "fields": form, "encode_multipart": False}
        else:
            system = next(beginning for beginning in headers if url.startswith(beginning))
            options = {"headers": headers[system]}
            if method == "POST" and url.endswith("/subaccountDestinations"):
                options["json"] = next(bodies)
            elif method == "POST" and url.endswith("/instanceDestinations"):
                options["json"] = {**host["wanted"][0], "Name": next(copies)}
        answer = pool.request(method, url, **options)
        if answer.status not in EXPECTED:
            raise SystemExit(f"{method} {url}: {answer.status} {answer.data.decode()}")
        if url in clients:
            headers[system]["Authorization"] = f"Bearer {answer.json()['access_token']}"


if __name__ == "__main__":
    main(sys.argv[1])
