# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Environments that were set up by hand come into the inventory, and connect_fsm then has nothing to do in them."""

from __future__ import annotations

import json
import re
import typing as t

import pytest
import yaml

from landscape.made_by_hand import expected_pair
from operator_at_work import active
from prepared import mail_server

if t.TYPE_CHECKING:
    from pathlib import Path

    from landscape.landscape import Environment
    from operator_at_work import Operator, Run, Variables

Pair = tuple[dict[str, str], dict[str, str]]
TEMPLATE = "{{ lookup('env', 'HOME') }} {# said a jester #}"
# What the cockpit puts in the place of secrets.
REMARK = "<< Existing password/certificate removed on export >>"
API_KEY = "key-of-a-gateway"


class ByHand:
    """Environments that someone has set up by hand, and an inventory that knows little of them."""

    def __init__(self, operator: Operator) -> None:
        self.operator = operator
        self.environments: dict[str, Environment] = {}
        self.hosts: dict[str, Variables] = {}

    def add(self, host: str, *, name: str = "FSM", **fsm: str) -> tuple[Environment, Pair]:
        """Add an environment with both destinations as SAP's guide has them; return it and the pair."""
        environment = self.operator.environment({"fsm": fsm})
        environment.fsm_account.upload(environment.subaccount.trust.replace("active").pem)
        primary, secondary = expected_pair(environment)
        primary["Name"], secondary["Name"] = name, f"{name}_PP"
        for destination in (primary, secondary):
            environment.subaccount.destinations[destination["Name"]] = destination
        self.environments[host] = environment
        known = ("fsm_destination_service_key", "fsm_certificate_dir")
        self.hosts[host] = {key: self.operator.variables(environment)[key] for key in known}
        return environment, (primary, secondary)

    def change(self, host: str, name: str, **changes: str) -> None:
        """Change a destination."""
        self.environments[host].subaccount.destinations[name] |= changes

    def folder(self, host: str) -> Path:
        """Return the folder of an environment's variables."""
        return self.operator.folder / "host_vars" / host

    def text(self, host: str) -> str:
        """Return what was written for an environment, which has to be free of secrets."""
        for path in set(self.folder(host).iterdir()) - {self.folder(host) / "vault.yml"}:
            self.operator.assert_no_secret(path.read_text(encoding="utf-8"))
        return (self.folder(host) / "main.yml").read_text(encoding="utf-8")

    def fill_in(self, host: str, **others: str) -> None:
        """Do what the example of the vaulted file asks for: give every variable in it its value."""
        example = (self.folder(host) / "vault.yml.example").read_text(encoding="utf-8")
        inputs = self.environments[host].inputs()
        values = {
            "vault_fsm_client_secret": inputs["fsm"]["client_secret"],
            "vault_fsm_destination_service_key": inputs["service_key"],
            **others,
        }
        filled = {name: values[name] for name in yaml.safe_load(example)}
        (self.folder(host) / "vault.yml").write_text(yaml.safe_dump(filled), encoding="utf-8")

    def changed(self, run: Run, host: str) -> dict[str, set[str]]:
        """Return per destination the properties that a run would change."""
        return {
            result["destination"]["Name"]: set(result["changed_properties"])
            for result in run.results(host, "btp_destination")
        }


@pytest.fixture
def by_hand(operator: Operator) -> ByHand:
    """No environments yet."""
    operator.secrets.add(API_KEY)
    return ByHand(operator)


