# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which proxy a request takes: in every environment the one that requests takes in a process with that environment."""

from __future__ import annotations

import os
import typing as t
from unittest import mock

import pytest
import requests
from hypothesis import example, given
from hypothesis import strategies as st

from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.proxy import proxy_for

PROXY = "http://p.example:8080"
OTHER = "http://user:word@other.example:3128"
NAMES = [f"{kind}_proxy" for kind in ("https", "http", "all", "no")]
SPELLINGS = [*NAMES, *map(str.upper, NAMES), "Https_Proxy", "No_Proxy"]
URLS = [
    "https://a.example/x",
    "https://A.Example/x",
    "https://b.a.example:8443/x",
    "https://ba.example/x",
    "https://localhost/x",
    "https://10.1.2.3/x",
    "https://10.1.2.3:8443/x",
    "https://[2001:db8::1]/x",
    "https://[2001:db8::1]:8443/x",
    "https://a.example./x",
]
ENTRIES = [
    *("a.example", "A.Example", ".a.example", "..a.example", "*.a.example", "example", "a.example:8443", "*", ""),
    *("a.example:443", "10.1.2.3", "10.1.2.3:8443", "10.1.0.0/16", "10.1.0.0/33", "10.1.2", ".1.2.3", "2001:db8::1"),
    *("[2001:db8::1]", "[2001:db8::1]:8443", "2001:db8::/32", "localhost", " b.a.example ", "a. example", "."),
]

exceptions = st.lists(st.sampled_from(ENTRIES), max_size=4).flatmap(
    lambda entries: st.sampled_from([",", ", ", " , ", ";", " "]).map(lambda separator: separator.join(entries))
)
values = st.one_of(st.sampled_from(["", " ", PROXY, OTHER, "*"]), exceptions)
environments = st.dictionaries(st.sampled_from(SPELLINGS), values)


def proxy_of_requests(url: str, environ: dict[str, str]) -> str:
    """Return the proxy that a session of requests takes in a process with this environment."""
    with mock.patch.dict(os.environ, environ, clear=True):
        settings: t.Any = requests.Session().merge_environment_settings(url, {}, None, None, None)
        return requests.utils.select_proxy(url, settings["proxies"]) or ""


@given(st.sampled_from(URLS), environments)
@example("https://a.example/x", {"https_proxy": "", "HTTPS_PROXY": PROXY})
@example("https://a.example/x", {"ALL_PROXY": PROXY})
@example("https://a.example/x", {"all_proxy": PROXY, "https_proxy": OTHER})
@example("https://a.example/x", {"HTTPS_PROXY": PROXY, "no_proxy": "", "NO_PROXY": "a.example"})
@example("https://a.example/x", {"HTTPS_PROXY": PROXY, "no_proxy": "", "NO_PROXY": "*"})
@example("https://a.example/x", {"HTTPS_PROXY": PROXY, "no_proxy": " * "})
@example("https://10.1.2.3/x", {"HTTPS_PROXY": PROXY, "no_proxy": "1.2.3"})
@example("https://10.1.2.3/x", {"HTTPS_PROXY": PROXY, "no_proxy": "10.1.0.0/16"})
@example("https://10.1.2.3:8443/x", {"HTTPS_PROXY": PROXY, "no_proxy": "10.1.2.3:8443"})
@example("https://[2001:db8::1]:8443/x", {"HTTPS_PROXY": PROXY, "no_proxy": "2001:db8::1"})
@example("https://[2001:db8::1]:8443/x", {"HTTPS_PROXY": PROXY, "no_proxy": "[2001:db8::1]:8443"})
@example("https://b.a.example:8443/x", {"HTTPS_PROXY": PROXY, "NO_PROXY": ".a.example:8443"})
def test_the_proxy_is_that_of_requests(url: str, environ: dict[str, str]) -> None:
    assert proxy_for(url, environ) == proxy_of_requests(url, environ)


@pytest.mark.parametrize(
    "environ, proxy",
    [
        ({"https_proxy": "", "HTTPS_PROXY": PROXY}, ""),
        ({"https_proxy": OTHER, "HTTPS_PROXY": PROXY}, OTHER),
        ({"all_proxy": PROXY}, PROXY),
        ({"ALL_PROXY": PROXY, "HTTPS_PROXY": OTHER}, OTHER),
        ({"HTTP_PROXY": PROXY}, ""),
        ({"HTTPS_PROXY": PROXY, "NO_PROXY": "*"}, ""),
    ],
)
def test_what_the_variables_say(environ: dict[str, str], proxy: str) -> None:
    """As documented, so that a change of requests is seen."""
    assert proxy_for("https://a.example/x", environ) == proxy
