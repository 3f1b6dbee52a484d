# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs schemathesis over an operation of the running landscape, and collects what it finds."""

from __future__ import annotations

import base64
import copy
import typing as t
from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

import schemathesis
from schemathesis.engine import events, from_schema
from schemathesis.hooks import unregister

if t.TYPE_CHECKING:
    from judges.openapi.specification import Document
    from landscape import Environment, Landscape

SEED = 20261124
# Of each operation's requests, those that are made up at random; the others, the description itself determines.
EXAMPLES = 10
# What a valid request may be answered with. 412 answers an If-Match, 404 and 409 what is there or not.
ACCEPTED = ["2xx", "304", "404", "409", "412"]
# The name of everything that there is to be found: the one in the description's own examples.
STORED = "string"


@dataclass(frozen=True)
class Finding:
    """A request and its answer in which schemathesis finds a contradiction to the description."""

    check: str
    operation: str
    message: str
    method: str
    url: str
    # Names of the request's headers, in lower case.
    headers: frozenset[str]
    body: str
    status: int | None
    answer: str

    @property
    def query(self) -> dict[str, list[str]]:
        """The query parameters of the request."""
        return parse_qs(urlsplit(self.url).query, keep_blank_values=True)

    def __str__(self) -> str:
        return (
            f"{self.operation}: {self.check}: {self.message}\n"
            f"    {self.method} {self.url} {self.body}\n    -> {self.status} {self.answer}"
        )


@dataclass
class Verdict:
    """What a run has found, and how much it has covered."""

    findings: list[Finding] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    requests: int = 0
    # How many times each operation was refused to a caller that had not authenticated.
    unauthorized: Counter[str] = field(default_factory=Counter)
    operations: set[str] = field(default_factory=set)

    def add(self, event: events.ScenarioFinished) -> None:
        """Take in what one scenario has found."""
        recorder = event.recorder
        self.operations.add(recorder.label)
        self.requests += len(recorder.interactions)
        for interaction in recorder.interactions.values():
            if interaction.response and interaction.response.status_code == 401:
                self.unauthorized[recorder.label] += 1
        for case, nodes in recorder.checks.items():
            for node in nodes:
                if node.failure_info:
                    self.findings.append(_finding(recorder, case, node.failure_info.failure))


def judge(landscape: Landscape, environment: Environment, token: str, document: Document, operation: str) -> Verdict:
    """Return what schemathesis finds in one operation of the description (``GET /v1/...``).

    The landscape is reached at its port: on the way through a proxy, urllib3 sends header and body of a request apart
    and leaves Nagle's algorithm on, which costs 40 ms each.
    """
    service = environment.subaccount.region.destination_service_host
    config = schemathesis.Config.from_dict(
        {
            "seed": SEED,
            "base-url": f"https://127.0.0.1:{landscape.port}/destination-configuration",
            "tls-verify": str(landscape.ca_file),
            "headers": {"Host": service, "Authorization": f"Bearer {token}"},
            "cache": {"enabled": False},
            "checks": {"positive_data_acceptance": {"expected-statuses": ACCEPTED}},
            "workers": 1,
            "continue-on-failure": True,
            "generation": {"max-examples": EXAMPLES, "deterministic": True, "no-shrink": True},
            # Links between operations, which those phases follow, are in the description of no operation.
            "phases": {"stateful": {"enabled": False}},
        }
    )
    method, _unused, path = operation.partition(" ")
    schema = schemathesis.openapi.from_dict(_naming_what_is_stored(document), config=config)
    schema = schema.include(method=method, path=path)

    def before_call(_context: schemathesis.HookContext, _case: schemathesis.Case, _kwargs: dict[str, t.Any]) -> None:
        stock(landscape, environment)

    schemathesis.hook(before_call)
    try:
        return _verdict(from_schema(schema).execute())
    finally:
        unregister(before_call)


def _verdict(stream: t.Iterable[events.EngineEvent]) -> Verdict:
    verdict = Verdict()
    for event in stream:
        if isinstance(event, events.ScenarioFinished):
            verdict.add(event)
        elif isinstance(event, events.NonFatalError):
            verdict.errors.append(f"{event.label}: {event.value}")
        elif isinstance(event, events.FatalError):
            raise event.exception
    return verdict


def stock(landscape: Landscape, environment: Environment) -> None:
    """Let there be one of everything, and nothing else: so that no request depends on earlier ones."""
    subaccount = environment.subaccount
    certificate = base64.b64encode(landscape.ca_file.read_bytes()).decode()
    for level in (subaccount.level, subaccount.instances[0].level(subaccount)):
        for store in (level.destinations, level.fragments, level.certificates):
            store.clear()
        level.destinations[STORED] = {"Type": "HTTP", "URL": "https://service.example"}
        level.fragments[STORED] = {"Description": "merged"}
        level.certificates[STORED] = {"Content": certificate}
    for slot in ("active", "passive"):
        if getattr(subaccount.trust, slot) is None:
            subaccount.trust.replace(slot)


def _naming_what_is_stored(document: Document) -> Document:
    document = copy.deepcopy(document)
    for item in document["paths"].values():
        for parameter in (parameter for operation in item.values() for parameter in operation.get("parameters", [])):
            if parameter.get("in") == "path" and parameter["name"].endswith("name"):
                parameter["example"] = STORED
    return document


def _finding(recorder: t.Any, case: str, failure: schemathesis.core.failures.Failure) -> Finding:
    interaction = recorder.interactions[case]
    request, response = interaction.request, interaction.response
    return Finding(
        check=type(failure).__name__,
        operation=recorder.label,
        message=" ".join(failure.message.split())[:300],
        method=request.method,
        url=request.uri,
        headers=frozenset(name.lower() for name in request.headers),
        body=(request.body or b"").decode("utf-8", "replace")[:300],
        status=response.status_code if response else None,
        answer=response.text[:300] if response else "",
    )
