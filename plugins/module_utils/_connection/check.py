# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The check of a connection, the same before and after a change: what is wrong, what is left to do, whether it works.

Errors among the findings stop a run before anything is written. ``in_sync`` is about state alone: what cannot be
verified is a finding, and never a reason to write.
"""

from __future__ import annotations

import dataclasses
import time
import uuid
from dataclasses import dataclass, field

from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.service_key import ServiceKey
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection import audit
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.definition import Values
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.keys import read_keys
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.operations.base import (
    Environment,
    Facts,
    Operation,
    with_acknowledged,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.operations.connect import Check, Connect
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.operations.disconnect import Disconnect
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.operations.rename import Rename
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.operations.repopulate import Repopulate
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.operations.rotate_secret import (
    RotateSecret,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.operations.switch import Pause, Resume
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.state import State, read_state
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.subaccount import (
    ENABLED,
    identifying_properties,
    look_alike_findings,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.variables import is_known, read_variables
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.verification import (
    TASK_CENTER,
    Changes,
    Verification,
    Verifier,
    expired_token_findings,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._core import public_file as files
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.given_values import is_blank
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.module import Environ, Outcome, Params
from ansible_collections.btp_ops.task_center.plugins.module_utils._destination.meanwhile import Checked, digests
from ansible_collections.btp_ops.task_center.plugins.module_utils._destination.temporary_copy import leftovers
from ansible_collections.btp_ops.task_center.plugins.module_utils._findings.catalog import (
    Findings,
    errors_among,
    finding,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._trust.certificate import SHORT_FINGERPRINT
from ansible_collections.btp_ops.task_center.plugins.module_utils._trust.slots import EXPIRES_WITHIN

OPERATIONS: dict[str, type[Operation]] = {
    "connect": Connect,
    "disconnect": Disconnect,
    "check": Check,
    "audit": Check,
    "pause": Pause,
    "resume": Resume,
    "repopulate": Repopulate,
    "rename": Rename,
    "rotate_secret": RotateSecret,
}
# Those that the variable fsm_state turns into their opposite.
BY_STATE = ("connect", "audit")
# Those after which an environment is compared with its inventory in a report.
COMPARED = ("audit", "check")
# Those that make no sense for a connection that is not to exist.
NEED_PRESENT = ("check", "rename", "rotate_secret")
ABSENT = "absent"


@dataclass
class _Result:
    """What a check came to, as it comes up."""

    operation: Operation
    findings: Findings
    state: State | None = None
    plan: Facts = field(default_factory=dict)
    in_sync: bool = False
    withdraws: str = ""
    verification: Verification = field(default_factory=Verification)

    @property
    def failed(self) -> bool:
        """Whether an error was found."""
        return bool(errors_among(self.findings))


def check(params: Params, environ: Environ, preview: bool) -> Outcome:
    """Check a connection for an operation.

    :param params: options of M(btp_ops.task_center.fsm_connection_info)
    :param environ: environment variables of the task
    :param preview: whether nothing is changed (check mode)
    """
    values, findings = read_variables(params["connection"])
    environment = _environment(params, values, environ, preview)
    operation = _operation(params["operation"], values)(values, environment)
    not_wanted = _state_findings(params["operation"], values)
    result = _Result(operation, findings + not_wanted)
    # What a connection has to have matters only if it is known that it has to be.
    if not not_wanted and is_known(params["connection"], values, "state"):
        result.findings += operation.input_findings()
    key, more = read_keys(params, values)
    result.findings += more
    if key and not result.failed:
        _read(result, params, environ, key)
        _verify(result, params, environ)
    return _outcome(result, params, key)


def await_removal(params: Params, environ: Environ, preview: bool) -> Outcome:
    """Wait until Task Center has no connector any more of a destination whose tc.enabled was removed.

    :param params: options of M(btp_ops.task_center.fsm_connection_info)
    :param environ: environment variables of the task
    :param preview: whether nothing was removed, so that there is nothing to wait for
    """
    values, findings = read_variables(params["connection"])
    verification = Verification()
    if not errors_among(findings) and not preview:
        settled_at = float(params["after"]["written_at"] or time.time()) + values["task_center_refresh_seconds"]
        verification = Verifier(params, environ, None, values, {}).verify_removal(params["destination"], settled_at)
    return Outcome(
        facts={"findings": findings + verification.findings, "verification": verification.results},
        warnings=verification.warnings,
    )


def _read(result: _Result, params: Params, environ: Environ, key: ServiceKey) -> None:
    """Read what the operation needs, and find out what is wrong and what is left to do."""
    operation = result.operation
    operation.prepare()
    done, questions = params["after"], operation.questions
    if done:
        # FSM has answered before the changes, which were not made there.
        questions = dataclasses.replace(questions, client=False, metadata=False)
    state = result.state = read_state(params, environ, key, operation.values, questions)
    if done and operation.environment.preview:
        # Nothing was changed, and everything has been reported before.
        result.plan = done["plan"]
        return
    result.findings += [finding("system_not_readable", error=error) for error in state.failures]
    result.findings += look_alike_findings(state.subaccount or [], operation.all_names())
    result.findings += operation.findings(state)
    if operation.verifies and operation.values["verify"]:
        result.findings += expired_token_findings(state, operation.values)
    result.plan = operation.plan(state)
    result.findings += operation.refused
    if done:
        result.withdraws = operation.withdraws(state, done.get("added", ()), done.get("secondary_added", ()))
        if result.withdraws:
            result.findings = [one for one in result.findings if one["id"] != "second_primary"]
            result.findings += operation.withdrawal_findings(state, result.withdraws)
        result.in_sync = operation.completed(state, result.plan, done["plan"])
        if not result.in_sync and not result.failed:
            facts = {"environment": operation.environment.name, "differences": operation.differences()}
            result.findings.append(finding("changes_not_in_effect", **facts))
        # Errors are repeated, for they are what the run fails with.
        known = set(done.get("reported", ()))
        result.findings = [one for one in result.findings if one["text"] not in known or one in errors_among([one])]
    else:
        result.in_sync = operation.in_sync(state, result.plan)
        if result.in_sync:
            result.findings += [] if result.failed else operation.nothing_to_do()
            result.in_sync = not _left_over(operation, state)


def _left_over(operation: Operation, state: State) -> bool:
    """Return whether killed runs have left copies of destinations that the operation's verification deletes."""
    verified = operation.removes_leftovers and operation.values["verify"]
    return bool(verified and leftovers(state.instance or (), state.service.http.now()))


