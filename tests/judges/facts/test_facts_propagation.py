# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the properties of a destination change in its SAML assertion, judged by what FSM makes of it.

Source: SAP BTP Connectivity's guide, "OAuth SAML Bearer Assertion Authentication": KeyStoreLocation, userIdSource (a
name or a JsonPath), assertionRecipient, assertionIssuer.
"""

from __future__ import annotations

import typing as t

import jwt
import pytest

if t.TYPE_CHECKING:
    from landscape import Environment
    from unit.landscape.conftest import Http

Propagate = t.Callable[..., str]


@pytest.fixture
def propagate(service: Http, environment: Environment, secondary: dict[str, str], user_token: str) -> Propagate:
    """Consume the secondary destination for the first user, with some properties changed: the e-mail, or the error."""

    def propagate(**change: str) -> str:
        environment.subaccount.destinations["FSM_PP"] = {**secondary, **change}
        [token] = service("GET", "/destinations/FSM_PP", headers={"X-user-token": user_token}).json()["authTokens"]
        if "error" in token:
            return str(token["error"])
        return str(jwt.decode(token["value"], options={"verify_signature": False})["user_email"])

    return propagate


def test_keystore_of_the_destination_signs(
    http: Http, service: Http, environment: Environment, propagate: Propagate
) -> None:
    own = {"Name": "own.p12", "Type": "CERTIFICATE", "Attributes": {"CN": "own key", "Password": "of the keystore"}}
    assert service("POST", "/subaccountCertificates", json=own).status_code == 201
    keystore = {"KeyStoreLocation": "own.p12", "KeyStorePassword": "of the keystore"}
    assert "not trusted" in propagate(**keystore)
    [chain] = service("GET", "/subaccountCertificates/own.p12/publicKeys").json()
    leaf = chain["Content"].partition("-----END CERTIFICATE-----")
    admin = environment.inputs()["fsm"]["admin"]
    upload = http("POST", admin["url"], data="".join(leaf[:2]) + "\n", auth=(admin["user"], admin["password"]))
    assert upload.status_code == 201, upload.text
    # Whatever becomes of the subaccount's key pair.
    environment.subaccount.trust.replace()
    assert propagate(**keystore) == environment.users[0].email
    assert "not trusted" in propagate(Description="signed with the subaccount's key pair")
    assert "absent.p12" in propagate(KeyStoreLocation="absent.p12")


@pytest.mark.parametrize("path", ["$.email", "$['email']"])
def test_user_is_found_by_a_json_path(environment: Environment, propagate: Propagate, path: str) -> None:
    assert propagate(userIdSource=path) == environment.users[0].email
    assert "There is no user" in propagate(userIdSource=path.replace("email", "user_name"))


def test_destination_names_the_recipient(environment: Environment, propagate: Propagate) -> None:
    assert "meant for recipient" in propagate(assertionRecipient="https://elsewhere.example/token")
    assert propagate(assertionRecipient="https://de.fsm.cloud.sap/api/oauth2/v2/token") == environment.users[0].email


@pytest.mark.parametrize("assumptions", [{"fsm_issuer": "certificate_subject"}])
def test_destination_names_the_issuer(environment: Environment, propagate: Propagate) -> None:
    assert propagate() == environment.users[0].email
    assert "issued by 'somebody'" in propagate(assertionIssuer="somebody")
