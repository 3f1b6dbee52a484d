# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates that the simulated Destination Service generates, and the public keys that it gives out."""

from __future__ import annotations

import base64
import typing as t
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12

if t.TYPE_CHECKING:
    from landscape import Environment, Landscape
    from unit.landscape.conftest import Http

PATH = "/subaccountCertificates"


def generated(service: Http, name: str, **attributes: t.Any) -> bytes:
    created = service("POST", PATH, json={"Name": name, "Attributes": attributes})
    assert (created.status_code, created.content) == (201, b"")
    return base64.b64decode(service("GET", f"{PATH}/{name}").json()["Content"])


def chain_of(service: Http, name: str) -> tuple[dict[str, str], list[x509.Certificate]]:
    [public] = service("GET", f"{PATH}/{name}/publicKeys").json()
    return public, x509.load_pem_x509_certificates(public["Content"].encode())


def test_pem_with_private_key(service: Http, environment: Environment, landscape: Landscape) -> None:
    content = generated(service, "client.pem", CN="our app", Validity={"TimeUnit": "DAYS", "Value": 30})
    chain = x509.load_pem_x509_certificates(content)
    assert len(chain) == 3
    for certificate, issuer in zip(chain, [*chain[1:], chain[2]], strict=True):
        certificate.verify_directly_issued_by(issuer)
    leaf = chain[0]
    subaccount = environment.subaccount
    assert leaf.subject.rfc4514_string() == (
        f"CN=our app,L=destination-configuration.cfapps.eu10.hana.ondemand.com/{subaccount.id},"
        f"OU={subaccount.instances[0].id},OU=SAP Cloud Platform Clients,O=SAP SE,C=DE"
    )
    assert leaf.not_valid_after_utc - leaf.not_valid_before_utc == timedelta(days=30, hours=1)
    key = serialization.load_pem_private_key(content, None)
    assert isinstance(key, rsa.RSAPrivateKey)
    assert key.public_key() == leaf.public_key()
    assert key.key_size == landscape.config.key_size
    public, given = chain_of(service, "client.pem")
    assert given == chain
    assert public["SubjectDN"] == leaf.subject.rfc4514_string()
    assert "Alias" not in public


def test_keystore_with_password(service: Http) -> None:
    content = generated(service, "client.p12", Password="p12 päss", Validity={"TimeUnit": "YEARS", "Value": 1})
    keystore = pkcs12.load_pkcs12(content, "p12 päss".encode())
    assert keystore.cert is not None
    public, chain = chain_of(service, "client.p12")
    assert public["Alias"] == "client"
    assert chain == [keystore.cert.certificate, *(item.certificate for item in keystore.additional_certs)]
    assert chain[0].subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)[0].value == "client"
    assert "Password" not in service("GET", f"{PATH}/client.p12").text

    # The same keystore, not generated here: the service does not know its password.
    again = {"Name": "uploaded.p12", "Content": base64.b64encode(content).decode()}
    assert service("POST", PATH, json=again).status_code == 201
    refused = service("GET", f"{PATH}/uploaded.p12/publicKeys")
    assert (refused.status_code, "password-protected" in refused.text) == (400, True)


def test_pem_password_protects_the_key_alone(service: Http) -> None:
    content = generated(service, "client.pem", Password="secret")
    with pytest.raises(TypeError, match="encrypted"):
        serialization.load_pem_private_key(content, None)
    serialization.load_pem_private_key(content, b"secret")
    assert len(chain_of(service, "client.pem")[1]) == 3


