# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is wrong with a trust certificate: how long it is valid, and whether the operator declares it as uploaded."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.btp_ops.task_center.plugins.module_utils._findings.catalog import (
    ERROR,
    WARNING,
    Findings,
    finding,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._trust.certificate import normal_fingerprint

ENFORCE = "enforce"


@dataclass(frozen=True)
class Upload:
    """What the operator says of the upload to FSM, which offers no API that lists the certificates.

    :param declared: SHA-256 fingerprints of the certificates that were uploaded
    :param gate: ``enforce`` makes an error of a certificate that is not declared, anything else a warning
    :param host: of FSM
    :param account_id: of FSM
    """

    declared: t.Sequence[str]
    gate: str
    host: str
    account_id: str

    def has(self, fingerprint: str) -> bool:
        """Return whether a certificate is declared.

        :raises InputError: one of the declared fingerprints is none
        """
        return fingerprint in map(normal_fingerprint, self.declared)

    def findings(self, fingerprint: str, path: str, preview: bool) -> Findings:
        """Find out whether a certificate may be used.

        :param path: the file that holds it, or will
        :param preview: whether nothing is changed, so that a real run would stop and this one continues
        :raises InputError: one of the declared fingerprints is none
        """
        if self.has(fingerprint):
            return []
        enforced = self.gate == ENFORCE
        facts = {"fingerprint": fingerprint, "host": self.host, "account_id": self.account_id, "path": path}
        severity = ERROR if enforced and not preview else WARNING
        results = [finding("certificate_not_uploaded", severity, **facts)]
        if enforced and preview:
            results.append(finding("upload_required_before_run", path=path))
        return results


def to_upload(certificate: t.Mapping[str, t.Any], path: str | None, host: str, account_id: str) -> dict[str, t.Any]:
    """Return what somebody needs who uploads a certificate, also where nobody can read the run's files.

    :param certificate: its fingerprint, not_after and pem
    :param path: the file that holds it; None without one
    :param host: of FSM
    :param account_id: of FSM
    """
    facts = {name: certificate[name] for name in ("fingerprint", "not_after", "pem")}
    return {**facts, "path": path, "host": host, "account_id": account_id}


def validity_findings(certificate: dict[str, t.Any], min_days: int) -> Findings:
    """Find out whether a certificate is valid, and for long enough.

    :param certificate: as M(btp_ops.task_center.fsm_trust_cert_info) returns it
    :param min_days: days for which it has to be valid at least
    """
    facts = {**certificate, "min_days": min_days}
    if certificate["unreadable"]:
        return [finding("certificate_unreadable", reason=certificate["unreadable"], **certificate)]
    if certificate["expired"]:
        return [finding("certificate_expired", **facts)]
    if certificate["not_yet_valid"]:
        return [finding("certificate_not_yet_valid", **facts)]
    if certificate["days_left"] < min_days:
        return [finding("certificate_expires", **facts)]
    return []
