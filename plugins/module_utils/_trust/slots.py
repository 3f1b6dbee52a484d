# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The active and the passive trust certificate of a subaccount, as the service has them."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass
from datetime import datetime

from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.destination_service import DestinationService
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.errors import InputError, ServiceError
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.polling import poll
from ansible_collections.btp_ops.task_center.plugins.module_utils._trust.certificate import (
    Certificate,
    read_certificate,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._trust.plan import Slots

EXPIRES_WITHIN = 60  # days, unless a task says otherwise


@dataclass(frozen=True)
class TrustSlots:
    """Both certificates, None for an empty slot, and the moment at which they were read, by the service's clock."""

    active: Certificate | None
    passive: Certificate | None
    now: datetime

    @property
    def fingerprints(self) -> Slots:
        """What a plan needs to know of them."""
        return Slots(*(certificate.fingerprint if certificate else None for certificate in (self.active, self.passive)))

    @property
    def are_distinct(self) -> bool:
        """Whether there are not two of the same certificate."""
        both = self.fingerprints
        return both.active is None or both.active != both.passive

    def by_fingerprint(self, fingerprint: str | None) -> Certificate | None:
        """Return the certificate with this fingerprint, if it is one of the two."""
        both = (self.active, self.passive)
        return next(
            (certificate for certificate in both if certificate and certificate.fingerprint == fingerprint), None
        )

    def facts(self, expires_within: int) -> dict[str, dict[str, t.Any] | None]:
        """Return the facts of both, None for an empty slot.

        :param expires_within: days before its end from which on a certificate counts as expiring soon
        """
        slots = {"active": self.active, "passive": self.passive}
        return {slot: self.described(found, expires_within) if found else None for slot, found in slots.items()}

    def described(self, certificate: Certificate, expires_within: int) -> dict[str, t.Any]:
        """Return a certificate's facts as module results show them.

        :param expires_within: days before its end from which on it counts as expiring soon
        """
        left = certificate.seconds_left(self.now)
        days = certificate.days_left(self.now)
        begins = certificate.not_before
        return {
            "pem": certificate.pem,
            "fingerprint": certificate.fingerprint,
            "subject": certificate.subject,
            "issuer": certificate.issuer,
            "serial": certificate.serial,
            "not_before": begins and begins.isoformat(),
            "not_after": certificate.not_after and certificate.not_after.isoformat(),
            "days_left": days,
            "not_yet_valid": None if begins is None else begins > self.now,
            "expired": None if left is None else left < 0,
            "expires_soon": None if days is None else days < expires_within,
            "unreadable": certificate.unreadable,
        }


def read_slots(
    service: DestinationService, settled: t.Callable[[TrustSlots], bool] = lambda _slots: True
) -> TrustSlots:
    """Read both slots, as they were at one moment.

    Each slot is a request of its own, and a read may lag: while both show the same certificate, one of them is read too
    early or too late, for certificates only change places.

    :param settled: what else has to be seen; what is not seen after a while is not waited for any longer
    :raises ServiceError: the service refused, or what it holds is no certificate
    """
    return poll(lambda: _read_once(service), lambda slots: slots.are_distinct and settled(slots))


def _read_once(service: DestinationService) -> TrustSlots:
    found: dict[str, Certificate | None] = {}
    for slot in ("active", "passive"):
        pem = service.certificate(slot)
        try:
            found[slot] = None if pem is None else read_certificate(pem)
        except InputError as error:
            raise ServiceError(
                f"The {slot} trust certificate of {service.key.subaccount} cannot be understood: {error.problem}",
                "Look at it in the cockpit, Connectivity, Destinations, Download Trust.",
            ) from error
    return TrustSlots(found["active"], found["passive"], service.http.now())