def _verify(result: _Result, params: Params, environ: Environ) -> None:
    """Find out whether the connection works if nothing is left to do; else only whether Task Center can be read."""
    operation, state = result.operation, result.state
    if result.failed or state is None or (params["after"] and operation.environment.preview):
        return
    done = params["after"] or {}
    changes = Changes(float(done["written_at"]) if done.get("written_at") else None, done.get("tokens") or {})
    verifier = Verifier(params, environ, state, operation.values, operation.definitions, changes)
    if not params["after"] and operation.needs_task_center(result.plan) and verifier.reads_task_center:
        result.findings += verifier.access_findings()
        result.verification = Verification(warnings=verifier.warnings)
    elif _reads_connector(operation, state, verifier):
        result.verification = verifier.read_connector(_enabled(operation, state))
        result.findings += result.verification.findings
    elif operation.verifies and operation.values["verify"] and result.in_sync:
        fingerprint = state.slots.active.fingerprint if state.slots and state.slots.active else "-"
        settled_at = _settled_at(params, operation.values)
        result.verification = operation.verify(verifier, fingerprint, _enabled(operation, state), settled_at)
        result.findings += result.verification.findings


def _enabled(operation: Operation, state: State) -> bool:
    return (state.destination(operation.name) or {}).get(ENABLED, "true") == "true"


def _reads_connector(operation: Operation, state: State, verifier: Verifier) -> bool:
    """Return whether to read Task Center's connector: there is one if the primary destination is one."""
    polled = ENABLED in (state.destination(operation.name) or {})
    return bool(operation.reads_connector and operation.values["verify"] and polled and verifier.reads_task_center)


def _settled_at(params: Params, values: Values) -> float:
    """Return the moment from which on Task Center has reread what was changed, in seconds since the epoch.

    Until then it reports what came of the destinations as they were. Of one that it did not poll before, it reports
    nothing, which is waited for anyway.
    """
    done = params["after"]
    if not done or not done["plan"].get("polled"):
        return 0.0
    return float(done["written_at"] or time.time()) + float(values["task_center_refresh_seconds"])


def _checked(operation: Operation, state: State, key: ServiceKey) -> Facts:
    """Return what the destinations were when they were read, for the tasks that write them."""
    read = {name: digests(state.destination(name) or {}, key) for name in operation.all_names()}
    return Checked(read, tuple(operation.must_stay())).facts()


def _verifies(operation: Operation) -> dict[str, bool]:
    """Return which destinations are verified once they are written, by their part: the secondary one takes a user."""
    wanted = operation.verifies and operation.values["verify"] is True
    return {"primary": wanted, "secondary": wanted and not is_blank(operation.values["user_token"])}


