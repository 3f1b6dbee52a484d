# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Trust certificates of the simulated Destination Service, held against one that SAP published."""

from __future__ import annotations

import base64
import hashlib
import ssl
import typing as t
import warnings
from datetime import timedelta

import pytest
from asn1crypto import pem, x509
from cryptography import x509 as strict_x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from lxml import etree

if t.TYPE_CHECKING:
    from landscape import Environment
    from unit.landscape.conftest import Http

ACTIVE = "/saml2Metadata/certificate"
PASSIVE = "/saml2Metadata/certificate/passive"
ROTATE = "/saml2Metadata/rotateCertificate"


def test_traits_of_a_real_certificate(service: Http, environment: Environment) -> None:
    text = service("POST", ACTIVE).json()["certificate"]
    active = environment.subaccount.trust.active
    assert active is not None
    assert text == active.pem
    _label, _headers, der = pem.unarmor(text.encode())
    digest = hashlib.sha256(der).hexdigest().upper()
    assert active.fingerprint == ":".join(digest[index : index + 2] for index in range(0, 64, 2))

    certificate = x509.Certificate.load(der)
    fields = certificate["tbs_certificate"]
    common_name = f"cfapps.eu10.hana.ondemand.com/{environment.subaccount.id}"
    assert len(common_name) == 66
    assert [
        (part[0]["type"].native, part[0]["value"].native, part[0]["value"].chosen.__class__.__name__)
        for part in fields["subject"].chosen
    ] == [
        ("common_name", common_name, "UTF8String"),
        ("organization_name", "SAP", "UTF8String"),
        ("organizational_unit_name", "CP Destination Configuration", "UTF8String"),
    ]
    assert fields["issuer"].dump() == fields["subject"].dump()
    assert fields["version"].native == "v3"
    assert certificate.signature_algo == "rsassa_pkcs1v15"
    assert certificate.hash_algo == "sha512"
    assert certificate.public_key.bit_size == 2048
    assert certificate.not_valid_after - certificate.not_valid_before == timedelta(days=730)
    with warnings.catch_warnings():
        # It is announced that certificates like these will be refused; that is why they are made here.
        warnings.simplefilter("ignore")
        parsed = strict_x509.load_der_x509_certificate(der)
        key = parsed.public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    key.verify(parsed.signature, parsed.tbs_certificate_bytes, padding.PKCS1v15(), hashes.SHA512())


@pytest.mark.parametrize("sign, negative", [("negative", True), ("positive", False)])
def test_serial_number_of_either_sign(
    environment: Environment, sign: t.Literal["negative", "positive"], negative: bool
) -> None:
    certificate = environment.subaccount.trust.replace("active", serial_sign=sign, expires_in_days=10)
    assert environment.subaccount.trust.active is certificate
    parsed = x509.Certificate.load(ssl.PEM_cert_to_DER_cert(certificate.pem))
    assert (parsed.serial_number < 0) is negative
    assert parsed.serial_number == certificate.serial_number
    assert len(parsed["tbs_certificate"]["serial_number"].contents) <= 10


def test_expiry_can_be_chosen(service: Http, environment: Environment) -> None:
    trust = environment.subaccount.trust
    now = trust.replace().not_after
    assert now - trust.replace(expires_in_days=10).not_after > timedelta(days=719)
    expired = trust.replace("passive", expires_in_days=-1)
    assert now - expired.not_after > timedelta(days=730)
    assert service("GET", PASSIVE).json() == {"certificate": expired.pem}


def test_nothing_before_the_first(service: Http, environment: Environment) -> None:
    subaccount_id = environment.subaccount.id
    for method, path, expected in (
        ("GET", ACTIVE, {"ErrorMessage": f"Keypair for subaccount - {subaccount_id} does not exist"}),
        ("GET", PASSIVE, {"ErrorMessage": f"Keypair for subaccount - {subaccount_id} does not exist"}),
        ("POST", ROTATE, {"ErrorMessage": f"Passive Keypair for subaccount - {subaccount_id} does not exist"}),
    ):
        answer = service(method, path)
        assert (answer.status_code, answer.json()) == (404, expected)
    for method, path in (("DELETE", PASSIVE), ("GET", "/saml2Metadata")):
        answer = service(method, path)
        assert (answer.status_code, answer.text) == (404, "There is no such key pair for this account")


def test_renewal_in_place(service: Http) -> None:
    first = service("POST", ACTIVE).json()["certificate"]
    assert service("GET", ACTIVE).json()["certificate"] == first
    second = service("POST", ACTIVE).json()["certificate"]
    assert service("GET", ACTIVE).json()["certificate"] == second != first
    assert service("GET", PASSIVE).status_code == 404


def test_rotation(service: Http) -> None:
    old = service("POST", ACTIVE).json()["certificate"]
    new = service("POST", PASSIVE).json()["certificate"]
    assert service("GET", ACTIVE).json()["certificate"] == old
    assert service("POST", ROTATE).json() == {"activeCertificate": new, "passiveCertificate": old}
    assert service("GET", ACTIVE).json()["certificate"] == new

    document = etree.fromstring(base64.b64decode(service("GET", "/saml2Metadata").json()["idpMetadata"]))
    names = {"md": "urn:oasis:names:tc:SAML:2.0:metadata", "ds": "http://www.w3.org/2000/09/xmldsig#"}
    path = "md:IDPSSODescriptor/md:KeyDescriptor[@use='signing']/ds:KeyInfo/ds:X509Data/ds:X509Certificate"
    listed = [element.text or "" for element in document.findall(path, names)]
    assert [base64.b64decode(text) for text in listed] == [ssl.PEM_cert_to_DER_cert(text) for text in (new, old)]

    assert service("DELETE", PASSIVE).json() == {"Count": 1}
    assert service("POST", ROTATE).status_code == 404
    assert service("GET", ACTIVE).json()["certificate"] == new


@pytest.mark.parametrize("path", [ACTIVE, PASSIVE, ROTATE])
def test_body_must_be_empty(service: Http, environment: Environment, path: str) -> None:
    trust = environment.subaccount.trust
    before = (trust.replace("active"), trust.replace("passive"))
    answer = service("POST", path, json={})
    assert (answer.status_code, answer.json()) == (400, {"ErrorMessage": "Request body should be empty!"})
    assert (trust.active, trust.passive) == before
