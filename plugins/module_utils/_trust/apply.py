# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Carrying out what is planned for the trust certificates, also against lost answers and other machines."""

from __future__ import annotations

import secrets
import time
import typing as t

from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.destination_service import DestinationService
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.errors import AnswerLost, ServiceError
from ansible_collections.btp_ops.task_center.plugins.module_utils._trust.certificate import read_certificate
from ansible_collections.btp_ops.task_center.plugins.module_utils._trust.plan import DesiredCertificate, Plan, plan
from ansible_collections.btp_ops.task_center.plugins.module_utils._trust.slots import TrustSlots, read_slots

# Another machine that rotates at the same moment is met at most this often.
ROUNDS = 4
LONGEST_YIELD = 1.0  # seconds to give way to it


def lock_name(service: DestinationService) -> str:
    """Return the name of the lock that keeps this machine from changing a subaccount's certificates twice at once."""
    return f"{service.key.tenant_host} trust certificate"


def carry_out(service: DestinationService, wanted: DesiredCertificate) -> tuple[TrustSlots, Plan, TrustSlots]:
    """Plan with what the service has now, carry that out, and return what it had, the plan, and what it has then.

    The caller holds the lock.

    :raises Refused: what is wanted cannot be had
    :raises ServiceError: the service refuses, or someone else rotates all the time
    """
    for _round in range(ROUNDS):
        before = read_slots(service)
        planned = plan(wanted, before.fingerprints)
        if planned.action == "none":
            return before, planned, before
        after = _called(service, planned, before)
        if planned.action != "rotate" or after.fingerprints.active == wanted.fingerprint:
            return before, planned, after
        # Two machines rotated at once, so the second call turned the first one back.
        time.sleep(LONGEST_YIELD * secrets.randbelow(1000) / 1000)
    raise ServiceError(
        f"Someone else rotates the trust certificates of {service.key.subaccount} at the same time.",
        "Find out who, and run the task again.",
    )


def _called(service: DestinationService, planned: Plan, before: TrustSlots) -> TrustSlots:
    """Send a plan's call and return what the service has then.

    A lost answer does not say whether the call was carried out, and none of the calls may be carried out twice: so
    both slots are read, and only if nothing has changed the error is passed on.
    """
    calls: dict[str, t.Callable[[], t.Any]] = {
        "generate_active": lambda: service.generate_certificate("active"),
        "renew_active": lambda: service.generate_certificate("active"),
        "generate_passive": lambda: service.generate_certificate("passive"),
        "rotate": service.rotate_certificates,
        "delete_passive": service.delete_passive_certificate,
    }
    lost: ServiceError | None = None
    try:
        answer = calls[planned.action]()
        if planned.action == "rotate" and read_certificate(answer).fingerprint == before.fingerprints.active:
            return before
    except ServiceError as error:
        if not isinstance(error, AnswerLost) and (error.status or 0) < 500:
            raise
        lost = error
    after = read_slots(service, lambda slots: slots.fingerprints != before.fingerprints)
    if after.fingerprints != before.fingerprints:
        return after
    raise lost or ServiceError(
        f"The trust certificates of {service.key.subaccount} are still as before; {before.fingerprints.described()}.",
        "Run the task again: it finds out what there is by then.",
    )
