# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The subaccount's trust certificate, judged by one that SAP published and by SAP BTP Connectivity's "Manage Trust".

A real one is self-signed with sha512WithRSAEncryption, lives for two years, and names region and subaccount in a common
name of 66 characters, two more than X.509 allows.
"""

from __future__ import annotations

import typing as t
from datetime import timedelta

import pytest
from asn1crypto import pem, x509

if t.TYPE_CHECKING:
    from landscape import Environment, Landscape
    from unit.landscape.conftest import Http

CERTIFICATE = "/saml2Metadata/certificate"


@pytest.mark.parametrize("path", [CERTIFICATE, f"{CERTIFICATE}/passive"])
def test_certificate_is_like_a_real_one(
    landscape: Landscape, service: Http, environment: Environment, path: str
) -> None:
    generated = service("POST", path, data="").json()["certificate"]
    assert service("GET", path).json() == {"certificate": generated}
    certificate = x509.Certificate.load(pem.unarmor(generated.encode())[2])
    name = f"cfapps.eu10.hana.ondemand.com/{environment.subaccount.id}"
    assert len(name) == 66
    assert certificate.subject.native == {
        "common_name": name,
        "organization_name": "SAP",
        "organizational_unit_name": "CP Destination Configuration",
    }
    assert certificate.issuer == certificate.subject
    assert certificate["signature_algorithm"].native["algorithm"] == "sha512_rsa"
    assert certificate.public_key.algorithm == "rsa"
    assert certificate.not_valid_after - certificate.not_valid_before == timedelta(days=730)
    assert timedelta(0) <= landscape.clock.now() - certificate.not_valid_before < timedelta(minutes=5)
