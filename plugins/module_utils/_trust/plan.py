# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What to do with a subaccount's trust certificates, so that they are as desired. Pure: no I/O, no Ansible.

Facts: SAP BTP Connectivity, "Manage Trust" and "Rotate the trust certificate": one active key pair signs the
assertions; at most one passive one waits next to it; rotating lets the two change places.
"""

from __future__ import annotations

from dataclasses import dataclass

from ansible_collections.btp_ops.task_center.plugins.module_utils._core.errors import InputError, Refused

NEW = "<new certificate>"


@dataclass(frozen=True)
class Slots:
    """SHA-256 fingerprints of both certificates, None for an empty slot."""

    active: str | None
    passive: str | None

    def shown(self) -> dict[str, str]:
        """Return the slots as a diff shows them."""
        return {"active": self.active or "none", "passive": self.passive or "none"}

    def described(self) -> str:
        """Return the slots as a message names them."""
        return f"the active one is {self.active or 'missing'}, the passive one is {self.passive or 'missing'}"


@dataclass(frozen=True)
class DesiredCertificate:
    """What the task describes.

    :param slot: active or passive
    :param present: whether there has to be a certificate in it
    :param fingerprint: the certificate that has to be active, or the passive one to delete
    :param renew_in_place: the active certificate that has to be replaced at once
    :param exported: whether the certificate with this fingerprint is only to be written down, whatever slot it is in
    """

    slot: str = "active"
    present: bool = True
    fingerprint: str | None = None
    renew_in_place: str | None = None
    exported: bool = False


@dataclass(frozen=True)
class Plan:
    """What to do: generate_active, renew_active, generate_passive, rotate, delete_passive or none."""

    action: str
    after: Slots


def check(wanted: DesiredCertificate) -> None:
    """Refuse options that contradict each other.

    :raises InputError: the message names the options
    """
    if wanted.exported:
        if wanted.renew_in_place or not wanted.fingerprint:
            raise InputError("State exported needs fingerprint, and excludes renew_in_place.", "Correct the options.")
        return
    if wanted.slot == "active" and not wanted.present:
        raise InputError(
            "The active trust certificate cannot be deleted, only replaced.", "Use state absent with slot passive."
        )
    if wanted.slot == "passive" and wanted.present and wanted.fingerprint:
        raise InputError(
            "A fingerprint cannot be chosen for the passive slot: the service makes the key pair itself.",
            "Leave fingerprint out, or use slot active to say which certificate has to be the active one.",
        )
    if not wanted.present and not wanted.fingerprint:
        raise InputError(
            "Deleting the passive trust certificate needs its fingerprint.",
            "Name the certificate that nobody trusts or needs any more; fsm_trust_cert_info shows both.",
        )
    if wanted.renew_in_place and (wanted.slot == "passive" or wanted.fingerprint):
        raise InputError("renew_in_place needs slot active, and excludes fingerprint.", "Set the one or the other.")


def plan(wanted: DesiredCertificate, now: Slots) -> Plan:
    """Decide what to do.

    :raises Refused: what is wanted cannot be had, or would take a certificate away that is in use
    """
    if wanted.exported:
        return _plan_export(wanted, now)
    if wanted.slot == "passive":
        return _plan_passive(wanted, now) if wanted.present else _plan_passive_gone(wanted, now)
    if wanted.renew_in_place:
        if now.active is None:
            raise Refused(
                "There is no active trust certificate to renew.", "Leave renew_in_place out to have one made."
            )
        if now.active != wanted.renew_in_place:
            return Plan("none", now)
        return Plan("renew_active", Slots(NEW, now.passive))
    if wanted.fingerprint and wanted.fingerprint != now.active:
        if wanted.fingerprint != now.passive:
            raise Refused(
                f"The certificate {wanted.fingerprint} cannot be made the active one: it is not there; "
                f"{now.described()}.",
                "Name one of these two.",
            )
        return Plan("rotate", Slots(now.passive, now.active))
    return Plan("none", now) if now.active else Plan("generate_active", Slots(NEW, now.passive))


def _plan_export(wanted: DesiredCertificate, now: Slots) -> Plan:
    # The latter in a preview of the run that makes it.
    if wanted.fingerprint not in (now.active, now.passive, NEW):
        raise Refused(
            f"The certificate {wanted.fingerprint} cannot be exported: it is not there; {now.described()}.",
            "Name one of these two.",
        )
    return Plan("none", now)


def _plan_passive(wanted: DesiredCertificate, now: Slots) -> Plan:
    if now.passive:
        return Plan("none", now)
    if now.active is None:
        raise Refused(
            "There is no active trust certificate next to which a passive one could wait.",
            "Make the active one first: slot active.",
        )
    return Plan("generate_passive", Slots(now.active, NEW))


def _plan_passive_gone(wanted: DesiredCertificate, now: Slots) -> Plan:
    if wanted.fingerprint == now.active:
        raise Refused(
            f"The certificate {wanted.fingerprint} is the active one and is not deleted.",
            "Make the other one active first.",
        )
    if now.passive is None:
        return Plan("none", now)
    if wanted.fingerprint != now.passive:
        raise Refused(
            f"The certificate {wanted.fingerprint} is not deleted because it is not there; {now.described()}.",
            "Name the passive one if it is the one to delete.",
        )
    return Plan("delete_passive", Slots(now.active, None))
