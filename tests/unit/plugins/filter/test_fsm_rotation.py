# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an operator and a scheduler read of a rotation."""

from __future__ import annotations

import json
import typing as t
from datetime import datetime, timedelta, timezone

import pytest
from ansible.errors import AnsibleError

from ansible_collections.btp_ops.task_center.plugins.filter.fsm import (
    one_finding,
    rotation_neighbours,
    rotation_plan,
    rotation_summary,
    subaccount,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils.errors import InputError
from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.findings import CATALOG, WARNING
from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.rotation import (
    signing_too,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils.plans.rotation_memory import Change, proof_label

OLD, NEW = "AA:" * 31 + "AA", "BB:" * 31 + "BB"
NOW = datetime.now(timezone.utc)
FACTS = {
    "environment": "dev",
    "name": "FSM",
    "secondary": "FSM_PP",
    "host": "de.fsm.cloud.sap",
    "account_id": "654321",
    "directory": "/files",
}
SECONDARY = {
    "Name": "FSM_PP",
    "URL": "https://de.fsm.cloud.sap/cloud-approval-service/api",
    "URL.headers.X-Account-ID": "654321",
    "Authentication": "OAuth2SAMLBearerAssertion",
}


def certificate(fingerprint: str, days_left: int, **changes: t.Any) -> dict[str, t.Any]:
    """Return a certificate as fsm_trust_cert_info reports it."""
    end = NOW + timedelta(days=days_left, hours=1)
    return {
        "pem": f"PEM of {fingerprint[:2]}",
        "fingerprint": fingerprint,
        "not_before": (end - timedelta(days=730)).isoformat(),
        "not_after": end.isoformat(),
        "days_left": days_left,
        "expired": days_left < 0,
        "not_yet_valid": False,
        "unreadable": None,
        **changes,
    }


UNREADABLE = {"not_before": None, "not_after": None, "days_left": None, "expired": None, "unreadable": "no serial"}
DUE, FRESH = certificate(OLD, 20), certificate(NEW, 729)


def judged(
    active: dict[str, t.Any] | None, passive: dict[str, t.Any] | None = None, **options: t.Any
) -> dict[str, t.Any]:
    """Return the decision of the present moment."""
    arguments = {"secondary": [SECONDARY], "labels": {}, "uploaded": [], "facts": FACTS, **options}
    return rotation_plan({"active": active, "passive": passive}, **arguments)


def activated(hours: float, proven: bool = False, new: str = NEW, old: str = OLD) -> dict[str, dict[str, list[str]]]:
    """Return the labels that an activation has left."""
    then = NOW - timedelta(hours=hours)
    labels = {"trust-activated": [Change.of(new, old, then).label()]}
    return {"FSM_PP": {**labels, **({"trust-proven": [proof_label(new, NOW)]} if proven else {})}}


ATTEMPT = activated(1)["FSM_PP"]["trust-activated"][0]
BOTH = {"uploaded": [OLD.lower(), NEW.replace(":", "")]}
FAILED = {
    "error": "There is no user.",
    "reason": "503 Busy.",
    "fingerprint": NEW,
    "old": OLD,
    "no_way_back": "it has expired",
    "attempt": ATTEMPT,
}
SHARING = [
    {"environment": name, "subaccount": "acme", "uploaded": [OLD, NEW], "secondary": f"{name}_PP"}
    for name in ("dev", "qa")
]
# Per finding: what provokes it, and words that it has to hold.
PROVOCATIONS: dict[str, tuple[dict[str, t.Any], list[str]]] = {
    "rotation_no_active": (judged(None, FRESH), ["connect_fsm"]),
    "rotation_order_unknown": (
        judged({**DUE, **UNREADABLE}, {**FRESH, **UNREADABLE}, settings={"can_prove": True}),
        [OLD, NEW, "fsm_rotation_replace", "fsm_rotation_discard", "FSM_PP"],
    ),
    "rotation_both_expired": (
        judged(certificate(OLD, -5), certificate(NEW, -1)),
        [OLD, f'fsm_rotation_discard: "{NEW}"'],
    ),
    "rotation_age_unknown": (judged({**DUE, **UNREADABLE}), ["no serial", f'fsm_rotation_replace: "{OLD}"']),
    "rotation_undeclared_elsewhere": (
        judged(
            DUE,
            FRESH,
            neighbours=[{"environment": name, "subaccount": "acme", "uploaded": [OLD]} for name in ("qa", "dev", "it")],
            **BOTH,
        ),
        [NEW, "uploaded to their FSM account: it, qa."],
    ),
    "rotation_neighbours_unknown": (
        judged(DUE, FRESH, neighbours=[*SHARING, {**SHARING[0], "environment": "it", "subaccount": None}], **BOTH),
        ["belong to: it.", "vault password"],
    ),
    "rotation_waits_for_others": (
        judged(FRESH, DUE, labels=activated(25, proven=True), neighbours=SHARING, neighbour_labels={"qa": {}}, **BOTH),
        [OLD, "other environments of the subaccount: qa.", "fsm_rotation_retire_unproven"],
    ),
    "rotation_discard_refused": (judged(certificate(OLD, -5), FRESH, settings={"discard": NEW}), [OLD, NEW]),
    "rotation_passive_expires": (judged(DUE, certificate(NEW, 50)), [NEW, "50 days", f'discard: "{NEW}"', "(60)"]),
    "rotation_passive_expires_too": (judged(certificate(OLD, -5), certificate(NEW, 50)), [NEW, "50 days"]),
    "rotation_was_rolled_back": (
        judged(DUE, FRESH, labels=activated(1)),
        [f'fsm_rotation_retry: "{ATTEMPT}"', "654321", "de.fsm.cloud.sap"],
    ),
    "rotation_rejected_elsewhere": (
        judged(DUE, FRESH, neighbours=SHARING, neighbour_labels={"qa": activated(1)["FSM_PP"]}, **BOTH),
        [NEW, "other environments of the subaccount: qa.", "fsm_rotation_retry"],
    ),
    "rotation_upload": (
        judged(DUE, FRESH),
        [NEW, OLD, "20 more days", "FSM Admin portal of de.fsm.cloud.sap, account 654321", "/files/dev-passive-"],
    ),
    "rotation_undeclared": (judged(FRESH, DUE), [NEW, "fsm_uploaded_certificates", "/files/dev-active-"]),
    "rotation_others": (
        judged(DUE, destinations=[SECONDARY, {**SECONDARY, "Name": "HR", "URL": "https://hr.example.com"}]),
        ["other systems: HR."],
    ),
    "rotation_no_secondary": (judged(DUE, secondary=[]), ["FSM_PP", "connect_fsm"]),
    "rotation_unproven": (
        judged(FRESH, DUE, **BOTH),
        [NEW, "fsm_rotation_user_token", "fsm_rotation_retire_unproven"],
    ),
    "rotation_retired": (judged(FRESH, None, done=["retire"], retired=OLD), [OLD, "654321"]),
    **{
        finding: ({"findings": [one_finding(finding, {**FACTS, **FAILED})]}, [NEW, *words])
        for finding, words in {
            "rotation_not_started": ["There is no user.", "fsm_rotation_user_token"],
            "rotation_rolled_back": ["There is no user.", OLD, f'fsm_rotation_retry: "{ATTEMPT}"'],
            "rotation_rolled_back_in_doubt": ["There is no user.", OLD, f'fsm_rotation_retry: "{ATTEMPT}"'],
            "rotation_cannot_roll_back": ["There is no user.", OLD, "has expired"],
            "rotation_roll_back_failed": ["There is no user.", OLD, "still the active one", "503 Busy."],
            "rotation_stays_in_doubt": ["There is no user.", OLD, "the new one stays the active one"],
            "rotation_would_roll_back": ["There is no user.", OLD, "--check"],
            "rotation_overtaken": ["Someone else"],
        }.items()
    },
}


@pytest.mark.parametrize("finding", [finding for finding in CATALOG if finding.startswith("rotation_")])
def test_finding_is_provoked_and_tells_the_facts(finding: str) -> None:
    judgement, words = PROVOCATIONS[finding]
    (told,) = [one for one in judgement["findings"] if one["id"] == finding]
    for word in words:
        assert word in told["text"]
    assert ".." not in told["text"]


def test_what_stops_others_is_a_reason_to_go_on_here() -> None:
    (expired,) = [one for one in judged(certificate(OLD, -5))["findings"] if one["id"] == "certificate_expired"]
    assert expired["severity"] == WARNING
    assert CATALOG["certificate_expired"].severity != WARNING


def test_file_is_named_after_environment_slot_expiry_and_fingerprint() -> None:
    day = FRESH["not_after"][:10]
    assert judged(DUE, FRESH)["path"] == f"/files/dev-passive-{day}-bbbbbbbb.pem"
    assert judged(DUE, FRESH)["pem"] == FRESH["pem"]
    assert judged(FRESH, DUE)["path"] == f"/files/dev-active-{day}-bbbbbbbb.pem"
    unknown = judged({**DUE, **UNREADABLE}, {**FRESH, **UNREADABLE}, settings={"replace": OLD})
    assert unknown["path"] == "/files/dev-passive-unknown-bbbbbbbb.pem"
    assert judged(DUE)["path"] is None


def test_preview_of_what_was_only_assumed() -> None:
    staged = judged(DUE, done=["stage"], preview=True)
    assert (staged["phase"], staged["outcome"], staged["pem"]) == ("staged", "waiting for upload", None)
    assert judged(DUE, done=["stage"])["phase"] == "idle"
    wanted = {"settings": {"can_prove": True, "soak_hours": 0}, **BOTH}
    over = judged(DUE, FRESH, done=["activate", "record", "prove", "retire"], preview=True, **wanted)
    assert (over["phase"], over["outcome"], over["active"]["fingerprint"]) == ("idle", "pending", NEW)
    assert (over["next"], over["actor"]) == ("delete the old certificate", "the next run")


def test_preview_does_not_tell_to_remove_a_certificate_that_is_still_needed() -> None:
    wanted = {"settings": {"can_prove": True, "soak_hours": 0}, **BOTH}
    done = ["activate", "record", "prove", "retire"]
    previewed = judged(DUE, FRESH, done=done, preview=True, retired=OLD, **wanted)
    assert [one["id"] for one in previewed["findings"]] == []
    carried_out = judged(FRESH, None, done=done, retired=OLD, **wanted)
    assert [one["id"] for one in carried_out["findings"]] == ["rotation_retired"]
    assert carried_out["outcome"] == "done"


@pytest.mark.parametrize(
    "days_left, changes, uploaded, reason",
    [
        (20, {}, [OLD, NEW], ""),
        # FSM may trust it all the same; the proof after the return tells.
        (20, {}, [NEW], ""),
        (-1, {}, [OLD, NEW], "it has expired"),
        (20, {"not_yet_valid": True}, [OLD, NEW], "it is not valid yet"),
    ],
)
def test_way_back_is_open_only_to_a_certificate_that_is_valid(
    days_left: int, changes: dict[str, t.Any], uploaded: list[str], reason: str
) -> None:
    assert judged(FRESH, certificate(OLD, days_left, **changes), uploaded=uploaded)["no_way_back"] == reason


def test_other_systems_are_told_to_the_run_that_activates_too() -> None:
    hr = {**SECONDARY, "Name": "HR", "URL": "https://hr.example.com"}
    for active, passive, options in (
        (DUE, FRESH, {}),
        (FRESH, DUE, {"done": ["activate"]}),
        (DUE, FRESH, {"done": ["activate"], "preview": True}),
    ):
        told = judged(active, passive, destinations=[SECONDARY, hr], **BOTH, **options)["findings"]
        assert "rotation_others" in [one["id"] for one in told]


@pytest.mark.parametrize(
    "hours, proven, unproven, step",
    [
        (25, True, False, "retire"),
        (23, True, False, "others"),
        (25, False, False, "others"),
        (25, False, True, "retire"),
    ],
)
def test_the_old_certificate_is_kept_for_others_of_the_subaccount(
    hours: float, proven: bool, unproven: bool, step: str
) -> None:
    theirs = activated(hours, proven)["FSM_PP"]
    neighbours = [SHARING[0], {**SHARING[1], "retire_unproven": unproven}]
    decided = judged(
        FRESH, DUE, labels=activated(25, proven=True), neighbours=neighbours, neighbour_labels={"qa": theirs}, **BOTH
    )
    assert decided["step"] == step
    assert decided["sharing"] == [{"environment": "qa", "secondary": "qa_PP"}]


def test_what_hosts_have_in_common() -> None:
    key = {"clientid": "c", "clientsecret": "s", "uri": "https://d.example", "url": "https://acme.example"}
    hosts: list[dict[str, t.Any]] = [
        {"inventory_hostname": "dev", "fsm_destination_service_key": key, "fsm_uploaded_certificates": [OLD]},
        {"inventory_hostname": "qa", "fsm_name": "TC", "fsm_rotation_retire_unproven": "yes"},
    ]
    assert rotation_neighbours(hosts) == [
        {
            "environment": "dev",
            "subaccount": "acme.example",
            "uploaded": [OLD],
            "secondary": "FSM_PP",
            "retire_unproven": False,
        },
        {"environment": "qa", "subaccount": "", "uploaded": [], "secondary": "TC_PP", "retire_unproven": True},
    ]


class Untold(dict[str, t.Any]):
    """A host's variables of which Ansible cannot tell some."""

    def get(self, key: str, default: t.Any = None) -> t.Any:
        """Return a variable, or fail as Ansible does."""
        value = super().get(key, default)
        if isinstance(value, AnsibleError):
            raise value
        return value


def test_what_ansible_cannot_tell_of_a_host_is_no_consent() -> None:
    key = {"clientid": "c", "clientsecret": "s", "uri": "https://d.example", "url": "https://acme.example"}
    untold = AnsibleError("no vault password")
    hosts = [
        Untold(inventory_hostname="dev", fsm_destination_service_key=untold),
        Untold(
            inventory_hostname="qa",
            fsm_destination_service_key=key,
            fsm_uploaded_certificates=untold,
            fsm_rotation_retire_unproven=untold,
        ),
    ]
    nameless = Untold(inventory_hostname="prod", fsm_destination_service_key=key, fsm_name=untold)
    dev, qa, prod = rotation_neighbours([*hosts, nameless])
    assert (dev["subaccount"], prod["subaccount"]) == (None, None)
    assert (qa["subaccount"], qa["uploaded"], qa["retire_unproven"]) == ("acme.example", [], False)
    decided = judged(DUE, FRESH, neighbours=[{**SHARING[0], "subaccount": "acme.example"}, qa], **BOTH)
    assert decided["step"] == "upload"


def test_only_environments_of_the_same_subaccount_have_to_declare_too() -> None:
    def with_neighbour(subaccount: str, own: str = "acme") -> str:
        neighbours = [
            {"environment": "dev", "subaccount": own, "uploaded": []},
            {"environment": "qa", "subaccount": subaccount, "uploaded": OLD},
        ]
        return str(judged(DUE, FRESH, neighbours=neighbours, **BOTH)["step"])

    assert with_neighbour("acme") == "upload"
    assert with_neighbour("other") == "activate"
    # What is no service key belongs to no subaccount.
    assert with_neighbour("", own="") == "activate"


def test_subaccount_is_told_by_the_service_key() -> None:
    key = {
        "clientid": "c",
        "clientsecret": "s",
        "uri": "https://destination.example",
        "url": "https://acme.authentication.eu10.hana.ondemand.com",
    }
    assert subaccount(key) == subaccount(json.dumps(key)) == "acme.authentication.eu10.hana.ondemand.com"
    nothing: tuple[t.Any, ...] = (None, "", {}, "/no/such/file")
    assert [subaccount(one) for one in nothing] == ["", "", "", ""]


def test_what_is_remembered_is_found_again() -> None:
    first = judged(FRESH, DUE, **BOTH, settings={"can_prove": True})
    assert first["step"] == "prove"
    labels = {"FSM_PP": {"trust-activated": [first["record"]], "trust-proven": [first["proof"]]}}
    second = judged(FRESH, DUE, **BOTH, labels=labels, settings={"can_prove": True})
    assert (second["step"], second["record"], second["proven"]) == ("soak", None, True)
    assert second["soaks_until"] in second["next"]


def test_attempt_has_one_name_before_and_after_it_is_noted() -> None:
    active = judged(FRESH, DUE, labels=activated(1), **BOTH)
    seen = judged(DUE, FRESH, labels=activated(1), **BOTH)
    noted = judged(DUE, FRESH, labels={"FSM_PP": {"trust-rolled-back": [ATTEMPT]}}, **BOTH)
    assert [one["turned_back"] for one in (active, seen, noted)] == [ATTEMPT] * 3
    assert [one["reverted"] for one in (active, seen, noted)] == [False, True, False]
    again = judged(DUE, FRESH, labels=activated(1), settings={"retry": ATTEMPT}, **BOTH)
    assert (again["step"], again["forget"]) == ("activate", True)
    assert judged(DUE, FRESH, labels=activated(2), settings={"retry": ATTEMPT}, **BOTH)["step"] == "mend"


def test_fingerprint_that_is_none_is_refused() -> None:
    with pytest.raises(InputError, match="AA:BB"):
        judged(DUE, uploaded=["AA:BB"])


def test_destinations_that_sign_too() -> None:
    others = [
        SECONDARY,
        {**SECONDARY, "Name": "SAME_ACCOUNT"},
        {**SECONDARY, "Name": "ANOTHER_ACCOUNT", "URL.headers.X-Account-ID": "7"},
        {**SECONDARY, "Name": "ASSERTION", "Authentication": "SAMLAssertion", "URL": "https://hr.example.com"},
        {**SECONDARY, "Name": "BASIC", "Authentication": "BasicAuthentication", "URL": "https://hr.example.com"},
        {"Name": "MAIL", "Type": "MAIL"},
    ]
    assert signing_too(others, SECONDARY) == ["ANOTHER_ACCOUNT", "ASSERTION"]
    assert signing_too(others[:2], None) == ["FSM_PP", "SAME_ACCOUNT"]


def test_table_of_reports() -> None:
    reports = [judged(DUE, FRESH), {**judged({**DUE, **UNREADABLE}), "environment": "qa"}]
    first, second = rotation_summary(reports)["table"]
    assert (first["active"], first["passive"]) == ("AA:AA:AA:AA (20 d)", "BB:BB:BB:BB (729 d)")
    assert (second["active"], second["passive"]) == ("AA:AA:AA:AA (? d)", "-")
    assert first["who"] == "FSM administrator"
    assert rotation_summary([])["outcome"] == "nothing to do"
