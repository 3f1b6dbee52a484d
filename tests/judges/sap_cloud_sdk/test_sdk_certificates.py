# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates and keystores, through SAP's Python client alone."""

from __future__ import annotations

import base64
import typing as t

import pytest
from sap_cloud_sdk.destination import (
    AccessStrategy,
    Certificate,
    CertificateClient,
    HttpError,
    Level,
    ListOptions,
)

if t.TYPE_CHECKING:
    from judges.sap_cloud_sdk.conftest import Place
    from landscape import Environment, Landscape
    from landscape.subaccount.tenants import Subaccount

# What a Java keystore begins with; the rest is any bytes.
JKS = b"\xfe\xed\xfe\xed\x00\x00\x00\x02" + bytes(range(256))


def listed(client: CertificateClient, place: Place, options: ListOptions | None = None) -> t.Any:
    if place.level is Level.SERVICE_INSTANCE:
        return client.list_instance_certificates(tenant=place.tenant, filter=options)
    return client.list_subaccount_certificates(place.strategy, place.tenant, filter=options)


def encoded(content: bytes) -> str:
    return base64.b64encode(content).decode()


def test_life_of_a_certificate(certificates: CertificateClient, place: Place, landscape: Landscape) -> None:
    assert listed(certificates, place).items == []
    pem = Certificate("trusted.pem", encoded(landscape.ca_file.read_bytes()), "CERTIFICATE")
    keystore = Certificate("our team's store (new).jks", encoded(JKS))
    for new in (pem, keystore):
        certificates.create_certificate(new, place.level, place.tenant)
        with pytest.raises(HttpError) as conflict:
            certificates.create_certificate(new, place.level, place.tenant)
        assert conflict.value.status_code == 409
    assert listed(certificates, place).items == [pem, keystore]
    assert base64.b64decode(place.stored.certificates[keystore.name]["Content"]) == JKS

    renewed = Certificate("trusted.pem", encoded(JKS))
    certificates.update_certificate(renewed, place.level, place.tenant)
    assert place.stored.certificates["trusted.pem"] == renewed.to_dict()
    with pytest.raises(HttpError) as missing:
        certificates.update_certificate(Certificate("absent.pem", encoded(JKS)), place.level, place.tenant)
    assert missing.value.status_code == 404

    certificates.delete_certificate(keystore.name, place.level, place.tenant)
    assert listed(certificates, place).items == [renewed]
    with pytest.raises(HttpError) as gone:
        certificates.delete_certificate(keystore.name, place.level, place.tenant)
    assert gone.value.status_code == 404


def test_read_of_one(certificates: CertificateClient, environment: Environment, subscriber: Subaccount) -> None:
    provider, theirs, private = (encoded(text) for text in (b"provider", b"subscriber", b"instance"))
    environment.subaccount.level.certificates["both.pem"] = {"Content": provider}
    subscriber.level.certificates["both.pem"] = {"Content": theirs}
    environment.subaccount.instances[0].level(environment.subaccount).certificates["own.p12"] = {"Content": private}

    def content(name: str, strategy: AccessStrategy) -> str | None:
        found = certificates.get_subaccount_certificate(name, strategy, subscriber.subdomain)
        return found.content if found else None

    assert [content("both.pem", strategy) for strategy in AccessStrategy] == [theirs, provider, theirs, provider]
    assert [content("own.p12", strategy) for strategy in AccessStrategy] == [None] * 4
    assert certificates.get_instance_certificate("own.p12") == Certificate("own.p12", private)
    assert certificates.get_instance_certificate("both.pem") is None


def test_pages_and_filters(certificates: CertificateClient, place: Place) -> None:
    for name in ("a.pem", "our team's b.pem", "c.p12"):
        place.stored.certificates[name] = {"Content": encoded(name.encode())}
    page = listed(certificates, place, ListOptions(page=2, page_size=2, page_count=True, entity_count=True))
    assert [item.name for item in page.items] == ["c.p12"]
    assert (page.pagination.page_count, page.pagination.entity_count) == (2, 3)
    filtered = listed(certificates, place, ListOptions(filter_names=["our team's b.pem", "c.p12", "absent"]))
    assert [item.name for item in filtered.items] == ["our team's b.pem", "c.p12"]


@pytest.mark.parametrize("content", ["no Base64", "====", "YQ"])
def test_content_is_base64(certificates: CertificateClient, content: str) -> None:
    with pytest.raises(HttpError) as refused:
        certificates.create_certificate(Certificate("bad.pem", content))
    assert refused.value.status_code == 400
