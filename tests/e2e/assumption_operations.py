# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What operators do with a connection, each over environments in which SAP's systems differ from what is expected."""

from __future__ import annotations

import abc
import re
import typing as t
from datetime import datetime, timedelta, timezone

import yaml

from assumption_cells import RIGHT, STOP, AnyCell, Broken, Subject
from operating import ENABLED
from rotating import DUE

if t.TYPE_CHECKING:
    from operator_at_work import Operator, Run

NOT_DONE = "failed"


class Operation(abc.ABC):
    """One operation: how its environments are prepared, and what has become of them in the end."""

    # As the documentation calls it.
    name: t.ClassVar[str]
    playbook: t.ClassVar[str]

    def __init__(self, operator: Operator, cells: t.Sequence[AnyCell]) -> None:
        self.operator = operator
        self.subjects = [Subject.of(operator, cell) for cell in cells]
        for one in self.subjects:
            self.prepare(one)
            one.note()

    def prepare(self, one: Subject) -> None:  # noqa: B027 - many operations find it as it is
        """Bring an environment, which is connected, into the state in which the operation finds it."""

    @abc.abstractmethod
    def is_right(self, one: Subject) -> bool:
        """Return whether the state is the one that the operation leads to."""

    def is_completable(self, one: Subject) -> bool:
        """Return whether another run can go on from a state that is neither the one before nor the right one."""
        return False

    def outcomes(self) -> dict[AnyCell, str]:
        """Run it, and return how it ended for each alternative: right state, clear stop, or what is wrong with it."""
        run = self.play(self.playbook, self.subjects)
        return {one.cell: self.judged(one, run) for one in self.subjects}

    def play(self, playbook: str, subjects: t.Sequence[Subject], *arguments: str, allow_warning: str = "") -> Run:
        """Run a playbook over environments."""
        hosts = {one.host: one.variables for one in subjects}
        return self.operator.play(playbook, hosts, *arguments, allow_warning=allow_warning)

    def judged(self, one: Subject, run: Run) -> str:
        """Return how a run ended for an environment."""
        try:
            return self._judged(one, run)
        except Broken as problem:
            return str(problem)

    def _judged(self, one: Subject, run: Run) -> str:
        one.check_nothing_lost()
        if not run.failed(one.host):
            if not self.is_right(one):
                raise Broken(f"it succeeds, and the state is not the right one: {sorted(one.destinations)}")
            return RIGHT
        one.check_explained(run)
        if one.untouched() or self.is_right(one) or self.is_completable(one):
            return STOP
        raise Broken(f"it stops half-way: {run.failure(one.host)}")


class Connect(Operation):
    """Connecting what was not connected."""

    name, playbook = "connect", "connect_fsm"

    def prepare(self, one: Subject) -> None:
        """Leave the trust certificate, which FSM trusts."""
        one.disconnect()

    def is_right(self, one: Subject) -> bool:
        """Expect the pair of the guide."""
        return {name: one.destinations.get(name) for name in one.pair()} == one.pair()


class ConnectAgain(Connect):
    """Connecting what is connected."""

    name = "connect again"

    def prepare(self, one: Subject) -> None:
        """Leave it connected."""


class Correct(Connect):
    """Connecting what someone has changed by hand."""

    name = "correct a difference"

    def prepare(self, one: Subject) -> None:
        """Change what the run has to change back."""
        for name in one.destinations:
            one.connection.change(name, **{"URL.headers.X-Client-Version": "2.0"})
        one.connection.tick()


class Audit(Operation):
    """Comparing what is in sync with the inventory."""

    name, playbook = "audit", "audit_fsm"

    def is_right(self, one: Subject) -> bool:
        """Expect what was there before."""
        return one.untouched()


class AuditDrift(Audit):
    """Comparing what someone has changed by hand with the inventory: to be in sync would be false."""

    name = "audit of a difference"

    def prepare(self, one: Subject) -> None:
        """Change something."""
        for name in one.destinations:
            one.connection.change(name, **{"URL.headers.X-Client-Version": "2.0"})

    def is_right(self, one: Subject) -> bool:
        """Expect nothing: an audit that reports a difference fails."""
        return False


