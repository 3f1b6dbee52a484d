# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a report in JSON looks like, as a JSON Schema (draft 2020-12). Data alone.

docs/docsite/report.schema.json is made from it, and so is the table in docs/docsite/rst/reports.rst.
"""

from __future__ import annotations

import typing as t

NAME, VERSION = "btp_ops.task_center/report", 1
RUNS = AUDIT, CHECK, ROTATION = ("audit", "check", "rotation")
# From the worst to the best.
LEVELS = PROBLEM, ATTENTION, OK = ("problem", "attention", "ok")
PARTS = ("primary", "secondary", "other")

Schema = dict[str, t.Any]


def _text(description: str, **more: t.Any) -> Schema:
    return {"type": "string", "description": description, **more}


def _maybe(kind: str, description: str) -> Schema:
    return {"type": [kind, "null"], "description": description}


def _mapping(description: str, properties: dict[str, Schema], optional: t.Collection[str] = ()) -> Schema:
    required = [name for name in properties if name not in optional]
    return {"type": "object", "description": description, "properties": properties, "required": required}


def _list(description: str, of: Schema) -> Schema:
    return {"type": "array", "description": description, "items": of}


def _or_null(mapping: Schema) -> Schema:
    return {**mapping, "type": ["object", "null"]}


_DIFFERENCE = _mapping(
    "One property.",
    {
        "property": _text("Its JSON key."),
        "difference": _text("differs, missing or not wanted."),
        "wanted": _maybe("string", "The value in the inventory; left out of a secret and of what is not wanted."),
        "found": _maybe("string", "The value in the subaccount, likewise; null without one."),
    },
    optional=("wanted", "found"),
)
_DESTINATION = _mapping(
    "One destination.",
    {
        "name": _text("Its name."),
        "part": _text("Which one it is.", enum=list(PARTS)),
        "status": _text("in sync, drifted, missing or not wanted."),
        "differences": _list("What differs, property by property; never the value of a secret.", _DIFFERENCE),
    },
)
_CONNECTOR = _mapping(
    "Task Center's connector of the primary destination; null if it was not read.",
    {
        "status": _text("Its status in upper case, or MISSING."),
        "jobs": _list(
            "The last runs of its jobs.",
            _mapping(
                "One job.",
                {
                    "type": _text("INITIAL, CONFIG, DELTA, META or PUSH."),
                    "status": _text("Its status in upper case."),
                    "message": _text("What Task Center says of it; may be empty."),
                },
            ),
        ),
    },
)
_CERTIFICATE = _mapping(
    "A trust certificate; null if the slot is empty or was not read.",
    {
        "fingerprint": _text("SHA-256, with colons."),
        "not_before": _maybe("string", "Since when it is valid, ISO 8601."),
        "not_after": _maybe("string", "Until when it is valid, ISO 8601."),
        "days_left": _maybe("integer", "Whole days until then at the time of the check; negative afterwards."),
        "uploaded": _maybe("boolean", "Whether the inventory declares it as uploaded to FSM; null if that is unknown."),
    },
)
_UPLOAD = _mapping(
    "The certificate that an administrator has to upload to FSM; null if there is none.",
    {
        "fingerprint": _text("SHA-256, with colons."),
        "not_after": _maybe("string", "Until when it is valid, ISO 8601."),
        "pem": _text("The certificate itself, which is public."),
        "path": _maybe("string", "The file on the machine that ran the playbook; null if no file was written."),
        "host": _text("The FSM cluster to which it has to be uploaded."),
        "account_id": _text("The FSM account."),
        "line": _text("The line to add to fsm_uploaded_certificates."),
    },
)
_ROTATION = _mapping(
    "How far the rotation of the trust certificate is; null in reports of other runs.",
    {
        "phase": _text("none, idle, staged, activated or unclear; - if it is not known."),
        "step": _maybe("string", "The next step."),
        "next": _text("The next step in words."),
        "actor": _text("Who has to take it."),
        "done": _list("The steps that the run has taken.", _text("One step.")),
        "activated": _maybe("string", "Since when the new certificate is the active one, ISO 8601."),
        "verified": _maybe("boolean", "Whether a token was obtained for a user since then."),
        "soaks_until": _maybe("string", "Until when the old certificate is kept, ISO 8601."),
    },
)
_FINDING = _mapping(
    "One finding.",
    {
        "id": _text("Its ID, as in the page of findings; empty for a failure that has none."),
        "severity": _text("error or warning."),
        "problem": _text("What is wrong."),
        "impact": _text("Why it matters."),
        "remedy": _text("What to do; may have several lines."),
    },
)
_RESULT = _mapping(
    "What one run found in one environment.",
    {
        "environment": _text("Its name in the inventory."),
        "run": _text("What was run.", enum=list(RUNS)),
        "checked_at": _text("When the run reported, ISO 8601 in UTC."),
        "level": _text("How bad it is.", enum=list(LEVELS)),
        "status": _text("The run's own word for it: the status of an audit, or the outcome of a rotation."),
        "message": _text("Why, in one line; empty if there is nothing to say."),
        "destinations": _list("The destinations, as far as they were compared.", _DESTINATION),
        "connector": _or_null(_CONNECTOR),
        "certificates": _or_null(
            _mapping(
                "Both trust certificates; null if they were not read.",
                {"active": _or_null(_CERTIFICATE), "passive": _or_null(_CERTIFICATE)},
            )
        ),
        "rotation_starts": _maybe("string", "The day from which on the active certificate is replaced, ISO 8601."),
        "to_upload": _or_null(_UPLOAD),
        "rotation": _or_null(_ROTATION),
        "findings": _list("Everything that was found.", _FINDING),
    },
)
SCHEMA: Schema = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Report on the connections of SAP Field Service Management to SAP Task Center",
    **_mapping(
        "The whole report.",
        {
            "schema": {"const": NAME, "description": f"Always {NAME}."},
            "version": {
                "const": VERSION,
                "description": f"{VERSION}; another number once a field is removed or means something else.",
            },
            "reported_at": _text("When the newest of its runs reported, ISO 8601 in UTC."),
            "outcome": _text("The worst level of all environments.", enum=list(LEVELS)),
            "counts": _mapping(
                "Number of environments by their worst level.",
                {level: {"type": "integer", "description": f"Those with {level}."} for level in LEVELS},
            ),
            "results": _list("One for each environment and kind of run.", _RESULT),
        },
    ),
}