def _operation(name: str, values: Values) -> type[Operation]:
    return Disconnect if name in BY_STATE and values["state"] == ABSENT else OPERATIONS[name]


def _state_findings(operation: str, values: Values) -> Findings:
    if operation in NEED_PRESENT and values["state"] == ABSENT:
        return [finding("state_is_absent", name=values["name"])]
    return []


def _environment(params: Params, values: Values, environ: Environ, preview: bool) -> Environment:
    folder = values["certificate_dir"]
    if is_blank(folder):
        folder = files.full_path(f"{files.HOME}/{files.CERTIFICATES}")
    return Environment(
        params["environment"],
        # Two environments of the same name, such as localhost, have two files if they are of two subaccounts.
        f"{folder}/{params['environment']}-{SHORT_FINGERPRINT}.pem",
        preview,
        files.outlives_job(folder, environ),
    )


def _acknowledge(result: _Result) -> list[str]:
    """Take what the operator knows about from the findings, and return its IDs; an error is never among it."""
    acknowledged = result.operation.values["acknowledged"]
    known = [one for one in result.findings if one["id"] in acknowledged and not errors_among([one])]
    result.findings = [one for one in result.findings if one not in known]
    return [one["id"] for one in known]


def _comparison(result: _Result, certificate: Facts | None) -> Facts:
    """Return how an environment compares with its inventory.

    :param certificate: the active trust certificate, as M(btp_ops.task_center.fsm_trust_cert_info) returns it
    """
    operation, slots = result.operation, result.state.slots if result.state else None
    return audit.environment_report(
        changes={operation.names()[which]: change for which, change in operation.changes.items()},
        certificate=certificate,
        findings=result.findings,
        uploaded=operation.values["uploaded_certificates"],
        compared=result.state is not None,
        expected=operation.values["state"] != ABSENT,
        fail_on_drift=operation.values["audit_fail_on_drift"],
        passive=slots.described(slots.passive, EXPIRES_WITHIN) if slots and slots.passive else None,
        connector=audit.connector_of(result.verification.results[TASK_CENTER], operation.name),
        waiting=operation.to_upload(slots.active, certificate)
        if isinstance(operation, Check) and slots and slots.active and certificate
        else None,
    )


def _outcome(result: _Result, params: Params, key: ServiceKey | None) -> Outcome:
    operation, state, done = result.operation, result.state, params["after"]
    certificate = None
    if state and state.slots and state.slots.active:
        certificate = state.slots.described(state.slots.active, EXPIRES_WITHIN)
    known = _acknowledge(result)
    row = {"environment": params["environment"]}
    if state:
        changed = done["plan"] if done and not operation.environment.preview else None
        row |= with_acknowledged(operation.row(result.plan, changed, result.verification.verified()), known)
    if operation.questions.trust:
        days = certificate["days_left"] if certificate else None
        row["days left"] = "-" if days is None else days
    facts = {
        "environment": params["environment"],
        "findings": result.findings,
        "acknowledged": known,
        "changes": operation.changes,
        "verification": result.verification.results,
        "certificate": certificate,
        "row": row,
    }
    if params["operation"] in COMPARED:
        facts["audit"] = _comparison(result, certificate)
    connects = None
    if key and state and "primary" in operation.definitions:
        connects = {
            "environment": params["environment"],
            "subaccount": key.tenant_host,
            "primary": identifying_properties(operation.definitions["primary"].properties),
            "audience": operation.values["audience"],
        }
    actionable = state is not None and not result.in_sync and not result.failed
    return Outcome(
        facts=facts,
        # What later tasks and other environments rely on stays readable, even if a secret has the same value.
        decisions={
            "operation": params["operation"],
            "in_sync": result.in_sync,
            "actionable": actionable,
            # Whether nothing is to follow: a summary calls no other environment completed.
            "final": not result.failed and (bool(done) or not actionable or params["operation"] in COMPARED),
            "withdraws": result.withdraws,
            "removes": actionable and isinstance(operation, Disconnect),
            # Only for tasks that write: a play keeps it for every environment.
            "checked": _checked(operation, state, key) if key and state and (actionable or done) else None,
            "plan": result.plan,
            "verifies": _verifies(operation),
            "check_id": uuid.uuid4().hex,
            "connects": connects,
            "certificate_path": operation.environment.file_of(certificate["fingerprint"] if certificate else None),
        },
        warnings=result.verification.warnings,
    )