@pytest.mark.core
@pytest.mark.provokes(
    "adoption_primary_missing",
    "adoption_several",
    "adoption_not_found",
    "adoption_foreign",
    "adoption_no_secondary",
    "adoption_changes",
    "adoption_look_alike",
    "adoption_upload_undeclared",
    "adoption_file_exists",
    "adoption_file_hidden",
)
def test_after_an_adoption_connect_changes_nothing_but_what_it_was_said_to(by_hand: ByHand) -> None:
    by_hand.add("clean", name="TaskCenter-FSM", company_id="0123458")
    additional = {
        "Description": TEMPLATE,
        "tc.ui.label.de-DE": "Außendienst: heute",
        "tc.inbox.pull.days": "030",
        "tc.notifications.enabled": "true",
        "URL.headers.X-Api-Key": API_KEY,
    }
    by_hand.change("clean", "TaskCenter-FSM", **additional)
    by_hand.change("clean", "TaskCenter-FSM_PP", clientKey="key-of-its-own", nameIdFormat="1.0")

    by_hand.add("bent")
    wrong = "https://de.fsm.cloud.sap/api/oauth2/v1/token"
    by_hand.change("bent", "FSM", tokenServiceURL=wrong, TrustAll="true", **{"tc.enabled": "false", "tc.pause": "x"})
    by_hand.change("bent", "FSM", **{"tc.inbox.pull.day": "30"})
    by_hand.change("bent", "FSM", ClientId="old", **{"url.headers.x-account-id": "old"})
    by_hand.change("bent", "FSM_PP", **{"tc.enabled": "true"})

    by_hand.add("several")
    by_hand.environments["several"].subaccount.destinations["OTHER"] = {
        **by_hand.environments["several"].subaccount.destinations["FSM"],
        "URL.headers.X-Company-ID": "4711",
    }
    by_hand.add("named")
    by_hand.environments["named"].subaccount.destinations["OTHER"] = {
        **by_hand.environments["named"].subaccount.destinations["FSM"]
    }
    by_hand.hosts["named"]["fsm_adopt_name"] = "FSM"
    empty, _pair = by_hand.add("empty")
    del empty.subaccount.destinations["FSM"]
    by_hand.add("misnamed")
    by_hand.hosts["misnamed"]["fsm_adopt_name"] = "OLD"
    foreign, _pair = by_hand.add("foreign")
    foreign.subaccount.destinations["MAIL"] = mail_server("MAIL")
    by_hand.hosts["foreign"]["fsm_adopt_name"] = "MAIL"
    half, _pair = by_hand.add("half")
    del half.subaccount.destinations["FSM_PP"]
    by_hand.add("existing")
    by_hand.folder("existing").mkdir(parents=True)
    (by_hand.folder("existing") / "main.yml").write_text("fsm_name: MINE\n")
    by_hand.add("flat")
    (by_hand.operator.folder / "host_vars" / "flat.yml").write_text("fsm_name: MINE\n")
    before = {host: dict(one.subaccount.destinations) for host, one in by_hand.environments.items()}

    run = by_hand.operator.play("adopt_fsm", by_hand.hosts)

    assert {host: dict(one.subaccount.destinations) for host, one in by_hand.environments.items()} == before
    for host, words in {
        "several": ("several primary destinations", "FSM (host de.fsm.cloud.sap", "OTHER (", "company 4711"),
        "empty": ("no primary destination to FSM",),
        "misnamed": ("holds no destination OLD", "Correct fsm_adopt_name"),
        "foreign": ("Destination MAIL leads to mail.example.com", "no destination to FSM"),
        "existing": ("existing/main.yml exists", "fsm_adopt_overwrite"),
        "flat": ("flat.yml exists", "no longer read"),
    }.items():
        for word in words:
            assert word in run.failure(host)
    assert (by_hand.folder("existing") / "main.yml").read_text() == "fsm_name: MINE\n"
    assert run.reported("half") >= {"adoption_no_secondary"}
    assert run.reported("clean") == {"adoption_upload_undeclared"}
    assert run.reported("bent") == {"adoption_upload_undeclared", "adoption_changes", "adoption_look_alike"}
    assert "Set fsm_audience; the first run of connect_fsm then creates the destination." in run.output
    for host in ("several", "misnamed", "foreign"):
        assert not by_hand.folder(host).exists()
    assert not by_hand.folder("flat").exists()

    clean = by_hand.text("clean")
    for line in (
        'fsm_company_id: "0123458"',
        "fsm_client_key: key-of-its-own",
        'fsm_client_secret: "{{ vault_fsm_client_secret }}"',
        '  tc.inbox.pull.days: "030"',
        '  nameIdFormat: "1.0"',
        '  URL.headers.X-Api-Key: "{{ vault_fsm_primary_url_headers_x_api_key }}"',
        f'# fsm_uploaded_certificates: ["{active(by_hand.environments["clean"]).fingerprint}"]',
        "fsm_uploaded_certificates: []",
    ):
        assert f"\n{line}\n" in clean
    assert "fsm_client_key" not in by_hand.text("bent")
    assert "fsm_destination_service_key" not in clean
    assert "TrustAll" not in by_hand.text("bent")
    reported = "\n".join(str(event["result"].get("msg")) for event in run.events if event["host"] == "bent")
    for change in (
        f"tokenServiceURL changes from {wrong} to https://de.fsm.cloud.sap/api/oauth2/v2/token",
        "TrustAll is removed (It turns TLS verification off",
        "tc.enabled changes from false to true (Task Center then shows its tasks)",
        "tc.pause is removed (tc.pause is no property that Task Center knows for FSM",
        "tc.enabled is removed (",
        "Destination FSM has a property tc.inbox.pull.day, which resembles tc.inbox.pull.days.",
        "Destination FSM has a property ClientId, which resembles clientId.",
        "has a property url.headers.x-account-id, which resembles URL.headers.X-Account-ID.",
    ):
        assert change in reported

    adopted = ("clean", "bent", "named")
    del by_hand.environments["named"].subaccount.destinations["OTHER"]
    for host in adopted:
        by_hand.fill_in(host, vault_fsm_primary_url_headers_x_api_key=API_KEY)
    # As it was written, before anyone says what is uploaded: a preview passes, and says what a run would stop at.
    as_written = by_hand.operator.play("connect_fsm", {host: by_hand.hosts[host] for host in adopted}, "--check")
    assert as_written.code == 0
    assert as_written.reported("clean") >= {"certificate_not_uploaded", "upload_required_before_run"}
    for host in adopted:
        # The operator checks FSM Admin and agrees with the suggestion.
        path = by_hand.folder(host) / "main.yml"
        declared = re.sub(r"(?m)^# (.*)\nfsm_uploaded_certificates: \[\]$", r"\1", path.read_text(encoding="utf-8"))
        path.write_text(declared, encoding="utf-8")
    preview = by_hand.operator.play("connect_fsm", {host: by_hand.hosts[host] for host in adopted}, "--check")

    assert preview.code == 0
    assert not preview.changed("clean")
    assert not preview.changed("named")
    assert by_hand.changed(preview, "bent") == {
        "FSM": {
            "ClientId",
            "TrustAll",
            "tc.enabled",
            "tc.inbox.pull.day",
            "tc.pause",
            "tokenServiceURL",
            "url.headers.x-account-id",
        },
        "FSM_PP": {"tc.enabled"},
    }


