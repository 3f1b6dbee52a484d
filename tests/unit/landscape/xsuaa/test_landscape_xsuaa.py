# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tokens of the simulated XSUAA."""

from __future__ import annotations

import typing as t
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

import jwt
import pytest

if t.TYPE_CHECKING:
    from pathlib import Path

    from landscape import Environment, Landscape
    from unit.landscape.conftest import Http

GRANT = {"grant_type": "client_credentials"}


@pytest.mark.parametrize("in_body", [False, True])
def test_token_for_a_client_with_secret(http: Http, environment: Environment, in_body: bool) -> None:
    key = environment.inputs()["service_key"]
    if in_body:
        credentials = {"client_id": key["clientid"], "client_secret": key["clientsecret"]}
        answer = http("POST", f"{key['url']}/oauth/token", data={**GRANT, **credentials})
    else:
        answer = http("POST", f"{key['url']}/oauth/token", data=GRANT, auth=(key["clientid"], key["clientsecret"]))
    assert answer.status_code == 200
    content = answer.json()
    assert content["token_type"] == "bearer"
    assert content["expires_in"] == 43199

    header = jwt.get_unverified_header(content["access_token"])
    assert header["alg"] == "RS256"
    assert header["jku"] == f"{key['url']}/token_keys"
    keys = jwt.PyJWKSet.from_dict(http("GET", header["jku"]).json())
    claims = jwt.decode(
        content["access_token"], keys[header["kid"]], algorithms=["RS256"], audience=key["clientid"], leeway=5
    )
    assert claims == jwt.decode(
        content["access_token"], key["verificationkey"], algorithms=["RS256"], audience=key["clientid"], leeway=5
    )
    assert claims["zid"] == key["tenantid"] == environment.subaccount.id
    assert claims["iss"] == f"{key['url']}/oauth/token"
    assert claims["cid"] == claims["sub"] == claims["client_id"] == claims["azp"] == key["clientid"]
    assert claims["grant_type"] == "client_credentials"
    assert claims["exp"] - claims["iat"] == 43199
    assert claims["ext_attr"]["zdn"] == key["identityzone"]
    assert claims["ext_attr"]["enhancer"] == "XSUAA"


def test_bad_clients_are_refused(http: Http, landscape: Landscape, environment: Environment) -> None:
    key = environment.inputs()["service_key"]
    other = landscape.add_environment({}).inputs()["service_key"]
    url = f"{key['url']}/oauth/token"
    for auth in (
        (key["clientid"], key["clientsecret"] + "x"),
        ("sb-unknown", key["clientsecret"]),
        (other["clientid"], other["clientsecret"]),
        None,
    ):
        answer = http("POST", url, data=GRANT, auth=auth)
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


@pytest.mark.parametrize(
    "form, error", [({}, "invalid_request"), ({"grant_type": "no_such_grant"}, "unsupported_grant_type")]
)
def test_bad_grants_are_refused(http: Http, environment: Environment, form: dict[str, str], error: str) -> None:
    key = environment.inputs()["service_key"]
    answer = http("POST", f"{key['url']}/oauth/token", data=form, auth=(key["clientid"], key["clientsecret"]))
    assert (answer.status_code, answer.json()["error"]) == (400, error)


def test_unknown_subdomain(http: Http, environment: Environment) -> None:
    answer = http("POST", f"https://no-such.{environment.subaccount.region.uaa_domain}/oauth/token", data=GRANT)
    assert answer.status_code == 404


def files(folder: Path, key: dict[str, str], name: str) -> tuple[str, str]:
    """Return the files from which a client reads its certificate and key."""
    paths = (folder / f"{name}.crt", folder / f"{name}.key")
    for path, content in zip(paths, (key["certificate"], key["key"]), strict=True):
        path.write_text(content, encoding="ascii")
    return (str(paths[0]), str(paths[1]))


def test_certificate_instead_of_secret(
    http: Http, landscape: Landscape, environment: Environment, tmp_path: Path
) -> None:
    key = landscape.add_service_key(environment, "x509").credentials()
    other = landscape.add_environment({"credential_type": "x509"}).inputs()["service_key"]
    assert key["credential-type"] == other["credential-type"] == "x509"
    assert "clientsecret" not in key
    form = {**GRANT, "client_id": key["clientid"]}

    own, foreign = files(tmp_path, key, "own"), files(tmp_path, other, "foreign")
    assert http("POST", f"{key['certurl']}/oauth/token", data=form, cert=own).status_code == 200
    assert http("POST", f"{key['certurl']}/oauth/token", data=form, cert=foreign).status_code == 401
    # The certificate counts at the certificate host alone.
    assert http("POST", f"{key['url']}/oauth/token", data=form, cert=own).status_code == 401


def test_certificate_expires_by_the_landscape_s_clock(
    http: Http, landscape: Landscape, environment: Environment, tmp_path: Path
) -> None:
    """TLS goes by the machine's time, which no test can move; also for what is issued when the clock was moved."""
    key = landscape.add_service_key(environment, "x509").credentials()
    landscape.clock.advance(30 * 86400)
    try:
        later = landscape.add_service_key(environment, "x509").credentials()
        region = landscape.add_environment({"region": "us10"})
        statuses = [
            http(
                "POST",
                f"{shown['certurl']}/oauth/token",
                data={**GRANT, "client_id": shown["clientid"]},
                cert=files(tmp_path, shown, name),
            ).status_code
            for name, shown in (("early", key), ("late", later))
        ]
        answer = http("GET", f"{region.service_key.credentials()['url']}/token_keys")
    finally:
        landscape.clock.advance(-30 * 86400)
    assert statuses == [401, 200]
    assert answer.status_code == 200
    shown = parsedate_to_datetime(answer.headers["Date"])
    assert timedelta(days=29) < shown - datetime.now(timezone.utc) < timedelta(days=31)


def test_no_token_at_the_certificate_host_without_certificate(
    http: Http, landscape: Landscape, environment: Environment
) -> None:
    key = landscape.add_service_key(environment, "x509").credentials()
    secret_key = environment.inputs()["service_key"]
    url = f"{key['certurl']}/oauth/token"
    assert http("POST", url, data={**GRANT, "client_id": key["clientid"]}).status_code == 401
    auth = (secret_key["clientid"], secret_key["clientsecret"])
    assert http("POST", url, data=GRANT, auth=auth).status_code == 401
