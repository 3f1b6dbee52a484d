# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What no public fact establishes of SAP's systems: each assumption has a name, a source, and alternatives.

A landscape, or one environment of it, chooses by name; a test that runs under every alternative gets them from here::

    Landscape({"assumptions": {"labels": "missing"}})
    landscape.add_environment({"assumptions": {"token_cache": "configuration+user", "fsm_trust": "last_uploaded"}})

No switch is needed where SAP's guide is explicit: a destination's keystore, recipient and issuer count in assertions.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

System = t.Literal["destination-service", "fsm", "task-center"]

NO_SOURCE = "none"


@dataclass(frozen=True)
class Assumption:
    """One open question about one of SAP's systems.

    Attributes:
        system: which system reads it.
        question: what is not known.
        source: where SAP says something about it that is not conclusive, or ``none``.
        alternatives: the possible answers: name, and what the system does then. The first one is what to expect.
    """

    system: System
    question: str
    source: str
    alternatives: t.Mapping[str, str]

    @property
    def expected(self) -> str:
        """The name of the alternative that is to be expected."""
        return next(iter(self.alternatives))


_CACHED = "A token is kept until shortly before it expires, for requests with the same"

ASSUMPTIONS: dict[str, Assumption] = {
    "token_cache": Assumption(
        "destination-service",
        "Which token does 'find destination' return again, instead of fetching a new one?",
        "SAP BTP Connectivity: for OAuth2ClientCredentials 'the retrieved access token is cached and auto-renovated', "
        "for OAuth2SAMLBearerAssertion 'automatic token retrieval and caching'; by what it is found again: none",
        # The subaccount is part of every key: no tenant is given another one's token.
        {
            "name+configuration+user": f"{_CACHED} destination, unchanged since, and the same user.",
            "name+user": f"{_CACHED} destination, changed since or not, and the same user.",
            "configuration+user": f"{_CACHED} properties, whatever the destination is called, and the same user.",
            "name+configuration+user_token": f"{_CACHED} destination, unchanged since, and the same token of the user.",
            "name+user_token": f"{_CACHED} destination, changed since or not, and the same token of the user.",
            "configuration+user_token": f"{_CACHED} properties, whatever the name, and the same token of the user.",
            "none": "Each request fetches a new token.",
        },
    ),
    "assertion_certificate": Assumption(
        "destination-service",
        "Does a SAML assertion carry the certificate whose key has signed it?",
        "SAP BTP Connectivity: only with includeSigningCertificateInSAMLAssertion",
        {
            "on_request": "Only when the destination's includeSigningCertificateInSAMLAssertion is true.",
            "always": "Always.",
        },
    ),
    "destination_secrets": Assumption(
        "destination-service",
        "What does a read of a stored destination show in place of its secrets?",
        "Responses that SAP recorded publicly show them; the cockpit and the btp CLI do not",
        {
            "clear": "The secrets, as they were stored.",
            "left_out": "Nothing: the properties are not in the answer.",
            "null": "The properties with the value null.",
            "starred": "The properties with the value ****.",
        },
    ),
    "destination_names": Assumption(
        "destination-service",
        "Do two names of destinations that differ in upper and lower case only name two destinations?",
        NO_SOURCE,
        {"case_sensitive": "Yes.", "case_insensitive": "No: they are one and the same."},
    ),
    "labels": Assumption(
        "destination-service",
        "Do destinations and certificates have labels?",
        "SAP's clients read and write them; the OpenAPI description does not know them",
        {
            "exist": "Yes.",
            "missing": "No: the service answers 404, as for every path that it does not have.",
            "forbidden": "Not for this service key: the service answers 403.",
        },
    ),
    "not_found": Assumption(
        "destination-service",
        "How does the Destination Service say that something does not exist (404)?",
        "Responses that SAP recorded publicly have a JSON object or plain text, by operation",
        {
            "by_operation": "As a JSON object or as text, whatever was recorded of the operation.",
            "json": "Always as a JSON object.",
            "text": "Always as plain text.",
            "empty": "With an empty body.",
        },
    ),
    "fsm_trust": Assumption(
        "fsm",
        "How many certificates does an FSM account trust at once?",
        "SAP BTP Connectivity's rotation procedure installs the new certificate next to the old one; of FSM: none",
        {
            "several": "All that were uploaded.",
            "last_uploaded": "The last one that was uploaded, which takes the place of the one before.",
        },
    ),
    "fsm_issuer": Assumption(
        "fsm",
        "Does FSM check who has issued an assertion?",
        NO_SOURCE,
        {
            "unchecked": "No.",
            "certificate_subject": "Yes: the issuer has to be the common name of the certificate's subject.",
        },
    ),
    "fsm_email": Assumption(
        "fsm",
        "Does FSM compare users' e-mail addresses with upper and lower case?",
        NO_SOURCE,
        {"case_insensitive": "No.", "case_sensitive": "Yes."},
    ),
    "fsm_entity_id": Assumption(
        "fsm",
        "Is the entity ID in an account's SAML metadata the URL of the metadata?",
        "SAP Task Center's guide: the audience is the 'SAML metadata'; its example is a URL",
        {
            "url": "Yes.",
            "other_text": "It is another text; the audience that FSM expects is the URL all the same.",
            "other_audience": "It is another text, and that is the audience that FSM expects.",
        },
    ),
    "fsm_metadata": Assumption(
        "fsm",
        "Can everybody read an account's SAML metadata?",
        NO_SOURCE,
        {"public": "Yes.", "private": "No: without a log-on, FSM answers 401."},
    ),
    "fsm_token_account": Assumption(
        "fsm",
        "Does FSM's answer to a client name account and companies?",
        "FSM's public SDK types them in the answers of version 1, and in users' tokens of version 2",
        {"unnamed": "No.", "named": "Yes, in the answer and in the token."},
    ),
    "fsm_companies": Assumption(
        "fsm",
        "Is the list of an account's companies where FSM's public SDK expects it?",
        "FSM's public SDK has its last segments; the path above them: none",
        {"there": "Yes.", "elsewhere": "No: there is no such path."},
    ),
    "task_center_rest_url": Assumption(
        "task-center",
        "Does inbox_rest_url in Task Center's service key end with a slash?",
        "SAP Task Center's guide has examples of both",
        {"without_slash": "No.", "with_slash": "Yes."},
    ),
    "task_center_path": Assumption(
        "task-center",
        "Below which path is Task Center's monitoring?",
        "SAP Task Center's guide has both, in different places",
        {
            "inbox_rest_url": "Below inbox_rest_url in the service key.",
            "task_center_service": "Below /task-center-service of the same host.",
        },
    ),
    "task_center_client_token": Assumption(
        "task-center",
        "Can a client read Task Center's monitoring without a user?",
        "SAP Task Center's guide contradicts itself; the role that it asks for is a user's",
        {"refused": "No: 403.", "accepted": "Yes, with a token for its client credentials."},
    ),
    "task_center_connectors": Assumption(
        "task-center",
        "What does Task Center's list of connectors hold?",
        "SAP Task Center's guide: ID and status; a connector's own resource has its jobs",
        {
            "status_only": "The ID and the status of each connector, and nothing else.",
            "jobs": "Each connector as its own resource shows it, with its jobs.",
        },
    ),
    "task_center_job": Assumption(
        "task-center",
        "What does Task Center's resource for one type of a connector's jobs hold?",
        "SAP Task Center's guide: the log view, a short history with messages, start and end",
        {
            "history": "The latest runs, the last one first.",
            "history_oldest_first": "The latest runs, the last one at the end.",
            "last_run": "The last run.",
        },
    ),
    "task_center_push": Assumption(
        "task-center",
        "Does a connector of FSM have PUSH jobs?",
        "SAP Task Center's guide: PUSH is what providers push; FSM's destinations have no tc.clientId",
        {"absent": "No.", "present": "Yes: a user's decision is one."},
    ),
    "task_center_initial_pull": Assumption(
        "task-center",
        "How long does the first pull of a connector's tasks take?",
        NO_SOURCE,
        {
            "at_once": "It is over when the refresh is over.",
            "long": "Half an hour, in which INITIAL is RUNNING and there is no DELTA.",
        },
    ),
    "task_center_reaction": Assumption(
        "task-center",
        "How soon does Task Center act on a changed destination?",
        "SAP Task Center's guide: CONFIG rereads the destinations every minute",
        {
            "one_minute": "At its next refresh.",
            "several_minutes": "When five minutes have passed since it reread the destinations.",
        },
    ),
}