def properties_file(destination: dict[str, str]) -> bytes:
    """Return a destination as the cockpit exports it: a properties file, secrets as remarks in comments."""
    secrets = ("clientSecret", "tokenServicePassword", "URL.headers.X-Api-Key")
    lines = [f"#{key}={REMARK}" for key in secrets if key in destination]
    lines += ["#", "#Tue Nov 24 03:37:07 UTC 2026"]
    for key, value in destination.items():
        if key not in secrets:
            escaped = value.replace("\\", "\\\\").replace(":", "\\:").replace("=", "\\=")
            lines.append(re.sub(r"[^ -~]", lambda found: f"\\u{ord(found[0]):04x}", f"{key}={escaped}"))
    return "\r\n".join(lines).encode("iso-8859-1")


def test_exported_destinations_are_adopted(by_hand: ByHand) -> None:
    operator = by_hand.operator
    (operator.folder / "exports").mkdir()
    for host in ("json", "properties"):
        by_hand.add(host)
        by_hand.change(host, "FSM", Description="Größe: 1=1", **{"URL.headers.X-Api-Key": API_KEY})
        key = by_hand.hosts[host].pop("fsm_destination_service_key")
        operator.secrets.add(key["clientsecret"])
        destinations = by_hand.environments[host].subaccount.destinations
        for name in ("FSM", "FSM_PP"):
            path = operator.folder / "exports" / f"{host}-{name}"
            if host == "properties":
                path.write_bytes(properties_file(destinations[name]))
            else:
                hidden = {key: REMARK for key in ("clientSecret", "tokenServicePassword") if key in destinations[name]}
                path.write_text(json.dumps({**destinations[name], **hidden}, ensure_ascii=False), encoding="utf-8")
        # Relative paths are ones from where the playbook is started.
        by_hand.hosts[host]["fsm_adopt_files"] = [f"exports/{host}-FSM", f"exports/{host}-FSM_PP"]

    adopted = {**by_hand.hosts, "again": by_hand.hosts["json"]}

    preview = operator.play("adopt_fsm", adopted, "--check", "--limit", "json")
    assert preview.code == 0
    assert not (operator.folder / "host_vars").exists()
    first = operator.play("adopt_fsm", adopted)
    assert first.code == 0

    assert operator.landscape.requests(by_hand.environments["json"].name) == []
    for host in by_hand.hosts:
        text = by_hand.text(host)
        assert "removed on export" not in text
        assert 'Description: "Größe: 1=1"' in text
        assert 'fsm_destination_service_key: "{{ vault_fsm_destination_service_key }}"' in text
        by_hand.fill_in(host, vault_fsm_primary_url_headers_x_api_key=API_KEY)
    connected = operator.play("connect_fsm", by_hand.hosts, "--check")
    assert connected.code == 0
    for host in by_hand.hosts:
        assert by_hand.changed(connected, host) == {"FSM": set(), "FSM_PP": set()}

    # Once more: what is known by now is added if the operator permits it, and what only the inventory has stays.
    path = by_hand.folder("json") / "main.yml"
    path.write_text(path.read_text(encoding="utf-8") + "# mine\n", encoding="utf-8")
    last = operator.play("adopt_fsm", adopted, "-e", '{"fsm_adopt_overwrite": true}')
    assert last.code == 0
    assert not last.changed("again")
    for host in by_hand.hosts:
        text = by_hand.text(host)
        assert f'# fsm_uploaded_certificates: ["{active(by_hand.environments[host]).fingerprint}"]' in text
        assert 'fsm_destination_service_key: "{{ vault_fsm_destination_service_key }}"' in text
    (backup,) = (one.read_text(encoding="utf-8") for one in path.parent.glob("main.yml.*~"))
    assert backup.endswith("# mine\n")


