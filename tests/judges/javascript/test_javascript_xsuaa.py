# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SAP's JavaScript clients judge XSUAA: how clients and users authenticate, and what tokens say."""

from __future__ import annotations

import typing as t

import pytest

from judges.javascript.node import JavaScript, JavaScriptError, claims

if t.TYPE_CHECKING:
    from landscape import Environment, Landscape

LogOn = t.Callable[..., str]


def test_tokens_pass_validation(
    javascript: JavaScript, landscape: Landscape, environment: Environment, log_on_with_xssec: LogOn
) -> None:
    credentials = environment.application.credentials()
    subaccount, user = environment.subaccount, environment.users[0]
    token = log_on_with_xssec(environment)
    assert javascript("validate", credentials=credentials, jwt=token) == {
        "userName": user.user_name,
        "email": user.email,
        "zid": subaccount.id,
        "clientId": credentials["clientid"],
        "subdomain": subaccount.subdomain,
    }
    technical = javascript("clientCredentials", credentials=credentials)["access_token"]
    assert javascript("validate", credentials=credentials, jwt=technical)["zid"] == subaccount.id
    # A token for another application, and one whose signature is wrong.
    other = landscape.add_environment({}).application.credentials()
    header, payload, signature = token.split(".")
    for audience, wrong in ((other, token), (credentials, f"{header}.{payload}.{signature[:-8]}AAAAAAAA")):
        with pytest.raises(JavaScriptError, match=r"audience|signature|verified"):
            javascript("validate", credentials=audience, jwt=wrong)


def test_user_logs_on_with_the_right_password_only(javascript: JavaScript, environment: Environment) -> None:
    credentials, user = environment.application.credentials(), environment.users[0]
    for name, password in ((user.user_name, "wrong"), ("nobody", user.password)):
        with pytest.raises(JavaScriptError, match="400"):
            javascript("password", credentials=credentials, user=name, password=password)


def test_client_certificate_authenticates_the_client(
    javascript: JavaScript, landscape: Landscape, environment: Environment
) -> None:
    key, other = (landscape.add_service_key(environment, "x509").credentials() for _unused in range(2))
    issued = claims(javascript("clientCredentials", credentials=key)["access_token"])
    assert (issued["cid"], issued["zid"]) == (key["clientid"], environment.subaccount.id)
    # A certificate of the right authority, but of another service key.
    for credentials in ({**key, "clientid": other["clientid"]}, {**key, "clientid": environment.service_key.client_id}):
        with pytest.raises(JavaScriptError, match="401"):
            javascript("clientCredentials", credentials=credentials)


def test_tenant_is_named_by_its_id(javascript: JavaScript, landscape: Landscape, environment: Environment) -> None:
    subscriber = landscape.add_subscriber(environment)
    credentials = environment.application.credentials()
    for tenant in (subscriber, environment.subaccount):
        token = claims(javascript("clientCredentials", credentials=credentials, zid=tenant.id)["access_token"])
        assert (token["zid"], token["ext_attr"]["zdn"]) == (tenant.id, tenant.subdomain)


def test_exchange(javascript: JavaScript, environment: Environment, log_on_with_xssec: LogOn) -> None:
    key = environment.inputs()["service_key"]
    answer = javascript("jwtBearer", credentials=key, jwt=log_on_with_xssec(environment), zid=key["tenantid"])
    exchanged = claims(answer["access_token"])
    assert (exchanged["cid"], exchanged["user_name"]) == (key["clientid"], environment.users[0].user_name)
