# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the Destination Service and Task Center say of a connection: what stands, and whether it works."""

from __future__ import annotations

import functools
import typing as t

from ansible_collections.btp_ops.task_center.plugins.module_utils import exported_file as files
from ansible_collections.btp_ops.task_center.plugins.module_utils.certificate import Certificate
from ansible_collections.btp_ops.task_center.plugins.module_utils.clients.destination_service import DestinationService
from ansible_collections.btp_ops.task_center.plugins.module_utils.connector_watch import INTERVAL, watch_connectors
from ansible_collections.btp_ops.task_center.plugins.module_utils.errors import OperatorError
from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.proof import proof_findings
from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.subaccount import ENABLED, telling, trust_findings
from ansible_collections.btp_ops.task_center.plugins.module_utils.options import open_http
from ansible_collections.btp_ops.task_center.plugins.module_utils.plans.destination import Plan, plan_present, wish
from ansible_collections.btp_ops.task_center.plugins.module_utils.secrets import masked, secret_values
from ansible_collections.btp_ops.task_center.plugins.module_utils.service_key import read_service_key
from ansible_collections.btp_ops.task_center.plugins.module_utils.shell import Environ
from ansible_collections.btp_ops.task_center.plugins.module_utils.side_by_side import Answer, asked, beside
from ansible_collections.btp_ops.task_center.plugins.module_utils.token_claims import bare_token, check_unexpired
from ansible_collections.btp_ops.task_center.plugins.module_utils.token_proof import prove_token
from ansible_collections.btp_ops.task_center.plugins.module_utils.trust_slots import (
    EXPIRES_WITHIN,
    TrustSlots,
    read_slots,
)

BOTH = ("primary", "secondary")


