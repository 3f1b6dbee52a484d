# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Events of SAP Alert Notification, posted to the rulebook at work: what they start, and what they cannot do."""

from __future__ import annotations

import typing as t

from eda.rulebook import TOKEN, Rulebook, example
from operator_at_work import ROOT, Operator

if t.TYPE_CHECKING:
    from pathlib import Path

    from eda.rulebook import Event
    from eda.scene import Scene
    from landscape import Landscape

MARK = "written-by-an-event"  # name of a file, and a word in texts
STRANGE: tuple[t.Any, ...] = ([], 7, None, [{"eventType": "META"}], {"resource": []}, {"resource": {"subAccount": 7}})


def destinations_problem(subaccount: str, **changes: t.Any) -> Event:
    """Return an event that starts the audit."""
    return example("connector-in-error", subaccount, eventType="CONFIG", severity="WARNING", **changes)


def test_an_expiring_certificate_ends_in_a_staged_one_and_what_to_upload(scene: Scene) -> None:
    due, rulebook = scene.expiring, scene.rulebook

    runs = rulebook.runs_after(
        example("expiring-certificate", scene.subaccount("expiring")), until=("rotate_fsm_trust", {"expiring"})
    )

    assert runs == [("rotate_fsm_trust", {"expiring"})]
    assert due.active == due.old
    assert due.passive
    (result,) = rulebook.report("rotation")["results"]
    assert (result["environment"], result["status"]) == ("expiring", "waiting for upload")
    message = "\n".join("\n".join(one[part] for part in ("problem", "remedy")) for one in result["findings"])
    (file,) = (rulebook.operator.folder / "certificates").glob("expiring-passive-*.pem")
    assert file.read_text(encoding="ascii").strip() == due.passive.pem.strip()
    for word in (str(file), due.passive.fingerprint, due.environment.fsm_account.id, "FSM Admin portal"):
        assert word in message


def test_a_connector_in_error_ends_in_a_check_that_says_why(scene: Scene) -> None:
    rulebook = scene.rulebook
    before = scene.state()

    runs = rulebook.runs_after(
        example("connector-in-error", scene.subaccount("failing")), until=("check_fsm", {"failing"})
    )

    assert runs == [("check_fsm", {"failing"})]
    (result,) = rulebook.report("check")["results"]
    assert (result["environment"], result["status"]) == ("failing", "failed")
    assert "connector_fails" in {one["id"] for one in result["findings"]}
    assert "META ERROR" in rulebook.output
    assert scene.state() == before


def test_who_has_no_token_or_a_wrong_one_starts_nothing(scene: Scene) -> None:
    event = example("connector-in-error", scene.subaccount("refused"))

    for authorization in (None, "", "Bearer ", "Bearer wrong", f"Basic {TOKEN}", f"Bearer {TOKEN} more", TOKEN):
        assert scene.rulebook.post(event, authorization) == 401, authorization

    runs = scene.rulebook.runs_after(
        destinations_problem(scene.subaccount("refused")), until=("audit_fsm", {"refused"})
    )
    assert runs == [("audit_fsm", {"refused"})]
    assert [one["environment"] for one in scene.rulebook.report("audit")["results"]] == ["refused"]


def test_without_a_token_the_rulebook_does_not_start(landscape: Landscape, tmp_path: Path) -> None:
    operator = Operator(landscape, tmp_path, ROOT / ".work" / "tree")
    rulebook = Rulebook(operator, operator.inventory({"dev": {}}), {}, token=None)

    rulebook.wait_until_it_ends()
    assert "'FSM_EVENT_TOKEN' is undefined" in rulebook.output


def test_unrelated_events_start_nothing(scene: Scene) -> None:
    subaccount = scene.subaccount("unrelated")
    recovered = example("connector-in-error", subaccount, severity="INFO")
    other_job = example("connector-in-error", subaccount, eventType="audit.app.process.crash")
    other_service = {"resourceType": "certificate", "resourceName": "Custom Domain", "subAccount": subaccount}
    other_certificate = example("expiring-certificate", subaccount, eventType="Expiry", subject="A certificate expires")
    other_certificate["resource"] = other_service

    runs = scene.rulebook.runs_after(
        *(recovered, other_job, other_certificate, {}, destinations_problem(subaccount)),
        until=("audit_fsm", {"unrelated"}),
    )

    assert runs == [("audit_fsm", {"unrelated"})]


def test_a_repeated_event_starts_one_run(scene: Scene) -> None:
    event = example("connector-in-error", scene.subaccount("repeated"))
    later = {**event, "eventType": "DELTA", "eventTimestamp": event["eventTimestamp"] + 3_600_000}

    other = destinations_problem(scene.subaccount("repeated"))

    runs = scene.rulebook.runs_after(event, event, later, other, until=("audit_fsm", {"repeated"}))

    assert runs == [("check_fsm", {"repeated"}), ("audit_fsm", {"repeated"})]


def test_no_text_of_an_event_is_run_or_chooses_environments(scene: Scene) -> None:
    rulebook = scene.rulebook
    file = rulebook.operator.folder / MARK
    command = f"touch {file}"
    template = f"{{{{ lookup('ansible.builtin.pipe', '{command}') }}}}"
    hostile = f"{template}'\"; {command} #$({command})`{command}`\n\x00{{% raw"
    everything = {
        "eventType": "META",
        "severity": "ERROR",
        "subject": hostile,
        "body": hostile * 2000,
        "tags": {hostile: hostile},
        "extra_vars": {"fsm_hosts": hostile},
        "meta": {"hosts": hostile},
        "resource": {
            "resourceType": "Connector",
            "resourceName": hostile,
            "subAccount": f"{scene.subaccount('hostile')}:!all,{hostile}",
        },
    }
    before = scene.state()
    checked = ("check_fsm", set(scene.environments))

    assert [rulebook.post("{"), rulebook.post("")] == [400, 400]
    runs = rulebook.runs_after(*STRANGE, everything, until=checked)

    # As any event of which nobody knows the environment: all are checked, and nothing is changed.
    assert runs == [checked]
    assert not file.exists()
    assert MARK not in rulebook.output
    assert scene.state() == before
