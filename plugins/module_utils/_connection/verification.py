# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether a connection works: tokens are obtained through both destinations, and Task Center's connector is well.

What cannot be verified for want of a token is a finding of one line. Source: SAP Task Center administration guide,
"Monitoring": a connector's status is the worst of its jobs'.
"""

from __future__ import annotations

import time
import typing as t
from dataclasses import dataclass, field
from datetime import datetime, timezone

from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.options import USER_TOKENS, open_http
from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.token_claims import (
    bare_token,
    check_unexpired,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.connector_watch import (
    INTERVAL,
    watch_connectors,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.definition import (
    PAIR,
    Definition,
    Values,
    variable,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.rules import unusable_tokens
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.state import State, secrets_of
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.concurrency import (
    Answer,
    capture_failure,
    run_in_thread,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.given_values import is_blank
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.module import Environ, Params
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.secrets import secret_values
from ansible_collections.btp_ops.task_center.plugins.module_utils._destination.hidden_secrets import shown_properties
from ansible_collections.btp_ops.task_center.plugins.module_utils._destination.token_check import verify_token
from ansible_collections.btp_ops.task_center.plugins.module_utils._findings.catalog import (
    WARNING,
    Findings,
    finding,
)

# What Task Center says of a setting may be no more than a status.
UNEXPLAINED = "It says no more."
# What a connector's status means; any other one is a failure.
FINDING_OF_STATUS = {
    "OK": "",
    "RUNNING": "connector_initial_pull_unfinished",
    "WARNING": "connector_warns",
    "PAUSED": "connector_paused",
}
TASK_CENTER = "task_center"
# Of an answer that Task Center may have given before it reread what was changed.
OUTDATED = "possibly_outdated"


@dataclass(frozen=True)
class Changes:
    """What was changed before a connection is verified.

    :param written_at: when, by this machine's clock, in seconds since the epoch; None if nothing was
    :param tokens: what came of obtaining tokens right after the changes, by the part of the pair, as
        M(btp_ops.task_center.btp_destination) returns it; only what is missing is tried again
    """

    written_at: float | None = None
    tokens: t.Mapping[str, Answer] = field(default_factory=dict)


@dataclass
class Verification:
    """What was verified.

    :param results: by ``primary``, ``secondary`` and ``task_center``: what the service or Task Center answered; with
        ``failed`` and ``msg`` where it did not, empty where it was not verified
    :param enabled: whether the primary destination's tc.enabled is true; else its connector shows nothing, whatever
        Task Center has not reread yet
    """

    results: dict[str, Answer] = field(default_factory=lambda: {name: {} for name in (*PAIR, TASK_CENTER)})
    findings: Findings = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    enabled: bool = True

    def verified(self) -> list[str]:
        """Return the names of what was verified, as the summary has them."""
        names = [which for which in PAIR if _has_token(self.results[which])]
        connector = self.results[TASK_CENTER]
        # One that is paused pulls nothing, so it shows nothing either.
        paused = any(one["status"] == "PAUSED" for one in connector.get("connectors") or ())
        works = self.enabled and connector.get("reached") and not connector.get(OUTDATED) and not paused
        return [*names, "connector"] if works else names


class Verifier:
    """Finds out whether a connection works.

    :param params: the module's options for TLS, timeouts and retries
    :param values: of the connection, by name
    :param state: what was read of the Destination Service; None if only Task Center is to be read
    :param definitions: of both destinations
    :param changes: after which the connection is verified
    :ivar warnings: what the user has to know of tokens that were renewed
    """

    def __init__(
        self,
        params: Params,
        environ: Environ,
        state: State | None,
        values: Values,
        definitions: dict[str, Definition],
        changes: Changes = Changes(),
    ) -> None:
        self._params, self._environ = params, environ
        self._state, self._values, self._definitions = state, values, definitions
        self._changes = changes
        self.warnings: list[str] = []

    @property
    def reads_task_center(self) -> bool:
        """Whether the operator has given access to Task Center."""
        return not is_blank(self._values["task_center_service_key"])

    def verify(self, fingerprint: str, enabled: bool, settled_at: float = 0.0) -> Verification:
        """Obtain tokens, and read Task Center's connector at the same time.

        :param fingerprint: of the active trust certificate, for messages
        :param enabled: whether the primary destination's tc.enabled is true; else its connector has to be paused
        :param settled_at: the moment from which on Task Center has reread the destinations, in seconds since the epoch
        """
        has_user_token = not is_blank(self._values["user_token"])
        connector = run_in_thread(lambda: self._connector(settled_at)) if self.reads_task_center else None
        results = {
            "primary": capture_failure(lambda: self._token("primary")),
            "secondary": capture_failure(lambda: self._token("secondary")) if has_user_token else {},
            TASK_CENTER: connector.result() if connector else {},
        }
        found = self._findings(results, fingerprint, enabled)
        return Verification(results, found, self.warnings, enabled)

    def verify_connector(self, enabled: bool) -> Verification:
        """Wait until Task Center's connector is back.

        :param enabled: whether the primary destination's tc.enabled is true; else the connector pulls no tasks
        """
        name = self._definitions["primary"].name
        if not self.reads_task_center:
            return Verification(findings=[finding("connector_unverified", destination=name, event="is back")])
        answer = self._connector(0.0)
        if answer.get("failed"):
            found = [finding("verification_failed", error=answer["msg"])]
        else:
            found = connector_findings(answer, name, enabled)
            found = found if enabled else [one for one in found if one["id"] == "connector_missing"]
        results: dict[str, Answer] = {**{which: {} for which in PAIR}, TASK_CENTER: answer}
        return Verification(results, found, self.warnings, enabled)

    def read_connector(self, enabled: bool) -> Verification:
        """Read Task Center's connector as it is now; nothing is waited for.

        :param enabled: whether the primary destination's tc.enabled is true; else the connector has to be paused
        """
        name = self._definitions["primary"].name
        options = {**task_center_options(self._values, name), "wait": 0}
        answer = capture_failure(lambda: self._watch(options))
        if answer.get("failed"):
            # Nothing depends on it: what is not known is no difference.
            found = [finding("verification_failed", WARNING, error=answer["msg"])]
        else:
            found = connector_findings(answer, name, enabled)
        return Verification({**{which: {} for which in PAIR}, TASK_CENTER: answer}, found, self.warnings, enabled)

    def verify_removal(self, destination: str, settled_at: float) -> Verification:
        """Wait until Task Center has no connector of a destination any more.

        Without access to it, wait until it must have reread the destinations.

        :param settled_at: the moment from which on it has, in seconds since the epoch
        """
        if not self.reads_task_center:
            waited = max(0.0, settled_at - time.time())
            time.sleep(waited)
            event = f"is removed; this run has waited {self._values['task_center_refresh_seconds']} seconds for it"
            return Verification(findings=[finding("connector_unverified", destination=destination, event=event)])
        options = {**task_center_options(self._values, destination), "wait_for": "removed", "service_status": False}
        answer = capture_failure(lambda: self._watch(options))
        found: Findings = []
        if answer.get("failed"):
            found.append(finding("verification_failed", error=answer["msg"]))
        elif not answer["reached"]:
            found.append(finding("connector_not_removed", destination=destination, waited=answer["waited"]))
        results: dict[str, Answer] = {**{which: {} for which in PAIR}, TASK_CENTER: answer}
        return Verification(results, found, self.warnings)

    def access_findings(self) -> Findings:
        """Find out whether Task Center can be read, before something is begun that waits for it.

        A run that can no longer read it afterwards (an expired token, a deleted service key) stops there, and users see
        no tasks.
        """
        options = {**task_center_options(self._values, self._definitions["primary"].name), "wait": 0}
        answer = capture_failure(lambda: self._watch({**options, "service_status": False}))
        if answer.get("failed"):
            return [finding("task_center_not_readable", error=answer["msg"])]
        lost = answer["refresh_token_renewed"] and is_blank(self._values["task_center_refresh_token_file"])
        return [finding("refresh_token_renewed")] if lost else []

    def _token(self, which: str) -> Answer:
        obtained = self._changes.tokens.get(which)
        if obtained:
            return {"token": dict(obtained)}
        # It was read before tokens are obtained.
        state = t.cast("State", self._state)
        service, name = state.service, self._definitions[which].name
        user_token = None
        if which == "secondary":
            user_token = bare_token(str(self._values["user_token"]), variable("user_token"))
            check_unexpired(user_token, variable("user_token"), service.http.now())
        # An application is given the secrets, whatever a read of the destination shows.
        destination = shown_properties(state.destination(name) or {}, self._definitions[which].secrets)
        service.http.secrets |= secret_values(destination)
        since = None
        if self._changes.written_at:
            since = datetime.fromtimestamp(self._changes.written_at, timezone.utc) + service.http.ahead
        return {"token": verify_token(service, "subaccount", name, user_token, destination, since)}

    def _connector(self, settled_at: float) -> Answer:
        """Read the connector once Task Center has reread the destinations, or the operator waits no longer."""
        remaining = max(0.0, settled_at - time.time())
        waited = min(remaining, float(self._values["task_center_wait"]))
        time.sleep(waited)
        return {**capture_failure(self._read_task_center), OUTDATED: waited < remaining}

    def _read_task_center(self) -> Answer:
        return self._watch(task_center_options(self._values, self._definitions["primary"].name))

    def _watch(self, options: dict[str, t.Any]) -> Answer:
        http = open_http(self._params, self._environ)
        http.secrets |= self._secrets()
        facts, warnings = watch_connectors(http, options)
        self.warnings += warnings
        return facts

    def _secrets(self) -> set[str]:
        """Return the secrets with which FSM is asked for tokens: Task Center may quote what FSM said."""
        read = [self._state.destination(one.name) for one in self._definitions.values()] if self._state else []
        return secrets_of(self._values).union(*(secret_values(destination) for destination in read if destination))

    def _findings(self, results: dict[str, Answer], fingerprint: str, enabled: bool) -> Findings:
        name, secondary = (self._definitions[which].name for which in PAIR)
        failures = dict.fromkeys(answer["msg"] for answer in results.values() if answer.get("failed"))
        found = [finding("verification_failed", error=error) for error in failures]
        for which, finding_id in (("primary", "primary_without_token"), ("secondary", "secondary_without_token")):
            if "token" in results[which]:
                found += _token_findings(
                    results[which]["token"], finding_id, self._definitions[which].name, fingerprint
                )
        if not results["secondary"]:
            found.append(finding("user_propagation_unverified", destination=secondary))
        if not results[TASK_CENTER]:
            found.append(finding("task_center_unverified", destination=name))
        if results[TASK_CENTER].get("connectors") is not None:
            found += connector_findings(results[TASK_CENTER], name, enabled)
        return found


def task_center_options(values: Values, name: str) -> dict[str, t.Any]:
    """Return the options of watch_connectors for the connector of a destination."""
    access = {option: values[f"task_center_{option}"] for option in ("service_key", *USER_TOKENS)}
    return {
        **{option: None if is_blank(value) else value for option, value in access.items()},
        "name": name,
        "wait_for": "settled",
        "wait": values["task_center_wait"],
        "interval": INTERVAL,
        "service_status": True,
    }


def expired_token_findings(state: State, values: Values) -> Findings:
    """Find user tokens that have expired by the clock of the Destination Service."""
    now = state.service.http.now()
    return unusable_tokens(values, lambda token, name: check_unexpired(token, name, now))


def _has_token(answer: Answer) -> bool:
    token = answer.get("token") or {}
    # Unless something was changed, nobody asks whether the token is older than that.
    obtained = bool(token.get("obtained")) and token.get("fresh", True)
    return obtained and token["found_at"] == "subaccount" and not token["differing_properties"]


def _token_findings(token: Answer, finding_id: str, destination: str, fingerprint: str) -> Findings:
    if token["found_at"] == "instance":
        return [finding("found_in_instance", destination=destination)]
    if not token["obtained"]:
        return [finding(finding_id, destination=destination, error=token["error"], fingerprint=fingerprint)]
    differing = ", ".join(token["differing_properties"])
    if differing:
        return [finding("token_possibly_outdated", destination=destination, keys=differing)]
    doubt = token.get("doubt")
    return [finding("token_possibly_cached", destination=destination, doubt=doubt)] if doubt else []


def connector_findings(answer: Answer, name: str, enabled: bool = True) -> Findings:
    """Check what task_center_connector_info returned of a primary destination's connector.

    :param enabled: whether the destination's tc.enabled is true
    """
    broken = [state for state in answer.get("service_status") or [] if state["status"] != "OK"]
    results = [
        finding("task_center_setup", **{**state, "message": state["message"] or UNEXPLAINED}) for state in broken
    ]
    if answer.get(OUTDATED):
        # Neither good nor bad news counts.
        return [*results, finding("connector_possibly_outdated", destination=name)]
    own = next((connector for connector in answer["connectors"] if connector["destination"] == name), None)
    if own is None:
        return [*results, finding("connector_missing", destination=name)]
    jobs = "; ".join(" ".join(filter(None, (job["type"], job["status"], job["message"]))) for job in own["jobs"])
    facts = {"destination": name, "status": own["status"], "jobs": jobs or "no job has run"}
    if own["status"] not in FINDING_OF_STATUS:
        return [*results, finding("connector_fails", **facts)]
    finding_id = FINDING_OF_STATUS[own["status"]] or ("" if answer["reached"] else "connector_initial_pull_unfinished")
    # That it is paused where the destination says so, the destination's own finding says.
    expected = finding_id == "connector_paused" and not enabled
    return [*results, finding(finding_id, **facts)] if finding_id and not expected else results