class Adopt(Operation):
    """Making an inventory of an environment that was set up by hand."""

    name, playbook = "adopt", "adopt_fsm"
    KNOWN = ("fsm_destination_service_key", "fsm_certificate_dir", "ansible_connection")

    def prepare(self, one: Subject) -> None:
        """Forget what the inventory holds."""
        self._whole = getattr(self, "_whole", {})
        self._whole[one.host] = one.variables
        one.variables = {key: value for key, value in one.variables.items() if key in self.KNOWN}

    def is_right(self, one: Subject) -> bool:
        """Expect what was there before."""
        return one.untouched()

    def outcomes(self) -> dict[AnyCell, str]:
        """Adopt, fill in what is secret, and preview connect_fsm: it finds nothing to change."""
        adopted = self.play("adopt_fsm", self.subjects)
        results = {one.cell: self.judged(one, adopted) for one in self.subjects}
        going_on = [one for one in self.subjects if results[one.cell] == RIGHT]
        for one in going_on:
            self._fill_in(one)
        preview = self.play("connect_fsm", going_on, "--check", "-e", "fsm_upload_gate=warn")
        for one in going_on:
            results[one.cell] = self.judged(one, preview)
            if results[one.cell] == RIGHT and preview.changed(one.host):
                results[one.cell] = "connect_fsm would change what was adopted"
        return results

    def _fill_in(self, one: Subject) -> None:
        folder = self.operator.folder / "host_vars" / one.host
        known = {
            "vault_fsm_client_secret": one.environment.fsm_client.secret,
            "vault_fsm_destination_service_key": one.variables["fsm_destination_service_key"],
        }
        wanted = yaml.safe_load((folder / "vault.yml.example").read_text(encoding="utf-8"))
        values = {name: known.get(name, "unknown") for name in wanted}
        (folder / "vault.yml").write_text(yaml.safe_dump(values), encoding="utf-8")


class Pause(Operation):
    """Pausing."""

    name, playbook = "pause", "pause_fsm"
    value: t.ClassVar[str] = "false"

    def is_right(self, one: Subject) -> bool:
        """Expect another tc.enabled and nothing else."""
        return one.destinations == one.pair(**{ENABLED: self.value})


class Resume(Pause):
    """Resuming."""

    name, playbook, value = "resume", "resume_fsm", "true"

    def prepare(self, one: Subject) -> None:
        """Pause it."""
        for name in set(one.destinations) & {"FSM", "fsm"}:
            one.connection.change(name, **{ENABLED: "false"})
        one.connection.tick()


class PauseWithoutSecret(Pause):
    """Pausing by an operator who has no secrets at hand."""

    name = "pause without the secret"

    def prepare(self, one: Subject) -> None:
        """Give nothing but access to the service."""
        one.variables = {key: one.variables[key] for key in ("fsm_destination_service_key",)}


class Repopulate(Operation):
    """Letting Task Center pull all tasks again."""

    name, playbook = "repopulate", "repopulate_fsm"

    def is_right(self, one: Subject) -> bool:
        """Expect the pair as it was, and no memory."""
        return one.destinations == one.pair() and "fsm-repopulation" not in one.connection.labels("FSM")

    def is_completable(self, one: Subject) -> bool:
        """Expect that the value of tc.enabled is remembered."""
        return "fsm-repopulation" in one.connection.labels("FSM")


class Rename(Operation):
    """Giving both destinations another name."""

    name, playbook = "rename", "rename_fsm"

    def prepare(self, one: Subject) -> None:
        """Name the new name."""
        one.variables |= {"fsm_name": "NEW", "fsm_rename_from": "FSM"}

    def is_right(self, one: Subject) -> bool:
        """Expect the new pair alone, with the labels of the old one."""
        return one.destinations == one.pair("NEW") and "fsm-renaming" not in one.connection.labels("NEW")

    def is_completable(self, one: Subject) -> bool:
        """Expect that the old pair is there with what is remembered in the new one, or only left to be removed."""
        found = one.destinations
        if found.get("FSM", {}).get(ENABLED) == "true":
            return ENABLED not in found.get("NEW", {})
        return "NEW_PP" in found and ("fsm-renaming" in one.connection.labels("NEW") or ENABLED in found["NEW"])


class RotateSecret(Operation):
    """Giving both destinations another client."""

    name, playbook = "rotate the secret", "rotate_fsm_secret"

    def prepare(self, one: Subject) -> None:
        """Let FSM have another client for the same company."""
        account, client = one.environment.fsm_account, one.environment.fsm_client
        config = one.cell.config
        fsm = {**config.get("fsm", {}), "account_id": account.id, "company_id": client.company_id}
        new = self.operator.environment({"users": [], **config, "fsm": fsm}).fsm_client
        one.variables |= {"fsm_client_id": new.id, "fsm_client_secret": new.secret}
        one.clients.add(new.secret)

    def is_right(self, one: Subject) -> bool:
        """Expect the new client in both, and all else as it was."""
        return one.destinations == self._new(one)

    def is_completable(self, one: Subject) -> bool:
        """Expect the new client in the primary one only, with which it works as well."""
        new, old = self._new(one), one.pair()
        return one.destinations == {"FSM": new["FSM"], "FSM_PP": old["FSM_PP"]}

    def _new(self, one: Subject) -> dict[str, dict[str, str]]:
        client, secret = one.variables["fsm_client_id"], one.variables["fsm_client_secret"]
        shared = {"tokenServiceUser": client, "tokenServicePassword": secret}
        pair = one.pair()
        pair["FSM"] |= {**shared, "clientId": client, "clientSecret": secret}
        pair["FSM_PP"] |= {**shared, "clientKey": client}
        return pair