@pytest.mark.provokes("adoption_export_unusable")
def test_what_is_mistyped_is_said_in_our_words_and_nothing_is_written(by_hand: ByHand) -> None:
    by_hand.add("mistyped")
    by_hand.hosts["mistyped"] |= {
        "fsm_adopt_overwrite": "yess",
        "fsm_adopt_files": {"FSM": "FSM.json"},
        "fsm_adopt_name": ["FSM"],
        "fsm_destination_service_key": '{"clientid": "x"}',
    }
    by_hand.add("missing")
    (by_hand.operator.folder / "ansi.txt").write_bytes(b"Name=FSM\ntc.ui.label=1 \x80")
    by_hand.hosts["missing"]["fsm_adopt_files"] = "missing.json,ansi.txt"

    run = by_hand.operator.play("adopt_fsm", by_hand.hosts)

    mistyped = run.failure("mistyped")
    for words in (
        "fsm_adopt_overwrite is 'yess'.",
        "It has to be true or false.",
        "fsm_adopt_files is 'a mapping'.",
        "fsm_adopt_name is 'a list'.",
        "fsm_destination_service_key lacks",
    ):
        assert words in mistyped
    assert "argument" not in mistyped
    missing = run.failure("missing")
    assert f"The file {by_hand.operator.folder}/missing.json cannot be read: No such file or directory." in missing
    assert f"The file {by_hand.operator.folder}/ansi.txt cannot be read: it is neither UTF-8" in missing
    assert not (by_hand.operator.folder / "host_vars").exists()


@pytest.mark.core
def test_any_text_arrives_exactly_by_module_and_by_worker(by_hand: ByHand) -> None:
    """From the subaccount into the inventory, and from there to what connect_fsm compares."""
    odd = {
        "yaml": "yes",
        "octal": "0o17",
        "zeros": "007",
        "braces": "{ x } {{ 1 }} {% if %} {# x #}",
        "json": '["a", {"b": 1}]',
        "python": "{'a': True}",
        "unsafe": "!unsafe x",
        "quotes": 'it\'s "so" \\ %s',
        "lines": "one\n  two\n",
        "blank": " x ",
        "long": "ä" * 4000,
        "face": "\U0001f600",
        "key with {{ braces }}: #": "x",
    }
    for host in ("worker", "process"):
        by_hand.add(host)
        by_hand.change(host, "FSM", **odd)
        by_hand.hosts[host] |= {"btp_local_action": host == "worker", "fsm_upload_gate": "warn"}

    assert by_hand.operator.play("adopt_fsm", by_hand.hosts).code == 0
    for host in by_hand.hosts:
        by_hand.fill_in(host)
    connected = by_hand.operator.play("connect_fsm", by_hand.hosts)

    assert connected.code == 0
    for host, environment in by_hand.environments.items():
        assert not connected.changed(host)
        assert odd.items() <= environment.subaccount.destinations["FSM"].items()


def test_keyword_check_mode_writes_nothing(by_hand: ByHand) -> None:
    by_hand.add("preview")
    role = {"import_role": {"name": "btp_ops.task_center.fsm", "tasks_from": "adopt"}}
    play = {"hosts": "all", "gather_facts": False, "check_mode": True, "tasks": [role]}

    run = by_hand.operator.play([play], by_hand.hosts, "--diff")

    assert run.code == 0
    assert run.changed("preview")
    assert "fsm_url: https://" in run.output
    assert not (by_hand.operator.folder / "host_vars").exists()


def test_blank_folder_is_the_usual_one(by_hand: ByHand) -> None:
    by_hand.add("blank")

    run = by_hand.operator.play("adopt_fsm", by_hand.hosts, "-e", "fsm_adopt_dir=", "-e", "fsm_adopt_overwrite=")

    assert run.code == 0
    assert (by_hand.folder("blank") / "main.yml").exists()
