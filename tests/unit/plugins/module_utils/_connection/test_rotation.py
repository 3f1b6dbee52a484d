# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an operator and a scheduler read of a rotation."""

from __future__ import annotations

import json
import typing as t
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from ansible.errors import AnsibleError

from ansible_collections.btp_ops.task_center.plugins.filter.fsm import shared_subaccounts, subaccount
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.rotation import (
    Neighbour,
    Progress,
    Reading,
    Request,
    lacking,
    report,
    report_unreadable,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.rotation_input import read_neighbours
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.rotation_summary import row_of, summary
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.signers import signers_among
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.errors import ServiceError
from ansible_collections.btp_ops.task_center.plugins.module_utils._findings.catalog import CATALOG, WARNING
from ansible_collections.btp_ops.task_center.plugins.module_utils._trust.activation import ActivationFailed
from ansible_collections.btp_ops.task_center.plugins.module_utils._trust.rotation import (
    Settings,
    Signer,
    SlotCertificate,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._trust.rotation_labels import (
    Change,
    change_named,
    verification_label,
)

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


def certificate(fingerprint: str, days_left: int) -> SlotCertificate:
    """Return a certificate of the usual lifetime that has this many days left."""
    end = NOW + timedelta(days=days_left, hours=1)
    return SlotCertificate(fingerprint, end - timedelta(days=730), end, days_left, expired=days_left < 0)


def unreadable(fingerprint: str) -> SlotCertificate:
    """Return a certificate that the X.509 library refuses."""
    return SlotCertificate(fingerprint, unreadable="no serial")


DUE, FRESH = certificate(OLD, 20), certificate(NEW, 729)
Labels = dict[str, list[str]]


def found(
    active: SlotCertificate | None,
    passive: SlotCertificate | None = None,
    labels: Labels | None = {},  # noqa: B006 - only read
    of_neighbours: dict[str, Labels] | None = None,
    signers: tuple[Signer, ...] | None = None,
    uploaded: t.Collection[str] = (),
    settings: dict[str, t.Any] | None = None,
    **request: t.Any,
) -> dict[str, t.Any]:
    """Return the report of the present moment."""
    more = {name: request.pop(name) for name in ("keystore", "without_labels", "look_alike") if name in request}
    reading = Reading(active, passive, labels, NOW, signers, of_neighbours, **more)
    return report(reading, asked(uploaded, settings, **request))


def asked(uploaded: t.Collection[str] = (), settings: dict[str, t.Any] | None = None, **request: t.Any) -> Request:
    """Return a request for the next step."""
    return Request(FACTS, frozenset(uploaded), Settings(**(settings or {})), **request)


def taken(*steps: str, fingerprint: str | None = None, **more: t.Any) -> Progress:
    """Return the progress of a run that has taken these steps."""
    *done, step = steps
    return Progress(done=tuple(done), step=step, fingerprint=fingerprint, **more)


def activated(hours: float, verified: bool = False, new: str = NEW, old: str = OLD) -> Labels:
    """Return the labels that an activation has left."""
    then = NOW - timedelta(hours=hours)
    labels = {"trust-activated": [Change.of(new, old, then).label()]}
    return {**labels, **({"trust-verified": [verification_label(new, NOW)]} if verified else {})}


ATTEMPT = activated(1)["trust-activated"][0]
BOTH: dict[str, t.Any] = {"uploaded": [OLD, NEW]}
FAILED = {
    "error": "There is no user.",
    "reason": "503 Busy.",
    "fingerprint": NEW,
    "old": OLD,
    "no_way_back": "it has expired",
    "attempt": ATTEMPT,
}
SIGNERS = (Signer("HR", "hr.example.com"), Signer("FSM2_PP", "FSM account 7 of fsm, of no environment in sight"))
QA = Neighbour("qa", uploaded=frozenset({OLD, NEW}), secondary="qa_PP")


def of_activation(finding: str) -> dict[str, t.Any]:
    """Return what the module reports that activates."""
    return {"findings": [ActivationFailed(finding, {**FACTS, **FAILED}).finding]}


# Per finding: what provokes it, and words that it has to hold.
PROVOCATIONS: dict[str, tuple[dict[str, t.Any], list[str]]] = {
    "rotation_no_active": (found(None, FRESH), ["connect_fsm"]),
    "rotation_order_unknown": (
        found(unreadable(OLD), unreadable(NEW), settings={"can_verify": True}),
        [OLD, NEW, "fsm_rotation_replace", "fsm_rotation_discard", "FSM_PP"],
    ),
    "rotation_both_expired": (
        found(certificate(OLD, -5), certificate(NEW, -1)),
        [OLD, f'fsm_rotation_discard: "{NEW}"'],
    ),
    "rotation_age_unknown": (found(unreadable(OLD)), ["no serial", f'fsm_rotation_replace: "{OLD}"']),
    "rotation_undeclared_elsewhere": (
        found(
            DUE,
            FRESH,
            neighbours=tuple(Neighbour(name, uploaded=frozenset({OLD})) for name in ("qa", "it")),
            **BOTH,
        ),
        [NEW, "uploaded to their FSM account: it, qa."],
    ),
    "rotation_neighbours_unknown": (
        found(DUE, FRESH, neighbours=(QA, Neighbour("it", known=False)), **BOTH),
        ["belong to: it.", "vault password"],
    ),
    "rotation_waits_for_environments": (
        found(FRESH, DUE, activated(25, verified=True), neighbours=(QA,), of_neighbours={"qa": {}}, **BOTH),
        [OLD, "other environments of the subaccount: qa.", "fsm_rotation_retire_unverified"],
    ),
    "rotation_discard_refused": (found(certificate(OLD, -5), FRESH, settings={"discard": NEW}), [OLD, NEW]),
    "rotation_passive_expires": (found(DUE, certificate(NEW, 50)), [NEW, "50 days", f'discard: "{NEW}"', "(60)"]),
    "rotation_passive_expires_too": (found(certificate(OLD, -5), certificate(NEW, 50)), [NEW, "50 days"]),
    "rotation_retry_required": (
        found(DUE, FRESH, activated(1)),
        [f'fsm_rotation_retry: "{ATTEMPT}"', "654321", "de.fsm.cloud.sap"],
    ),
    "rotation_rejected_elsewhere": (
        found(DUE, FRESH, neighbours=(QA,), of_neighbours={"qa": activated(1)}, **BOTH),
        [NEW, "other environments of the subaccount: qa.", "fsm_rotation_retry"],
    ),
    "rotation_upload": (
        found(DUE, FRESH),
        [NEW, OLD, "20 more days", "FSM Admin portal of de.fsm.cloud.sap, account 654321", "/files/dev-passive-"],
    ),
    "rotation_undeclared": (
        found(FRESH, DUE, activated(1)),
        [NEW, "fsm_uploaded_certificates", "/files/dev-active-"],
    ),
    "rotation_undeclared_destinations": (
        found(DUE, FRESH, signers=SIGNERS, **BOTH),
        [NEW, "HR (hr.example.com)", f'       "HR": ["{NEW}"]', 'fsm_rotation_waived_destinations: ["HR", "FSM2_PP"]'],
    ),
    "rotation_waived_destinations": (
        found(DUE, FRESH, signers=SIGNERS, settings={"waived_destinations": {"HR", "FSM2_PP"}}, **BOTH),
        ["HR (hr.example.com), FSM2_PP (FSM account 7 of fsm", "fsm_rotation_waived_destinations"],
    ),
    "rotation_activates_unverified": (found(DUE, FRESH, signers=(), **BOTH), [NEW, "fsm_user_token"]),
    "rotation_no_labels": (found(DUE, labels=None, without_labels="403 No."), ["403 No.", "FSM_PP", "by hand"]),
    "rotation_signed_by_keystore": (
        found(DUE, signers=(), keystore="own.p12"),
        ["FSM_PP has a KeyStoreLocation, own.p12", "connect_fsm"],
    ),
    "rotation_no_secondary": (found(DUE, labels=None), ["FSM_PP", "connect_fsm"]),
    "rotation_unverified": (
        found(FRESH, DUE, activated(1), **BOTH),
        [NEW, "fsm_user_token", "fsm_rotation_retire_unverified"],
    ),
    "rotation_retired": (found(FRESH, progress=taken("retire", fingerprint=OLD)), [OLD, "654321"]),
    "rotation_concurrent_change": (
        found(DUE, FRESH, progress=taken("activate", fingerprint=NEW), **BOTH),
        [NEW, "Someone else"],
    ),
    "rotation_unreadable": (
        report_unreadable(ServiceError("The service answered 503.", "Run it again."), asked()),
        ["answered 503.", "Run it again."],
    ),
    **{
        finding: (of_activation(finding), [NEW, *words])
        for finding, words in {
            "rotation_not_started": ["There is no user.", "fsm_user_token"],
            "rotation_rolled_back": ["There is no user.", OLD, f'fsm_rotation_retry: "{ATTEMPT}"'],
            "rotation_rolled_back_cause_unknown": ["There is no user.", OLD, f'fsm_rotation_retry: "{ATTEMPT}"'],
            "rotation_cannot_roll_back": ["There is no user.", OLD, "has expired"],
            "rotation_roll_back_failed": ["There is no user.", OLD, "still the active one", "503 Busy."],
            "rotation_cause_unknown": ["There is no user.", OLD, "the new one stays the active one"],
            "rotation_verification_would_fail": ["There is no user.", OLD, "--check"],
        }.items()
    },
}


@pytest.mark.parametrize("finding", [finding for finding in CATALOG if finding.startswith("rotation_")])
def test_finding_is_provoked_and_names_the_facts(finding: str) -> None:
    provoked, words = PROVOCATIONS[finding]
    (reported,) = [one for one in provoked["findings"] if one["id"] == finding]
    for word in words:
        assert word in reported["text"]
    assert ".." not in reported["text"]


def ids(reported: dict[str, t.Any]) -> list[str]:
    """Return the IDs of the findings."""
    return [one["id"] for one in reported["findings"]]


def test_what_stops_others_is_a_reason_to_go_on_here() -> None:
    (expired,) = [one for one in found(certificate(OLD, -5))["findings"] if one["id"] == "certificate_expired"]
    assert expired["severity"] == WARNING
    assert CATALOG["certificate_expired"].severity != WARNING


def test_file_is_named_after_environment_slot_expiry_and_fingerprint() -> None:
    assert FRESH.not_after
    day = FRESH.not_after.date()
    assert found(DUE, FRESH)["path"] == f"/files/dev-passive-{day}-bbbbbbbb.pem"
    assert found(FRESH, DUE, activated(1))["path"] == f"/files/dev-active-{day}-bbbbbbbb.pem"
    unknown = found(unreadable(OLD), unreadable(NEW), settings={"replace": OLD})
    assert unknown["path"] == "/files/dev-passive-unknown-bbbbbbbb.pem"
    assert found(DUE)["path"] is None


def test_file_is_written_before_the_upload_is_waited_for() -> None:
    before = found(DUE, FRESH)
    assert (before["step"], before["actionable"]) == ("export", True)
    after = found(DUE, FRESH, progress=Progress.of(before["progress"]))
    assert (after["step"], after["actionable"], after["outcome"]) == ("upload", False, "waiting for upload")
    assert after["path"] == before["path"]
    checked = found(DUE, FRESH, settings={"phase": "check"})
    assert (checked["step"], checked["actionable"]) == ("upload", False)


def test_preview_of_what_was_only_assumed() -> None:
    staged = found(DUE, progress=taken("stage"), preview=True)
    assert (staged["phase"], staged["step"], staged["outcome"]) == ("staged", "export", "waiting for upload")
    assert staged["path"] == "/files/dev-passive-<expiry>-<fingerprint>.pem"
    assert found(DUE, progress=taken("stage"))["phase"] == "idle"
    wanted: dict[str, t.Any] = {"settings": {"can_verify": True, "soak_hours": 0}, **BOTH}
    over = found(DUE, FRESH, progress=taken("activate", "retire", fingerprint=OLD), preview=True, **wanted)
    assert (over["phase"], over["outcome"], over["active"]["fingerprint"]) == ("idle", "pending", NEW)
    assert (over["next"], over["actor"]) == ("delete the old certificate", "the next run")
    # It is still needed, so nobody is asked to remove it.
    assert ids(over) == []
    carried_out = found(FRESH, None, progress=taken("activate", "retire", fingerprint=OLD), **wanted)
    assert (ids(carried_out), carried_out["outcome"]) == (["rotation_retired"], "done")


def test_failed_step_is_reported_with_the_certificates_as_they_are_by_now() -> None:
    progress = taken("activate", fingerprint=NEW)
    failed = found(FRESH, DUE, progress=progress, failure="FSM rejected a user.", **BOTH)
    assert (failed["outcome"], failed["phase"], failed["active"]["fingerprint"]) == ("failed", "activated", NEW)
    assert (failed["messages"], failed["done"], failed["actionable"]) == (["FSM rejected a user."], [], False)


def test_report_of_what_cannot_be_read_keeps_what_was_read_before() -> None:
    first = found(DUE, FRESH, **BOTH)
    progress = Progress.of(first["progress"])
    failed = report_unreadable(ServiceError("It said 503.", "Wait."), asked(progress=progress, failure="No way."))
    assert (failed["outcome"], failed["phase"], failed["active"]) == ("failed", "staged", first["active"])
    assert failed["messages"][0] == "No way."
    assert "It said 503." in failed["messages"][1]


def test_progress_survives_what_ansible_does_to_it() -> None:
    progress = found(DUE, FRESH, signers=SIGNERS, **BOTH)["progress"]
    assert Progress.of(json.loads(json.dumps(progress))).facts() == progress
    assert Progress.of({}) == Progress.of(None) == Progress()


@pytest.mark.parametrize(
    "step, seen, pair, outdated",
    [
        ("", [], (OLD, NEW), False),
        ("activate", [(OLD, NEW)], (OLD, NEW), True),
        ("activate", [(OLD, NEW)], (NEW, OLD), False),
        ("verify", [(OLD, NEW), (NEW, OLD)], (NEW, OLD), False),
        ("verify", [(OLD, NEW), (NEW, OLD)], (OLD, NEW), True),
        # Two steps behind.
        ("stage", [(OLD, "CC"), (OLD, None)], (OLD, "CC"), True),
        ("stage", [(OLD, "CC"), (OLD, None)], (OLD, NEW), False),
    ],
)
def test_slots_that_are_shown_as_they_were_before_a_step(
    step: str, seen: list[t.Any], pair: t.Any, outdated: bool
) -> None:
    progress = Progress(step=step, pairs=tuple(seen))
    assert asked(progress=progress).is_outdated(pair) is outdated
    # Nothing was changed, or it was changed back.
    assert not asked(progress=progress, preview=True).is_outdated(pair)
    assert not asked(progress=progress, failure="no").is_outdated(pair)


def test_labels_that_are_shown_as_they_were_before_a_step() -> None:
    before = asked(progress=Progress(step="record", labels={}))
    assert before.has_outdated({})
    assert not before.has_outdated(activated(1))
    assert not asked(progress=Progress(step="export", labels={})).has_outdated({})
    assert not asked(progress=Progress(step="activate", labels=None)).has_outdated(None)


def test_only_what_the_step_asks_for_is_read() -> None:
    def lacks(active: SlotCertificate, passive: SlotCertificate | None = None, **options: t.Any) -> str:
        labels = options.pop("labels", {})
        signers, theirs = options.pop("signers", None), options.pop("of_neighbours", None)
        return lacking(Reading(active, passive, labels, NOW, signers, theirs), asked(**options))

    assert lacks(FRESH) == ""
    assert lacks(DUE) == "destinations"
    assert lacks(DUE, signers=()) == ""
    assert lacks(DUE, FRESH, neighbours=(QA,), **BOTH) == "neighbours"
    assert lacks(DUE, FRESH, neighbours=(QA,), of_neighbours={}, **BOTH) == "destinations"
    assert lacks(DUE, FRESH, neighbours=(Neighbour("it", known=False),), signers=(), **BOTH) == ""
    soaked = activated(25, verified=True)
    assert lacks(FRESH, DUE, labels=soaked, neighbours=(QA,), **BOTH) == "neighbours"
    once_more = {"settings": {"can_verify": True}, **BOTH}
    assert lacks(FRESH, DUE, labels=soaked, neighbours=(QA,), **once_more) == "neighbours"
    assert lacks(FRESH, DUE, labels=activated(1), neighbours=(QA,), **BOTH) == ""


TRUSTING = {"trusted_elsewhere": {"HR": frozenset({NEW}), "FSM2_PP": frozenset({NEW, OLD})}}


@pytest.mark.parametrize(
    "settings, reported, step",
    [
        ({}, "rotation_undeclared_destinations", "declare"),
        ({"trusted_elsewhere": {"HR": frozenset({NEW})}}, "rotation_undeclared_destinations", "declare"),
        ({"trusted_elsewhere": {"HR": frozenset({OLD})}, "waived_destinations": {"FSM2_PP"}}, None, "declare"),
        ({"waived_destinations": {"FSM2_PP", "HR"}}, "rotation_waived_destinations", "next"),
        (TRUSTING, None, "next"),
    ],
)
def test_other_systems_have_to_trust_before_activation_and_before_deletion(
    settings: dict[str, t.Any], reported: str | None, step: str
) -> None:
    for active, passive, labels, following in (
        (DUE, FRESH, {}, "activate"),
        (FRESH, DUE, activated(25, verified=True), "retire"),
    ):
        exported = found(active, passive, labels, signers=SIGNERS, settings=settings, **BOTH)
        assert exported["step"] == ("export" if step == "declare" else following)
        progress = taken("export", fingerprint=NEW)
        decided = found(active, passive, labels, signers=SIGNERS, settings=settings, progress=progress, **BOTH)
        assert decided["step"] == (step if step == "declare" else following)
        assert decided["actionable"] is (step != "declare")
        if reported:
            assert reported in ids(decided)
        if step == "declare":
            assert (decided["outcome"], decided["actor"]) == ("waiting for upload", "operator")


@pytest.mark.parametrize(
    "hours, verified, unverified, step",
    [
        (25, True, False, "retire"),
        (23, True, False, "others"),
        (25, False, False, "others"),
        (25, False, True, "retire"),
    ],
)
def test_the_old_certificate_is_kept_for_others_of_the_subaccount(
    hours: float, verified: bool, unverified: bool, step: str
) -> None:
    neighbour = Neighbour("qa", uploaded=frozenset({OLD, NEW}), secondary="qa_PP", retire_unverified=unverified)
    theirs = {"qa": activated(hours, verified)}
    decided = found(FRESH, DUE, activated(25, verified=True), of_neighbours=theirs, neighbours=(neighbour,), **BOTH)
    assert decided["step"] == step


KEY = {"clientid": "c", "clientsecret": "s", "uri": "https://d.example", "url": "https://acme.example"}


class Unreported(dict[str, t.Any]):
    """A host's variables of which Ansible cannot read some."""

    def get(self, key: str, default: t.Any = None) -> t.Any:
        """Return a variable, or fail as Ansible does."""
        value = super().get(key, default)
        if isinstance(value, AnsibleError):
            raise value
        return value


def test_hosts_that_share_a_subaccount() -> None:
    hosts: list[dict[str, t.Any]] = [
        {"inventory_hostname": "dev", "fsm_destination_service_key": KEY, "fsm_uploaded_certificates": [OLD]},
        {
            "inventory_hostname": "qa",
            "fsm_destination_service_key": json.dumps(KEY),
            "fsm_name": "TC",
            "fsm_url": "https://de.fsm.cloud.sap/cloud-approval-service/api",
            "fsm_account_id": "7",
            "fsm_rotation_retire_unverified": "yes",
        },
        {"inventory_hostname": "it", "fsm_destination_service_key": {**KEY, "url": "https://other.example"}},
        # What is no service key belongs to no subaccount.
        {"inventory_hostname": "mail"},
        {"inventory_hostname": "web"},
    ]
    dev = {
        "environment": "dev",
        "known": True,
        "uploaded": [OLD],
        "secondary": "FSM_PP",
        "host": "",
        "account_id": "",
        "retire_unverified": False,
    }
    qa = {**dev, "environment": "qa", "uploaded": [], "secondary": "TC_PP", "retire_unverified": True}
    qa |= {"host": "de.fsm.cloud.sap", "account_id": "7"}
    assert shared_subaccounts(hosts) == {"dev": [qa], "qa": [dev], "it": [], "mail": [], "web": []}


@pytest.mark.parametrize("unreadable_variable", ["fsm_destination_service_key", "fsm_name"])
def test_host_of_an_unknown_subaccount_may_be_of_any(unreadable_variable: str) -> None:
    locked = Unreported({"fsm_destination_service_key": KEY, unreadable_variable: AnsibleError("no vault password")})
    locked["inventory_hostname"] = "locked"
    shared = shared_subaccounts([{"inventory_hostname": "dev", "fsm_destination_service_key": KEY}, locked])
    assert [(one["environment"], one["known"]) for one in shared["dev"]] == [("locked", False)]
    assert shared["locked"] == []


@pytest.mark.parametrize("value", [AnsibleError("no vault password"), "perhaps", 5, [{}]])
def test_what_cannot_be_read_of_a_host_is_not_declared(value: t.Any) -> None:
    unclear = Unreported(
        inventory_hostname="qa",
        fsm_destination_service_key=KEY,
        fsm_uploaded_certificates=value,
        fsm_url=value,
        fsm_rotation_retire_unverified=value,
    )
    shared = shared_subaccounts([{"inventory_hostname": "dev", "fsm_destination_service_key": KEY}, unclear])
    (qa,) = read_neighbours(shared["dev"])
    assert (qa.known, qa.uploaded, qa.retire_unverified) == (True, frozenset(), False)
    decided = found(DUE, FRESH, neighbours=(qa,), **BOTH)
    assert "rotation_undeclared_elsewhere" in ids(decided)


def test_subaccount_is_known_by_the_service_key() -> None:
    key = {
        "clientid": "c",
        "clientsecret": "s",
        "uri": "https://destination.example",
        "url": "https://acme.authentication.eu10.hana.ondemand.com",
    }
    assert subaccount(key) == subaccount(json.dumps(key)) == "acme.authentication.eu10.hana.ondemand.com"
    nothing: tuple[t.Any, ...] = (None, "", {}, "/no/such/file")
    assert [subaccount(one) for one in nothing] == ["", "", "", ""]


def test_what_is_recorded_is_found_again() -> None:
    first = found(FRESH, DUE, **BOTH)
    assert first["step"] == "record"
    recorded = {key: values for key, values in first["labels"].items() if values}
    verified = {**recorded, "trust-verified": [verification_label(NEW, NOW)]}
    second = found(FRESH, DUE, verified, **BOTH)
    assert (second["step"], second["verified"]) == ("soak", True)
    assert second["soaks_until"] in second["next"]


def test_attempt_has_one_name_before_and_after_it_is_noted() -> None:
    seen = found(DUE, FRESH, activated(1), **BOTH)
    assert seen["labels"]["trust-rolled-back"] == [ATTEMPT]
    noted = found(DUE, FRESH, {"trust-rolled-back": [ATTEMPT]}, **BOTH)
    for one in (seen, noted):
        assert f'fsm_rotation_retry: "{ATTEMPT}"' in one["messages"][0]
    wanted = {"retry": change_named(ATTEMPT)}
    assert found(DUE, FRESH, {"trust-rolled-back": [ATTEMPT]}, settings=wanted, **BOTH)["step"] == "activate"
    other = {"trust-rolled-back": activated(2)["trust-activated"]}
    assert found(DUE, FRESH, other, settings=wanted, **BOTH)["step"] == "correct"


def test_destinations_that_sign_too() -> None:
    others = [
        SECONDARY,
        {**SECONDARY, "Name": "SAME_ACCOUNT"},
        {**SECONDARY, "Name": "ANOTHER_ACCOUNT", "URL.headers.X-Account-ID": "7"},
        {**SECONDARY, "Name": "ASSERTION", "Authentication": "SAMLAssertion", "URL": "https://hr.example.com"},
        {**SECONDARY, "Name": "BASIC", "Authentication": "BasicAuthentication", "URL": "https://hr.example.com"},
        {"Name": "MAIL", "Type": "MAIL"},
        {**SECONDARY, "Name": "OWN_KEY", "KeyStoreLocation": "own.p12", "URL": "https://hr.example.com"},
        # Another environment's run verifies something through it.
        {
            **SECONDARY,
            "Name": "btp-ops-token-check-20280301T120000Z-0123456789abcdef",
            "URL": "https://hr.example.com",
        },
    ]
    assert [one.key for one in signers_among(others, [], asked())] == ["ANOTHER_ACCOUNT", "ASSERTION"]
    account, other = (one.system for one in signers_among(others, [], asked()))
    assert account == "FSM account 7 of de.fsm.cloud.sap, of no environment in sight"
    assert other == "hr.example.com"

    neighbour = Neighbour("qa", secondary="QA_PP", host="de.fsm.cloud.sap", account_id="7")
    assert [one.key for one in signers_among(others, [], asked(neighbours=(neighbour,)))] == ["ASSERTION"]
    # Its subaccount is not known, so neither is whether this is its destination.
    elsewhere = Neighbour("qa", known=False, host="de.fsm.cloud.sap", account_id="7")
    assert len(signers_among(others, [], asked(neighbours=(elsewhere,)))) == 2
    # Its account cannot be read: its own run, and what it declares, decide.
    unread = Neighbour("qa", secondary="ANOTHER_ACCOUNT")
    for half in (unread, replace(unread, account_id="7"), replace(unread, host="de.fsm.cloud.sap")):
        assert [one.key for one in signers_among(others, [], asked(neighbours=(half,)))] == ["ASSERTION"]
    # A name says something on the subaccount's level only.
    both = signers_among([others[2]], [others[2]], asked(neighbours=(unread,)))
    assert [one.key for one in both] == ["instance/ANOTHER_ACCOUNT"]
    assert [one.key for one in signers_among([others[3]], [others[3]], asked())] == ["ASSERTION", "instance/ASSERTION"]


def test_table_of_reports() -> None:
    reports = [found(DUE, FRESH, {}), {**found(unreadable(OLD)), "environment": "qa"}]
    rows = [row_of(one["environment"], one, "") for one in reports]
    first, second = summary(rows, {}, NOW)["table"]
    assert (first["active"], first["passive"]) == ("AA:AA:AA:AA (20 d)", "BB:BB:BB:BB (729 d)")
    assert (second["active"], second["passive"]) == ("AA:AA:AA:AA (? d)", "-")
    assert second["who"] == "operator"


def test_secondary_destination_that_is_spelt_otherwise_stops_the_rotation() -> None:
    due = found(DUE, labels=None, signers=(), look_alike="fsm_PP")
    assert (due["outcome"], due["step"]) == ("failed", "correct")
    assert [one["id"] for one in due["findings"]] == ["name_differs_in_case"]
    # As long as nothing is due, nothing has to be remembered.
    assert found(FRESH, labels=None, look_alike="fsm_PP")["outcome"] == "nothing to do"
