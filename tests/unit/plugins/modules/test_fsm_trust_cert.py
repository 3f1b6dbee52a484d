# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module fsm_trust_cert: every phase of a certificate's life, previewed, done and done again, and its file."""

from __future__ import annotations

import contextlib
import typing as t
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from ansible_collections.btp_ops.task_center.plugins.module_utils._core.errors import (
    AnswerLost,
    InputError,
    OperatorError,
    Refused,
    ServiceError,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._trust.plan import NEW
from ansible_collections.btp_ops.task_center.plugins.modules import fsm_trust_cert
from landscape.faults import Callback, Lag, Matching, Pause
from unit.plugins.gateway import Fault, Gateway

if t.TYPE_CHECKING:
    from landscape import Environment, Landscape

Run = t.Callable[..., t.Any]
Writes = t.Callable[[], list[str]]
ACTIVE = "/saml2Metadata/certificate"
TIMEOUT = 30  # seconds after which a thread is taken for hanging


def slots(environment: Environment) -> tuple[str | None, str | None]:
    """Return the fingerprints of the active and the passive certificate as the landscape keeps them."""
    trust = environment.subaccount.trust
    active, passive = (
        certificate.fingerprint if certificate else None for certificate in (trust.active, trust.passive)
    )
    return active, passive


def fill(environment: Environment, count: int) -> list[str]:
    """Put a certificate into the first, or into both slots; return the fingerprints."""
    names: tuple[t.Literal["active", "passive"], ...] = ("active", "passive")
    return [environment.subaccount.trust.replace(slot).fingerprint for slot in names[:count]]


def test_first_certificate(run: Run, environment: Environment, writes: Writes) -> None:
    preview = run(fsm_trust_cert, check_mode=True)
    assert (preview.changed, preview.facts) == (True, {"action": "generate_active", "certificate": None})
    (diff,) = preview.diff
    assert diff["before_header"] == diff["after_header"] == "trust certificates"
    assert diff["before"] == {"active": "none", "passive": "none"}
    assert diff["after"] == {"active": NEW, "passive": "none"}
    assert slots(environment) == (None, None)
    assert writes() == []

    done = run(fsm_trust_cert)
    made = environment.subaccount.trust.active
    assert made is not None
    certificate = done.facts["certificate"]
    assert (done.changed, done.facts["action"]) == (True, "generate_active")
    assert (certificate["pem"].strip(), certificate["fingerprint"]) == (made.pem.strip(), made.fingerprint)
    assert certificate["not_after"] == made.not_after.isoformat()
    assert certificate["days_left"] in (729, 730)
    assert (certificate["expired"], certificate["expires_soon"], certificate["not_yet_valid"]) == (False, False, False)

    for check_mode in (True, False):
        again = run(fsm_trust_cert, check_mode=check_mode)
        assert (again.changed, again.facts["action"]) == (False, "none")
        assert again.facts["certificate"]["fingerprint"] == made.fingerprint
    assert writes() == ["POST"]


def test_rotation(run: Run, environment: Environment, writes: Writes) -> None:
    (old,) = fill(environment, 1)
    for check_mode in (True, True, False, False):
        staged = run(fsm_trust_cert, check_mode=check_mode, slot="passive")
    new = slots(environment)[1]
    assert new is not None
    assert slots(environment) == (old, new)
    assert staged.facts["certificate"]["fingerprint"] == new
    assert writes() == ["POST"]

    preview = run(fsm_trust_cert, check_mode=True, fingerprint=new.lower())
    assert slots(environment) == (old, new)
    rotated = run(fsm_trust_cert, fingerprint=new.replace(":", ""))
    assert slots(environment) == (new, old)
    for outcome in (preview, rotated):
        assert (outcome.changed, outcome.facts["action"]) == (True, "rotate")
        assert outcome.facts["certificate"]["fingerprint"] == new
    assert preview.diff == rotated.diff
    assert run(fsm_trust_cert, fingerprint=new).changed is False
    assert slots(environment) == (new, old)
    assert writes() == ["POST", "POST"]

    options = {"slot": "passive", "state": "absent", "fingerprint": old}
    preview = run(fsm_trust_cert, check_mode=True, **options)
    assert slots(environment) == (new, old)
    retired = run(fsm_trust_cert, **options)
    assert slots(environment) == (new, None)
    assert (preview.changed, retired.changed) == (True, True)
    assert preview.diff == retired.diff
    assert retired.facts == {"action": "delete_passive", "certificate": None}
    assert run(fsm_trust_cert, **options).changed is False
    assert writes() == ["POST", "POST", "DELETE"]


def test_renewal_in_place(run: Run, environment: Environment, writes: Writes) -> None:
    old, passive = fill(environment, 2)
    preview = run(fsm_trust_cert, check_mode=True, renew_in_place=old)
    assert preview.changed is True
    assert "would be renewed in place" in preview.warnings[0]
    assert slots(environment) == (old, passive)
    done = run(fsm_trust_cert, renew_in_place=old)
    assert done.facts["action"] == "renew_active"
    assert len(done.warnings) == 1
    new = slots(environment)[0]
    assert new not in (old, passive, None)
    assert done.facts["certificate"]["fingerprint"] == new
    again = run(fsm_trust_cert, renew_in_place=old)
    assert (again.changed, again.warnings) == (False, [])
    assert slots(environment) == (new, passive)
    assert writes() == ["POST"]


@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.parametrize(
    "options, kind",
    [
        ({"fingerprint": "AB" * 32}, Refused),
        ({"slot": "passive", "state": "absent", "fingerprint": "AB" * 32}, Refused),
        ({"slot": "passive", "state": "absent"}, InputError),
        ({"state": "absent"}, InputError),
        ({"state": "exported", "fingerprint": "AB" * 32, "path": "file"}, Refused),
        ({"state": "exported", "path": "file"}, InputError),
        ({"fingerprint": "AB"}, InputError),
        ({"renew_in_place": "renew"}, InputError),
        ({"mode": "rw", "path": "file"}, InputError),
    ],
)
def test_refused(
    run: Run,
    environment: Environment,
    writes: Writes,
    options: dict[str, str],
    kind: type[OperatorError],
    check_mode: bool,
) -> None:
    before = fill(environment, 2)
    with pytest.raises(kind):
        run(fsm_trust_cert, check_mode=check_mode, **options)
    assert list(slots(environment)) == before
    assert writes() == []


def test_file(run: Run, environment: Environment, tmp_path: Path) -> None:
    path = tmp_path / "certificates" / "dev.pem"
    preview = run(fsm_trust_cert, check_mode=True, path=str(path))
    assert not path.parent.exists()
    assert preview.facts["certificate_path"] == str(path)
    assert preview.diff[1]["before"] == ""
    assert preview.diff[1]["after"]["content"] == NEW

    done = run(fsm_trust_cert, path=str(path))
    made = environment.subaccount.trust.active
    assert made is not None
    assert path.read_text(encoding="ascii") == done.facts["certificate"]["pem"]
    assert path.read_text(encoding="ascii").strip() == made.pem.strip()
    assert path.stat().st_mode & 0o7777 == 0o644
    assert run(fsm_trust_cert, path=str(path)).changed is False

    path.write_text("something else", encoding="ascii")
    preview = run(fsm_trust_cert, check_mode=True, path=str(path))
    assert path.read_text(encoding="ascii") == "something else"
    corrected = run(fsm_trust_cert, path=str(path), backup=True)
    assert (corrected.changed, corrected.facts["action"]) == (True, "none")
    assert preview.diff == corrected.diff
    assert Path(corrected.facts["backup_file"]).read_text(encoding="ascii") == "something else"

    assert run(fsm_trust_cert, path=str(path), mode="0600").changed is True
    assert path.stat().st_mode & 0o7777 == 0o600


def test_file_that_is_named_after_its_certificate(run: Run, tmp_path: Path) -> None:
    preview = run(fsm_trust_cert, check_mode=True, path=f"{tmp_path}/dev-<fingerprint>.pem")
    # Not known yet.
    assert preview.facts["certificate_path"] == f"{tmp_path}/dev-<fingerprint>.pem"
    done = run(fsm_trust_cert, path=f"{tmp_path}/dev-<fingerprint>.pem")
    digits = done.facts["certificate"]["fingerprint"].replace(":", "").lower()[:8]
    assert done.facts["certificate_path"] == f"{tmp_path}/dev-{digits}.pem"
    assert [path.name for path in tmp_path.iterdir()] == [f"dev-{digits}.pem"]


def test_file_of_the_passive_certificate(run: Run, environment: Environment, tmp_path: Path) -> None:
    fill(environment, 2)
    path = tmp_path / "next.pem"
    run(fsm_trust_cert, slot="passive", path=str(path))
    passive = environment.subaccount.trust.passive
    assert passive is not None
    assert path.read_text(encoding="ascii").strip() == passive.pem.strip()


def test_file_of_a_certificate_whatever_slot_it_is_in(
    run: Run, environment: Environment, writes: Writes, tmp_path: Path
) -> None:
    for slot, fingerprint in zip(("active", "passive"), fill(environment, 2), strict=True):
        path = tmp_path / f"{slot}.pem"
        wanted = {"state": "exported", "fingerprint": fingerprint, "path": str(path)}
        assert run(fsm_trust_cert, check_mode=True, **wanted).changed
        assert not path.exists()
        done = run(fsm_trust_cert, **wanted)
        assert (done.changed, done.facts["action"]) == (True, "none")
        assert done.facts["certificate"]["fingerprint"] == fingerprint
        assert path.read_text(encoding="ascii") == done.facts["certificate"]["pem"]
        assert not run(fsm_trust_cert, **wanted).changed
    assert writes() == []


def test_no_file_of_a_deleted_certificate(run: Run, environment: Environment, tmp_path: Path) -> None:
    _active, passive = fill(environment, 2)
    path = tmp_path / "next.pem"
    run(fsm_trust_cert, slot="passive", state="absent", fingerprint=passive, path=str(path))
    assert not path.exists()


@pytest.mark.parametrize("within, soon", [(60, True), (10, False)])
def test_certificate_that_expires_is_reported_and_not_renewed(
    run: Run, environment: Environment, within: int, soon: bool
) -> None:
    made = environment.subaccount.trust.replace(expires_in_days=20.5)
    outcome = run(fsm_trust_cert, expires_within=within)
    assert outcome.changed is False
    certificate = outcome.facts["certificate"]
    assert (certificate["days_left"], certificate["expired"], certificate["expires_soon"]) == (20, False, soon)
    assert slots(environment) == (made.fingerprint, None)


def test_expired_certificate_is_reported_and_not_renewed(run: Run, environment: Environment) -> None:
    made = environment.subaccount.trust.replace(expires_in_days=-1.5)
    certificate = run(fsm_trust_cert).facts["certificate"]
    assert (certificate["days_left"], certificate["expired"]) == (-2, True)
    assert slots(environment) == (made.fingerprint, None)


@pytest.mark.parametrize("options", [{}, {"slot": "passive"}])
def test_lost_answer_that_was_carried_out(
    run_through_gateway: Run, environment: Environment, gateway: Gateway, options: dict[str, str]
) -> None:
    there = fill(environment, len(options))
    path = f"{ACTIVE}/passive" if options else ACTIVE
    gateway.fail("POST", path, Fault(carried_out=True))
    done = run_through_gateway(fsm_trust_cert, **options)
    assert done.changed is True
    assert gateway.count("POST", path) == 1
    assert done.facts["certificate"]["fingerprint"] == slots(environment)[len(there)]


def test_lost_answer_of_a_rotation(run_through_gateway: Run, environment: Environment, gateway: Gateway) -> None:
    old, new = fill(environment, 2)
    gateway.fail("POST", "/rotateCertificate", Fault(carried_out=True))
    assert run_through_gateway(fsm_trust_cert, fingerprint=new).changed is True
    assert slots(environment) == (new, old)
    assert gateway.count("POST", "/rotateCertificate") == 1


def test_request_that_was_lost_is_reported(
    run_through_gateway: Run, environment: Environment, gateway: Gateway, tmp_path: Path
) -> None:
    path = tmp_path / "dev.pem"
    gateway.fail("POST", ACTIVE, Fault())
    with pytest.raises(AnswerLost, match="generate the active trust certificate"):
        run_through_gateway(fsm_trust_cert, path=str(path))
    assert gateway.count("POST", ACTIVE) == 1
    assert slots(environment) == (None, None)
    assert not path.exists()


def test_certificate_that_the_library_refuses(
    run_through_gateway: Run, gateway: Gateway, sample_pem: str, tmp_path: Path
) -> None:
    """Its file and fingerprint are what the upload needs."""
    broken = "\n".join([*sample_pem.splitlines()[:5], sample_pem.splitlines()[-1], ""])
    gateway.fail("GET", ACTIVE, Fault(200, {"certificate": broken.replace("\n", "\r\n")}))
    path = tmp_path / "dev.pem"
    outcome = run_through_gateway(fsm_trust_cert, path=str(path))
    assert path.read_text(encoding="ascii") == broken
    certificate = outcome.facts["certificate"]
    assert len(certificate["fingerprint"]) == 95
    assert certificate["unreadable"]
    assert (certificate["subject"], certificate["days_left"], certificate["expired"]) == (None, None, None)


def test_answer_that_holds_no_certificate(run_through_gateway: Run, gateway: Gateway) -> None:
    gateway.fail("GET", ACTIVE, Fault(200, {"certificate": "hello"}))
    with pytest.raises(ServiceError, match=r"The active trust certificate of subaccount .* cannot be understood"):
        run_through_gateway(fsm_trust_cert)


def test_two_hosts_of_one_subaccount_make_one_certificate(
    run: Run, environment: Environment, landscape: Landscape, writes: Writes
) -> None:
    """The second one has seen the empty slot as well, before the first one made the certificate."""
    reads = Matching("GET", path="*/saml2Metadata/certificate/passive", environment=environment.name)
    second_has_read = Pause("after")
    landscape.faults.add(second_has_read, reads, nth=3, times=1)
    generation = landscape.faults.pause_before(Matching("POST", path="*/certificate", environment=environment.name))
    with ThreadPoolExecutor(2) as hosts:
        first = hosts.submit(run, fsm_trust_cert)
        assert generation.wait(TIMEOUT)
        second = hosts.submit(run, fsm_trust_cert)
        assert second_has_read.wait(TIMEOUT)
        second_has_read.release()
        generation.release()
        outcomes = [first.result(TIMEOUT), second.result(TIMEOUT)]
    made = environment.subaccount.trust.active
    assert made is not None
    assert [outcome.facts["certificate"]["fingerprint"] for outcome in outcomes] == [made.fingerprint] * 2
    assert [outcome.changed for outcome in outcomes] == [True, False]
    assert writes() == ["POST"]


def test_keys_of_one_subaccount_take_turns_whatever_their_kind(
    run: Run, landscape: Landscape, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a secret the token service has another host than with a certificate, and the subaccount is the same."""
    names: list[str] = []

    def note(name: str) -> contextlib.nullcontext[None]:
        names.append(name)
        return contextlib.nullcontext()

    monkeypatch.setattr(fsm_trust_cert, "file_lock", note)
    keys = [landscape.add_environment({"credential_type": kind}).service_key for kind in ("x509", "binding-secret")]
    for key in keys:
        run(fsm_trust_cert, service_key=key.credentials())
    hosts = [urlsplit(key.credentials()["url"]).hostname for key in keys]
    assert names == [f"{host} trust certificate" for host in hosts]


def test_rotation_that_another_machine_turned_back(
    run: Run, environment: Environment, landscape: Landscape, waits: list[float]
) -> None:
    """Both see the certificate to activate in the passive slot, and both rotate."""
    old, new = fill(environment, 2)
    rotation = Matching("POST", path="*/rotateCertificate", environment=environment.name)
    landscape.faults.add(Callback(lambda _arrival: environment.subaccount.trust.rotate()), rotation, times=1)
    assert run(fsm_trust_cert, fingerprint=new).facts["certificate"]["fingerprint"] == new
    assert slots(environment) == (new, old)
    assert len(waits) >= 1


def test_another_machine_that_rotates_all_the_time_is_reported(
    run: Run, environment: Environment, landscape: Landscape, waits: list[float]
) -> None:
    _old, new = fill(environment, 2)
    rotation = Matching("POST", path="*/rotateCertificate", environment=environment.name)
    landscape.faults.add(Callback(lambda _arrival: environment.subaccount.trust.rotate()), rotation)
    with pytest.raises(ServiceError, match="Someone else rotates"):
        run(fsm_trust_cert, fingerprint=new)
    assert waits


@pytest.mark.parametrize("options", [{}, {"slot": "passive"}])
def test_read_that_lags_behind_the_generation(
    run: Run, environment: Environment, landscape: Landscape, waits: list[float], options: dict[str, str]
) -> None:
    there = fill(environment, len(options))
    # The landscape's clock stands still where the code under test would wait: two reads are late, the next one is not.
    landscape.faults.add(Lag(3600), Matching("GET", path="*/saml2Metadata/*", environment=environment.name), times=6)
    done = run(fsm_trust_cert, **options)
    assert done.facts["certificate"]["fingerprint"] == slots(environment)[len(there)]
    assert waits
    assert sum(waits) < 5


def test_read_that_never_catches_up_is_reported(
    run: Run, environment: Environment, landscape: Landscape, waits: list[float]
) -> None:
    landscape.faults.add(Lag(3600), Matching("GET", path="*/saml2Metadata/*", environment=environment.name))
    with pytest.raises(ServiceError, match="are still as before; the active one is missing"):
        run(fsm_trust_cert)
    assert environment.subaccount.trust.active is not None
    assert waits


# Whether it is declared as uploaded.


FSM = {"url": "https://de.fsm.cloud.sap/cloud-approval-service/api", "account_id": "42"}


def test_certificate_that_nobody_declares_as_uploaded(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "dev.pem"
    done = run(fsm_trust_cert, path=str(path), upload={"declared": [], "gate": "enforce", **FSM})
    (finding,) = done.facts["findings"]
    assert (finding["id"], finding["severity"]) == ("certificate_not_uploaded", "error")
    for fact in ("de.fsm.cloud.sap", "account 42", str(path), done.facts["certificate"]["fingerprint"]):
        assert fact in finding["remedy"]
    made = done.facts["certificate"]
    facts = {name: made[name] for name in ("fingerprint", "not_after", "pem")}
    assert done.facts["to_upload"] == {**facts, "path": str(path), "host": "de.fsm.cloud.sap", "account_id": "42"}
    # It is there to be uploaded.
    assert path.read_text(encoding="ascii") == done.facts["certificate"]["pem"]


def test_gate_that_only_warns(run: Run, environment: Environment) -> None:
    fill(environment, 1)
    done = run(fsm_trust_cert, upload={"declared": ["AB" * 32], "gate": "warn", "url": None, "account_id": None})
    assert [(one["id"], one["severity"]) for one in done.facts["findings"]] == [("certificate_not_uploaded", "warning")]
    assert "its file" in done.facts["findings"][0]["remedy"]


def test_preview_says_that_a_run_would_stop(run: Run, environment: Environment) -> None:
    upload = {"declared": [], "gate": "enforce", **FSM}
    # There is none yet that could be uploaded.
    assert run(fsm_trust_cert, check_mode=True, upload=upload).facts["findings"] == []
    fill(environment, 1)
    preview = run(fsm_trust_cert, check_mode=True, upload=upload)
    assert [(one["id"], one["severity"]) for one in preview.facts["findings"]] == [
        ("certificate_not_uploaded", "warning"),
        ("upload_required_before_run", "warning"),
    ]


def test_certificate_that_is_declared(run: Run, environment: Environment) -> None:
    (active,) = fill(environment, 1)
    # As the role's variable may be set.
    for declared in ([active.lower()], f"{'AB' * 32}, {active}", f'["{active}"]'):
        upload = {"declared": declared, "gate": "enforce", **FSM}
        facts = run(fsm_trust_cert, upload=upload).facts
        assert (facts["findings"], facts["to_upload"]) == ([], None)
    assert "findings" not in run(fsm_trust_cert).facts


@pytest.mark.parametrize("declared", [["AB"], {"AB": "CD"}, 5])
def test_declaration_that_is_none(run: Run, environment: Environment, declared: t.Any) -> None:
    fill(environment, 1)
    with pytest.raises(InputError):
        run(fsm_trust_cert, upload={"declared": declared, "gate": "enforce", **FSM})


def test_nothing_is_declared(run: Run, environment: Environment) -> None:
    fill(environment, 1)
    nothing: list[t.Any] = ["", None, []]
    for declared in nothing:
        outcome = run(fsm_trust_cert, upload={"declared": declared, "gate": "enforce", **FSM})
        assert [one["id"] for one in outcome.facts["findings"]] == ["certificate_not_uploaded"]
