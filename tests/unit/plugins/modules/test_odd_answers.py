# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever form an answer has: a module comes to a result, or to an error that is meant for the operator.

Real answers, in which one part is of another form than it should be: anywhere, in any answer of any system. A sample
is tried; all of it with ODD_ANSWERS=every, another one with ODD_ANSWERS_SEED.
"""

from __future__ import annotations

import contextlib
import copy
import dataclasses
import os
import random
import threading
import traceback
import typing as t
from dataclasses import dataclass

import pytest

from ansible_collections.btp_ops.task_center.plugins.module_utils._clients import answers, fsm, http_client
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.errors import OperatorError
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.module import Outcome
from ansible_collections.btp_ops.task_center.plugins.modules import (
    btp_destination,
    btp_destination_info,
    fsm_adoption_info,
    fsm_client_info,
    fsm_connection_info,
    fsm_rotation_info,
    fsm_trust_activation,
    fsm_trust_cert,
    fsm_trust_cert_info,
    task_center_connector_info,
)
from unit.plugins.connections import connect, logons, variables

if t.TYPE_CHECKING:
    from pathlib import Path

    from landscape import Environment, Landscape

WHOLE = os.environ.get("ODD_ANSWERS") == "every"
SEED = os.environ.get("ODD_ANSWERS_SEED", "1")
SAMPLE = 40  # answers per module

Place = tuple[t.Any, ...]
# Some of them would be nonsense for a clock, some for an index, some for an encoder.
ODD: tuple[t.Any, ...] = (
    None,
    True,
    0,
    -1,
    1.5,
    float("nan"),
    10**400,
    "",
    "²",
    "9" * 5000,
    "9999-12-31T23:59:59Z",
    "\ud800",
    [],
    [{}],
    [None],
    ["x"],
    {},
    {"": {}},
    [[[[]]]],
)


@dataclass(frozen=True)
class Part:
    """A part of one answer: the ``nth`` to requests of this method and URL; they may come in any order."""

    method: str
    url: str
    nth: int
    place: Place = ()


class Answers:
    """What all systems answer to one run; one part of it is odd."""

    def __init__(self, part: Part | None = None, odd: t.Any = None) -> None:
        self.seen: dict[Part, t.Any] = {}
        self._part, self._odd = part, odd
        self._lock = threading.Lock()

    def read(self, answer: t.Any) -> t.Any:
        """Return the JSON value of an answer, or what it is here."""
        value = answers.json_value(answer)
        method, url = answer.request.method, answer.request.url
        with self._lock:
            nth = sum((one.method, one.url) == (method, url) for one in self.seen)
            self.seen[Part(method, url, nth)] = copy.deepcopy(value)
        if self._part is None or dataclasses.replace(self._part, place=()) != Part(method, url, nth):
            return value
        return replaced(value, self._part.place, copy.deepcopy(self._odd))


def replaced(value: t.Any, place: Place, odd: t.Any) -> t.Any:
    """Return a JSON value with another one at a place, if it has this place: not all runs get the same answers."""
    if not place:
        return odd
    with contextlib.suppress(LookupError, TypeError):
        value[place[0]] = replaced(value[place[0]], place[1:], odd)
    return value


def places(value: t.Any, at: Place = ()) -> t.Iterator[Place]:
    """Walk through all parts of a JSON value."""
    yield at
    for key, part in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from places(part, (*at, key))


Options = dict[str, t.Any]
CASES: dict[str, tuple[t.Any, Options]] = {
    "destination": (btp_destination, {"name": "FSM", "properties": {"Description": "new"}, "labels": {"a": ["b"]}}),
    "verified destination": (btp_destination, {"name": "FSM", "verify_token": True}),
    "destinations": (btp_destination_info, {"show_labels": True}),
    "token": (btp_destination_info, {"name": "FSM", "verify_token": True}),
    "adoption": (fsm_adoption_info, {"environment_name": "dev"}),
    "client": (fsm_client_info, {"ask_accounts_api": True}),
    "connect": (fsm_connection_info, {"operation": "connect"}),
    "audit": (fsm_connection_info, {"operation": "audit"}),
    "rename": (fsm_connection_info, {"operation": "rename"}),
    "repopulate": (fsm_connection_info, {"operation": "repopulate"}),
    "rotation": (fsm_rotation_info, {"settings": {"replace": "active"}}),
    "activation": (fsm_trust_activation, {}),
    "certificate": (fsm_trust_cert, {"slot": "passive"}),
    "certificates": (fsm_trust_cert_info, {}),
    "connector": (task_center_connector_info, {"name": "FSM"}),
}


@pytest.fixture
def prepared(
    landscape: Landscape, environment: Environment, tmp_path: Path
) -> t.Callable[[str], tuple[t.Any, Options]]:
    """Return the module and the options of a case, in an environment that is connected and read by its users."""
    active = connect(landscape, environment)
    environment.fsm_account.upload(environment.subaccount.trust.replace("passive").pem)
    users = logons(landscape, environment)
    inputs = environment.inputs()["fsm"]

    def options(case: str) -> tuple[t.Any, Options]:
        module, given = copy.deepcopy(CASES[case][1]), CASES[case][0]
        of_connection = {"url": inputs["url"], "account_id": inputs["account_id"], "environment_name": "dev"}
        more: dict[t.Any, Options] = {
            fsm_adoption_info: {"inventory_directory": str(tmp_path)},
            fsm_client_info: {
                "url": inputs["url"],
                **{name: inputs[name] for name in ("account_id", "company_id", "client_id", "client_secret")},
            },
            fsm_connection_info: {
                "environment": "dev",
                "connection": variables(environment, **users, rename_from="OLD", certificate_dir=str(tmp_path)),
            },
            fsm_rotation_info: {
                "connection": {"name": "FSM", "certificate_dir": str(tmp_path), **of_connection},
                "uploaded_certificates": [active],
                "user_token": users["user_token"],
                "settings": {"replace": active},
            },
            fsm_trust_activation: {
                "connection": {"name": "FSM", "certificate_dir": str(tmp_path), **of_connection},
                "uploaded_certificates": [active],
                "user_token": users["user_token"],
                "fingerprint": active,
            },
            task_center_connector_info: {
                "service_key": users["task_center_service_key"],
                "user_token": users["task_center_user_token"],
            },
        }
        return given, {**module, **more.get(given, {})}

    return options


@pytest.mark.parametrize("case", CASES)
@pytest.mark.usefixtures("waits")
def test_no_form_of_an_answer_ends_a_module_otherwise_than_in_an_error_for_the_operator(
    run: t.Any, prepared: t.Any, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    module, options = prepared(case)

    def outcome(read: Answers) -> str:
        for user in (http_client, fsm):
            monkeypatch.setattr(user, "json_value", read.read)
        try:
            result = run(module, **options)
        except OperatorError as error:
            return str(error)
        assert isinstance(result, Outcome)
        return ""

    usual = Answers()
    assert outcome(usual) == ""
    cells = [
        (dataclasses.replace(part, place=place), odd)
        for part, value in sorted(usual.seen.items(), key=lambda item: (item[0].url, item[0].method, item[0].nth))
        for place in places(value)
        for odd in ODD
    ]
    tried = cells if WHOLE else random.Random(f"{SEED} {case}").sample(cells, min(SAMPLE, len(cells)))

    assert {(part, str(odd)[:30]): found for part, odd in tried if (found := unforeseen(outcome, part, odd))} == {}


def unforeseen(outcome: t.Callable[[Answers], str], part: Part, odd: t.Any) -> str:
    """Return with which error a run ends that is not meant for an operator; empty if it does not."""
    try:
        outcome(Answers(part, odd))
    except Exception:  # noqa: BLE001 - whatever it is
        return traceback.format_exc(limit=-2)
    return ""
