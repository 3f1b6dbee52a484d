# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the systems of a connection say at one moment: FSM, and the Destination Service with its trust certificates.

Whatever cannot be read is a failure that is reported with everything else, and never taken for "not there".
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.answer_types import Destination, Labels
from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.destination_service import DestinationService
from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.fsm import Fsm
from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.fsm_facts import (
    base_url,
    client_facts,
    metadata_facts,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.http_client import Http
from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.options import open_http
from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.service_key import ServiceKey
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.definition import Values, variable
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.concurrency import (
    Answer,
    capture_failure,
    run_in_thread,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.errors import OperatorError, ServiceError
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.module import Environ, Params
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.secrets import secret_values
from ansible_collections.btp_ops.task_center.plugins.module_utils._trust.slots import TrustSlots, read_slots

T = t.TypeVar("T")

FORBIDDEN = 403
# Also of an unknown path, which is what the service may have in their place.
NO_LABELS = "the Destination Service answers that there are none (404), although the destination exists."


@dataclass(frozen=True)
class Questions:
    """What is to be read in addition to the destinations of both levels.

    :param client: whether a token is obtained from FSM, and the companies of its account are read
    :param metadata: whether the SAML metadata are read
    :param trust: whether the trust certificates are read
    :param labels: destinations whose labels are read
    """

    client: bool = False
    metadata: bool = False
    trust: bool = False
    labels: tuple[str, ...] = ()


@dataclass
class State:
    """What was read; None for what could not be, or did not have to be.

    :param subaccount: destinations of the subaccount, secrets included
    :param instance: destinations of the service instance, secrets included
    :param labels: by name of destination; without those that do not exist
    :param without_labels: by name of a destination that exists, why its labels cannot be used
    :param client: what FSM says of the client, as M(btp_ops.task_center.fsm_client_info) returns it
    :param metadata: what the SAML metadata say, as M(btp_ops.task_center.fsm_saml_metadata_info) returns it
    :param failures: why something could not be read
    """

    service: DestinationService
    subaccount: list[Destination] | None = None
    instance: list[Destination] | None = None
    slots: TrustSlots | None = None
    labels: dict[str, Labels] = field(default_factory=dict)
    without_labels: dict[str, str] = field(default_factory=dict)
    client: Answer = field(default_factory=dict)
    metadata: Answer = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)

    def destination(self, name: str) -> Destination | None:
        """Return a destination of the subaccount, secrets included."""
        return next((one for one in self.subaccount or () if one.get("Name") == name), None)

    def read(self, question: t.Callable[[], T]) -> T | None:
        """Return the answer to a question, or None, with the reason among the failures."""
        try:
            return question()
        except OperatorError as error:
            self.fail(error)
            return None

    def fail(self, error: OperatorError) -> None:
        """Note why something could not be read."""
        # One system may refuse several questions with the same words.
        if str(error) not in self.failures:
            self.failures.append(str(error))


def read_state(params: Params, environ: Environ, key: ServiceKey, values: Values, questions: Questions) -> State:
    """Ask FSM and the Destination Service, both at the same time.

    :param params: the module's options for TLS, timeouts and retries
    :param environ: environment variables of the task
    :param key: service key of the Destination Service
    :param values: of the connection, by name
    """
    fsm = run_in_thread(lambda: _ask_fsm(open_http(params, environ), values, questions))
    state = State(DestinationService(open_http(params, environ), key))
    state.service.http.secrets |= secrets_of(values)
    state.subaccount = state.read(lambda: state.service.destinations("subaccount"))
    state.instance = state.read(lambda: state.service.destinations("instance"))
    if questions.trust:
        state.slots = state.read(lambda: read_slots(state.service))
    for name in questions.labels:
        _read_labels(state, name)
    answers = fsm.result()
    for answer in answers.values():
        if answer.get("failed") and answer["msg"] not in state.failures:
            state.failures.append(answer["msg"])
    state.client, state.metadata = ({} if answers[name].get("failed") else answers[name] for name in answers)
    return state


def _read_labels(state: State, name: str) -> None:
    """Read the labels of a destination, or note why they cannot be used."""
    try:
        labels = state.service.labels("subaccount", name)
    except ServiceError as error:
        if error.status != FORBIDDEN:
            state.fail(error)
        elif state.destination(name):
            state.without_labels[name] = error.problem
    else:
        if labels is not None:
            state.labels[name] = labels
        elif state.destination(name):
            state.without_labels[name] = NO_LABELS


def _ask_fsm(http: Http, values: Values, questions: Questions) -> dict[str, Answer]:
    def client() -> Answer:
        fsm = Fsm(http, base_url(variable("url"), values["url"]))
        credentials = values["client_id"], values["client_secret"]
        return client_facts(fsm, credentials, values["account_id"], values["company_id"], ask_accounts_api=True)

    def metadata() -> Answer:
        return metadata_facts(http, variable("audience"), values["audience"], values["audience"])

    return {
        "client": capture_failure(client) if questions.client else {},
        # A text that is no URL can be the audience too, and names no document.
        "metadata": capture_failure(metadata) if questions.metadata and "://" in values["audience"] else {},
    }


def secrets_of(values: Values) -> set[str]:
    """Return the secrets among the values of a connection, which no message may quote."""
    named = {text for text in (values.get("client_secret"),) if isinstance(text, str) and text}
    for which in ("primary_secret_properties", "secondary_secret_properties"):
        named |= {str(text) for text in (values.get(which) or {}).values() if text not in (None, "")}
    for which in ("primary_properties", "secondary_properties"):
        # In the wrong place, which is refused, and secret all the same.
        named |= secret_values(values.get(which) or {})
    return named