class ConnectionLook:
    """What the Destination Service says of an environment, and what comes of it.

    :param params: options of M(btp_ops.task_center.fsm_connection_info)
    :param environ: environment variables of the task
    :raises InputError: a destination is described in a way that cannot be meant
    :ivar warnings: of the proofs
    """

    def __init__(self, params: dict[str, t.Any], environ: Environ) -> None:
        self._params, self._environ = params, environ
        wanted = params["destinations"]
        self._wishes = {
            which: wish(
                wanted[which]["Name"],
                wanted[which],
                wanted[f"{which}_secrets"],
                purge=True,
                keep_secrets=params["update_secrets"] == "on_create",
            )
            for which in BOTH
        }
        self._service: DestinationService | None = None
        self._slots: TrustSlots | None = None
        self._found: dict[str, dict[str, t.Any]] = {}
        self._plans: dict[str, Plan] = {}
        self._refused: dict[str, Answer] = {}
        self.warnings: list[str] = []

    def ask(self) -> dict[str, Answer]:
        """Read the destinations of both levels, and the trust certificates."""
        try:
            service = DestinationService(open_http(self._params, self._environ), read_service_key(self._params))
        except OperatorError as error:
            return {asked_for: {"failed": True, "msg": str(error)} for asked_for in ("subaccount", "instance", "trust")}
        self._service = service
        service.http.secrets |= {
            value for wanted in self._wishes.values() for value in wanted.secrets.values() if value
        }
        answers = {
            "subaccount": asked(lambda: self._destinations(service, "subaccount")),
            "instance": asked(lambda: self._destinations(service, "instance")),
            "trust": asked(lambda: self._trust(service)),
        }
        if "destinations" in answers["subaccount"]:
            for which in BOTH:
                self._plan(which)
        return answers

    def _plan(self, which: str) -> None:
        wanted = self._wishes[which]
        try:
            self._plans[which] = plan_present(wanted, self._found.get(wanted.name))
        except OperatorError as error:
            self._refused[which] = {"failed": True, "msg": str(error)}

    def _destinations(self, service: DestinationService, level: str) -> Answer:
        found = service.destinations(level)
        if level == "subaccount":
            self._found = {one["Name"]: one for one in found}
        secret = [name for wanted in self._wishes.values() for name in wanted.secrets]
        whole = {*self._params["also"], *(wanted.name for wanted in self._wishes.values())}
        told = [one if one.get("Name") in whole else telling(one) for one in found]
        return {"destinations": [masked(one, secret) for one in told]}

    def _trust(self, service: DestinationService) -> Answer:
        self._slots = read_slots(service)
        return self._slots.facts(EXPIRES_WITHIN)

    @functools.cached_property
    def stands(self) -> bool:
        """Whether nothing is left to do, as far as it was asked for."""
        planned = [planned.action for planned in self._plans.values()]
        return planned == ["none", "none"] and self._active is not None and self._file_stands(self._active)

    @property
    def _active(self) -> Certificate | None:
        return self._slots.active if self._slots else None

    def _file_stands(self, certificate: Certificate) -> bool:
        """Tell whether the certificate's file stands as fsm_trust_cert would write it, if one is to be written."""
        try:
            wanted = files.file_wish({"path": self._params["certificate_path"], "mode": files.MODE})
            if wanted is None:
                return True
            current = files.read_state(wanted.path)
        except OperatorError:
            # Whoever has to write the file tells why that cannot be.
            return False
        return files.wanted_state(wanted, certificate.pem, current) == current

    def certificate_findings(self) -> list[dict[str, str]]:
        """Judge the active trust certificate."""
        if self._slots is None:
            return []
        active, path = self._active, self._params["certificate_path"]
        if not (active and path and self._file_stands(active)):
            path = f"the one that btp_ops.task_center.connect_fsm writes{f' to {path}' if path else ''}"
        return trust_findings(
            self._slots.described(active, EXPIRES_WITHIN) if active else None,
            self._params["uploaded_certificates"],
            self._params["destinations"]["primary"],
            path,
            self._params["certificate_min_days"],
            self._params["upload_gate"],
        )

    def proof_findings(self, proofs: dict[str, Answer]) -> list[dict[str, str]]:
        """Judge what the proofs came to."""
        primary = self._plans["primary"].after
        fingerprint = self._active.fingerprint if self._active else "-"
        return proof_findings(proofs, primary["Name"], fingerprint, primary.get(ENABLED, "true") == "true")

    def planned(self) -> dict[str, Answer]:
        """Return what would be done about both destinations, or why it would be refused."""
        diffs = {which: [{"before": one.before or "", "after": one.after or ""}] for which, one in self._plans.items()}
        return {**{which: {**one.facts(), "diff": diffs[which]} for which, one in self._plans.items()}, **self._refused}

    def prove(self) -> dict[str, Answer]:
        """Obtain tokens through both destinations, and ask Task Center beside that, if there are tokens for it.

        Only where all of it stands.
        """
        connector = beside(lambda: asked(self._connector)) if self._params["task_center"] else None
        primary = asked(lambda: self._token("primary"))
        secondary = asked(lambda: self._token("secondary")) if self._params["user_token"] else {}
        return {"primary": primary, "secondary": secondary, "task_center": connector.result() if connector else {}}

    def _token(self, which: str) -> Answer:
        service, name = t.cast("DestinationService", self._service), self._wishes[which].name
        user_token = self._params["user_token"] if which == "secondary" else None
        if user_token:
            bare_token(user_token, "user_token")
            check_unexpired(user_token, "user_token", service.http.now())
        service.http.secrets |= secret_values(self._found[name])
        return {"token": prove_token(service, "subaccount", name, user_token, self._found[name])}

    def _connector(self) -> Answer:
        asks = {"name": self._wishes["primary"].name, "wait_for": "settled", "interval": INTERVAL}
        facts, warnings = watch_connectors(
            open_http(self._params, self._environ), {**asks, "service_status": True, **self._params["task_center"]}
        )
        self.warnings += warnings
        return facts