@pytest.mark.parametrize("key", [ec.generate_private_key(ec.SECP256R1()), rsa.generate_private_key(65537, 2048)])
def test_certificate_for_a_request(service: Http, key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> None:
    ignored = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "ignored")])
    request = x509.CertificateSigningRequestBuilder().subject_name(ignored).sign(key, hashes.SHA256())
    csr = base64.b64encode(request.public_bytes(serialization.Encoding.PEM)).decode()
    content = generated(service, "client.pem", CN="mine", CSR=csr)
    leaf = x509.load_pem_x509_certificates(content)[0]
    assert leaf.public_key() == key.public_key()
    assert "CN=mine," in leaf.subject.rfc4514_string()
    assert b"PRIVATE KEY" not in content
    refused = service("POST", PATH, json={"Name": "client.p12", "Attributes": {"CSR": csr}})
    assert refused.status_code == 400


@pytest.mark.parametrize(
    "name, attributes",
    [
        ("a.pem", []), ("a.pem", {"CN": ""}), ("a.pem", {"CN": "n" * 65}), ("a.pem", {"CN": 1}),
        ("a.pem", {"CSR": "no Base64"}), ("a.pem", {"CSR": "eA=="}), ("a.jks", {}), ("a/b.pem", {}),
        ("a.pem", {"Validity": {"TimeUnit": "DAYS"}}), ("a.pem", {"Validity": {"TimeUnit": "HOURS", "Value": 1}}),
        ("a.pem", {"Validity": {"TimeUnit": "DAYS", "Value": 0}}),
        ("a.pem", {"Validity": {"TimeUnit": "YEARS", "Value": 11}}),
        ("a.pem", {"Validity": {"TimeUnit": ["DAYS"], "Value": 1}}), ("a.pem", {"AutomaticRenew": "true"}),
    ],
)  # fmt: skip
def test_attributes_of_no_certificate(service: Http, environment: Environment, name: str, attributes: t.Any) -> None:
    assert service("POST", PATH, json={"Name": name, "Attributes": attributes}).status_code == 400
    assert not environment.subaccount.level.certificates


def test_replacement_by_a_generated_one(service: Http, environment: Environment) -> None:
    attributes = {"Name": "client.pem", "Attributes": {"CN": "new"}}
    assert service("PUT", PATH, json=attributes).status_code == 404
    old = generated(service, "client.pem", CN="old")
    assert service("PUT", PATH, json=attributes).json() == {"Count": 1}
    assert base64.b64decode(environment.subaccount.level.certificates["client.pem"]["Content"]) != old
    assert "CN=new," in chain_of(service, "client.pem")[0]["SubjectDN"]


def test_public_keys_of_uploaded_content(service: Http, landscape: Landscape) -> None:
    pem = landscape.ca_file.read_bytes()
    certificate = x509.load_pem_x509_certificate(pem)
    der = certificate.public_bytes(serialization.Encoding.DER)
    truststore = pkcs12.serialize_java_truststore(
        [pkcs12.PKCS12Certificate(certificate, b"one"), pkcs12.PKCS12Certificate(certificate, b"two")],
        serialization.NoEncryption(),
    )
    contents = {"a.pem": pem, "a.cer": der, "a.p12": truststore, "a.jks": b"\xfe\xed", "bad.pem": b"x", "bad.p12": b"x"}
    for name, content in contents.items():
        body = {"Name": name, "Content": base64.b64encode(content).decode()}
        assert service("POST", PATH, json=body).status_code == 201

    def public_keys(name: str) -> t.Any:
        return service("GET", f"{PATH}/{name}/publicKeys").json()

    assert public_keys("a.pem") == public_keys("a.cer")
    assert public_keys("a.pem")[0]["Content"] == pem.decode().strip()
    assert [item["Alias"] for item in public_keys("a.p12")] == ["one", "two"]
    for name in ("a.jks", "bad.pem", "bad.p12"):
        assert service("GET", f"{PATH}/{name}/publicKeys").status_code == 400
    assert service("GET", f"{PATH}/absent/publicKeys").status_code == 404
    etag = service("GET", f"{PATH}/a.pem/publicKeys").headers["ETag"]
    assert service("GET", f"{PATH}/a.pem/publicKeys", headers={"If-None-Match": etag}).status_code == 304