# What holds unless a configuration chooses otherwise, where that is not what to expect. A test that is not about
# assertions or Task Center's monitoring sees more of what happens with these than it would with SAP's systems.
DEFAULTS: dict[str, str] = {
    "assertion_certificate": "always",
    "task_center_connectors": "jobs",
    "task_center_job": "last_run",
    "task_center_push": "present",
}


class Assumptions:
    """The alternatives that hold in a landscape, or in one environment of it.

    Args:
        chosen: the alternatives that were chosen, by the names of the assumptions.
        otherwise: what holds for the other assumptions; the defaults when None.

    Raises:
        ValueError: an assumption or an alternative is unknown; the message names those that there are.
    """

    def __init__(self, chosen: t.Mapping[str, str] | None = None, otherwise: Assumptions | None = None) -> None:
        self._holding: dict[str, str] = (
            otherwise._holding if otherwise else {name: item.expected for name, item in ASSUMPTIONS.items()} | DEFAULTS
        )
        self._holding = {**self._holding, **{name: _known(name, choice) for name, choice in (chosen or {}).items()}}

    def holds(self, name: str, alternative: str) -> bool:
        """Say whether this alternative of an assumption holds.

        Raises:
            ValueError: the assumption or the alternative is unknown.
        """
        return _known(name, alternative) == self._holding[name]

    def __getitem__(self, name: str) -> str:
        """Return the alternative of an assumption that holds."""
        return self._holding[name]

    def of(self, system: System) -> dict[str, str]:
        """Return the alternatives that hold for one system."""
        return {name: choice for name, choice in self._holding.items() if ASSUMPTIONS[name].system == system}


def _known(name: str, alternative: t.Any) -> str:
    if name not in ASSUMPTIONS:
        raise ValueError(f"there is no assumption {name!r}; known are: {', '.join(ASSUMPTIONS)}")
    if alternative not in list(ASSUMPTIONS[name].alternatives):
        known = ", ".join(ASSUMPTIONS[name].alternatives)
        raise ValueError(f"assumption {name} has no alternative {alternative!r}; known are: {known}")
    return str(alternative)