class RotateTrust(Operation):
    """Replacing the trust certificate: stage, upload, activate, and retire a day later."""

    name, playbook = "rotate trust", "rotate_fsm_trust"
    ALL = ("-e", "fsm_rotation_serial=100%")

    def prepare(self, one: Subject) -> None:
        """Let the active certificate be about to expire."""
        trust, account = one.environment.subaccount.trust, one.environment.fsm_account
        for old in list(account.certificates):
            account.remove(old.fingerprint)
        account.upload(trust.replace("active", expires_in_days=DUE + 0.5).pem)
        self._declare(one)

    def is_right(self, one: Subject) -> bool:
        """Expect the new certificate alone, which FSM trusts."""
        trust, (old, _none) = one.environment.subaccount.trust, one.before["trust"]
        trusted = [certificate.fingerprint for certificate in one.environment.fsm_account.certificates]
        same = one.destinations == one.before["destinations"]
        replaced = trust.active is not None and trust.active != old and trust.active.fingerprint in trusted
        return same and trust.passive is None and replaced

    def outcomes(self) -> dict[AnyCell, str]:
        """Run it once for each step that somebody waits for."""
        results: dict[AnyCell, str] = {}
        going_on = self.subjects
        for proceed in (self.uploaded, self.waited, self.finished):
            if not going_on:
                break
            # Of a service that hides secrets: no copy of the destination can be made.
            run = self.play(self.playbook, going_on, *self.ALL, allow_warning="does not verify the trust certificate")
            for one in going_on:
                results[one.cell] = self._after(one, run) or proceed(one, run)
            going_on = [one for one in going_on if not results[one.cell]]
        return results

    def _after(self, one: Subject, run: Run) -> str:
        """Return how a run ended if it is the last one; nothing if the next step may follow."""
        try:
            one.check_nothing_lost()
            if run.failed(one.host):
                one.check_explained(run)
                return STOP
        except Broken as problem:
            return str(problem)
        return ""

    def uploaded(self, one: Subject, _run: Run) -> str:
        """Upload what is staged, and declare it."""
        passive = one.environment.subaccount.trust.passive
        if passive is None:
            return "it succeeds, and nothing is staged"
        one.environment.fsm_account.upload(passive.pem)
        self._declare(one, passive.fingerprint)
        return ""

    def waited(self, one: Subject, _run: Run) -> str:
        """Let a day go by since the activation."""
        trust, (old, _none) = one.environment.subaccount.trust, one.before["trust"]
        if trust.active == old or trust.passive != old:
            return "it succeeds, and the certificates did not change places"
        if "FSM_PP" not in one.destinations:
            return "it succeeds, and nothing can remember it"
        labels = one.connection.labels("FSM_PP")
        then = f"{datetime.now(timezone.utc) - timedelta(hours=25):%Y%m%dT%H%M%SZ}"
        moved = {
            key: [re.sub(r"\d{8}T\d{6}Z", then, value) for value in values]
            for key, values in labels.items()
            if key.startswith("trust-")
        }
        one.environment.subaccount.destinations.set_labels("FSM_PP", {**labels, **moved})
        return ""

    def finished(self, one: Subject, _run: Run) -> str:
        """Expect that all is done."""
        return RIGHT if self.is_right(one) else "it succeeds, and the old certificate is still there"

    def _declare(self, one: Subject, *more: str) -> None:
        active = one.environment.subaccount.trust.active
        one.variables["fsm_uploaded_certificates"] = [active.fingerprint, *more] if active else []


class Disconnect(Operation):
    """Removing both destinations."""

    name, playbook = "disconnect", "disconnect_fsm"

    def prepare(self, one: Subject) -> None:
        """Let both be gone in the end."""
        one.gone = True
        one.variables["fsm_disconnect_confirm"] = len(self.subjects)

    def play(self, playbook: str, subjects: t.Sequence[Subject], *arguments: str, allow_warning: str = "") -> Run:
        """Run a playbook over environments, all of which are meant."""
        for one in subjects:
            one.variables["fsm_disconnect_confirm"] = len(subjects)
        return super().play(playbook, subjects, *arguments, allow_warning=allow_warning)

    def is_right(self, one: Subject) -> bool:
        """Expect neither of them, however it is spelt."""
        return one.destinations == {}


OPERATIONS: tuple[type[Operation], ...] = (
    Connect,
    ConnectAgain,
    Correct,
    Audit,
    AuditDrift,
    Adopt,
    Pause,
    Resume,
    PauseWithoutSecret,
    Repopulate,
    Rename,
    RotateSecret,
    RotateTrust,
    Disconnect,
)
