# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Destinations that were set up by hand become variables, and what cannot become one is reported."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.adopted_files import (
    environment_files,
    scalar,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.adoption import (
    Adopted,
    adopt,
    file_findings,
    hide_secrets,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.vault_example import PURPOSES, purpose
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.secrets import HIDDEN

URL = "https://de.fsm.cloud.sap/cloud-approval-service/api"
AUDIENCE = "https://de.fsm.cloud.sap/api/oauth2/v2/saml/acme/metadata"
SHARED = {
    "Type": "HTTP",
    "URL": URL,
    "ProxyType": "Internet",
    "tokenServiceURLType": "Dedicated",
    "tokenServiceURL": "https://de.fsm.cloud.sap/api/oauth2/v2/token",
    "tokenServiceUser": "client",
    "tokenServicePassword": HIDDEN,
    "tc.provider_type": "FSM",
    "URL.headers.X-Account-ID": "1",
    "URL.headers.X-Client-Id": "sap-task-center",
    "URL.headers.X-Client-Version": "1.0",
    "URL.headers.X-Company-ID": "002",
}
PRIMARY = {
    **SHARED,
    "Name": "TC",
    "Authentication": "OAuth2ClientCredentials",
    "clientId": "client",
    "clientSecret": HIDDEN,
    "tc.enabled": "true",
}
SECONDARY = {
    **SHARED,
    "Name": "TC_PP",
    "Authentication": "OAuth2SAMLBearerAssertion",
    "audience": AUDIENCE,
    "authnContextClassRef": "urn:oasis:names:tc:SAML:2.0:ac:classes:PreviousSession",
    "clientKey": "client",
    "userIdSource": "email",
}
ROLE = Path(__file__).resolve().parents[5] / "roles" / "fsm"


def adopted(*destinations: dict[str, str], name: str = "") -> Adopted:
    """Return the pair that is adopted."""
    pair, _findings = adopt(list(destinations), name, "The subaccount")
    assert pair is not None
    return pair


def findings(*destinations: dict[str, str], name: str = "") -> list[dict[str, str]]:
    """Return all findings of an adoption but those of what the first run changes."""
    _pair, found = adopt(list(destinations), name, "The subaccount")
    return [one for one in found if one["id"] != "adoption_changes"]


def ids(*destinations: dict[str, str], name: str = "") -> list[str]:
    """Return the IDs of these findings."""
    return [finding["id"] for finding in findings(*destinations, name=name)]


def changes(primary: dict[str, str], secondary: dict[str, str] | None = None, secrets_known: bool = True) -> list[str]:
    """Return what the first run is said to change, destination by destination."""
    _pair, found = adopt([primary, *([secondary] if secondary else [])], "", "The subaccount", secrets_known)
    return [
        finding["problem"].removeprefix("The first run of connect_fsm changes destination ")
        for finding in found
        if finding["id"] == "adoption_changes"
    ]


def look_alikes(primary: dict[str, str], secondary: dict[str, str]) -> list[str]:
    """Return the texts on look-alikes, each in one line."""
    return [
        finding["text"].replace("\n", " ")
        for finding in findings(primary, secondary)
        if finding["id"] == "adoption_look_alike"
    ]


def without(destination: dict[str, str], *keys: str) -> dict[str, str]:
    """Return a destination without some properties."""
    return {key: value for key, value in destination.items() if key not in keys}


def test_pair_as_the_guide_has_it() -> None:
    pair = adopted(SECONDARY, {"Name": "OTHER", "URL": "https://example.com"}, PRIMARY)
    assert findings(SECONDARY, PRIMARY) == []
    assert pair.values == {
        "name": "TC",
        "url": URL,
        "client_id": "client",
        "account_id": "1",
        "company_id": "002",
        "audience": AUDIENCE,
        "primary_properties": {},
        "secondary_properties": {},
    }
    assert pair.vaulted == {
        "client_secret": "vault_fsm_client_secret",
        "primary_secret_properties": {},
        "secondary_secret_properties": {},
    }
    assert changes(PRIMARY, SECONDARY) == []


def test_client_key_of_its_own() -> None:
    assert adopted(PRIMARY, {**SECONDARY, "clientKey": "key"}).values["client_key"] == "key"


@pytest.mark.parametrize(
    "url",
    [
        f"{URL}/",
        "https://DE.fsm.cloud.sap:443/cloud-approval-service/api",
        "https://de.fsm.cloud.sap/old",
        "https://de.coresuite.com/cloud-approval-service/api",
    ],
)
def test_other_spellings_of_the_cluster_url(url: str) -> None:
    assert adopted({**PRIMARY, "URL": url}, SECONDARY).values["url"] == URL
    assert findings({**PRIMARY, "URL": url}, SECONDARY) == []
    assert changes({**PRIMARY, "URL": url}, SECONDARY) == [
        f"TC: URL changes from {url} to {URL} (Task Center then repopulates its task cache)."
    ]


def test_url_that_leads_elsewhere_is_left_for_the_operator() -> None:
    primary = {**PRIMARY, "URL": "https://proxy.example/x"}
    assert adopted(primary, SECONDARY).values["url"] == "https://proxy.example/x"
    assert ids(primary, SECONDARY) == ["input_pattern", "cluster_differs"]
    assert {finding["severity"] for finding in findings(primary, SECONDARY)} == {"warning"}


def test_headers_in_another_case() -> None:
    primary = {key.replace("X-Account-ID", "x-account-id"): value for key, value in PRIMARY.items()}
    assert adopted(primary, SECONDARY).values["account_id"] == "1"
    (found,) = changes(primary, SECONDARY)
    assert "URL.headers.X-Account-ID is added" in found
    assert "URL.headers.x-account-id is removed (The role derives this property as URL.headers.X-Account-ID" in found


def test_additional_properties_and_secrets() -> None:
    additional = {
        "Description": "d",
        "tc.ui.label.de-DE": "l",
        "URL.headers.X-Api-Key": "********",
        "url.headers.x-api-key": "********",
    }
    proxy = {"proxyHost": "https://********@proxy.example"}
    pair = adopted({**PRIMARY, **additional}, {**SECONDARY, **proxy})
    assert pair.values["primary_properties"] == {"Description": "d", "tc.ui.label.de-DE": "l"}
    assert pair.values["secondary_properties"] == {}
    assert pair.vaulted["primary_secret_properties"] == {
        "URL.headers.X-Api-Key": "vault_fsm_primary_url_headers_x_api_key",
        "url.headers.x-api-key": "vault_fsm_primary_url_headers_x_api_key_",
    }
    assert pair.vaulted["secondary_secret_properties"] == {"proxyHost": "vault_fsm_secondary_proxyhost"}
    assert changes({**PRIMARY, **additional}, {**SECONDARY, **proxy}) == []


def test_what_no_variable_can_hold_is_removed() -> None:
    stray = {"TrustAll": "true", "tc.unknown": "x", "tc.inbox.pull.days": "999", "tc.secret": "********"}
    pair = adopted({**PRIMARY, **stray}, {**SECONDARY, "tc.enabled": "true"})
    assert set(pair.refused["primary"]) == set(stray)
    assert pair.values["primary_properties"] == {}
    primary, secondary = changes({**PRIMARY, **stray}, {**SECONDARY, "tc.enabled": "true"})
    assert "TrustAll is removed (It turns TLS verification off" in primary
    assert "tc.inbox.pull.days is removed (tc.inbox.pull.days is 999, not a number of days" in primary
    assert secondary.startswith("TC_PP: tc.enabled is removed (Task Center takes its settings from the primary")


def test_changes_of_the_first_run() -> None:
    without_secret = {key: value for key, value in PRIMARY.items() if key != "clientSecret"}
    paused = {**without_secret, "tc.enabled": "false"}
    found = "TC: clientSecret is added; tc.enabled changes from false to true (Task Center then shows its tasks)."
    assert changes(paused, SECONDARY) == [found]
    # An export shows no secrets, so nothing follows from their absence.
    assert changes(without_secret, SECONDARY, secrets_known=False) == []


def test_missing_secondary() -> None:
    assert ids(PRIMARY) == ["adoption_no_secondary", "input_missing"]
    assert adopted(PRIMARY).values["audience"] is None
    assert changes(PRIMARY) == []


def test_nothing_to_adopt() -> None:
    assert ids({"Name": "OTHER", "URL": "https://example.com"}) == ["adoption_primary_missing"]
    assert ids(SECONDARY) == ["adoption_primary_missing"]
    assert ids({**SECONDARY, "tc.enabled": "true"}) == ["adoption_primary_missing"]


def test_nothing_to_adopt_names_what_leads_to_fsm() -> None:
    (found,) = findings({**PRIMARY, "tc.provider_type": "fsm"}, {"Name": "OTHER", "URL": "https://example.com"})
    assert "Other destinations to FSM there: TC." in found["impact"]


def test_several_primaries() -> None:
    other = {**PRIMARY, "Name": "ALSO", "URL.headers.X-Company-ID": "9"}
    (found,) = findings(PRIMARY, other)
    assert found["id"] == "adoption_several"
    assert (
        "ALSO (host de.fsm.cloud.sap, account 1, company 9), TC (host de.fsm.cloud.sap, account 1" in found["problem"]
    )
    assert adopted(PRIMARY, other, name="ALSO").values["company_id"] == "9"


def test_name_that_is_asked_for() -> None:
    never_polled = {key: value for key, value in PRIMARY.items() if key != "tc.enabled"}
    assert adopted(never_polled, SECONDARY, name="TC").values["name"] == "TC"
    (found,) = findings(PRIMARY, name="FSM")
    assert found["id"] == "adoption_not_found"
    assert "TC (host" in found["impact"]
    assert ids({"Name": "M", "URL": "https://mail.example"}, name="M") == ["adoption_foreign"]


def test_files_that_exist() -> None:
    def of(existing: dict[str, bytes], hidden: list[str], overwrite: bool = False) -> list[str]:
        files = {"/h/main.yml": "new", "/h/vault.yml.example": "same"}
        return [finding["id"] for finding in file_findings(files, existing, hidden, overwrite)]

    assert of({}, []) == []
    assert of({"/h/main.yml": b"new", "/h/vault.yml.example": b"same"}, []) == []
    assert of({"/h/main.yml": b"old"}, []) == ["adoption_file_exists"]
    assert of({"/h/main.yml": b"old"}, [], overwrite=True) == []
    assert of({}, ["/h.yml"], overwrite=True) == ["adoption_file_hidden"]


def test_look_alike_next_to_the_property() -> None:
    """Whatever their order: the right spelling counts."""
    spellings: list[dict[str, str]] = [{"ClientId": "old", **PRIMARY}, {**PRIMARY, "ClientId": "old"}]
    for primary in spellings:
        assert adopted(primary, SECONDARY).values["client_id"] == "client"
        (text,) = look_alikes(primary, SECONDARY)
        assert "Destination TC has a property ClientId, which resembles clientId." in text
        assert "Its value was not adopted, because clientId has one." in text
        assert "The first run of connect_fsm removes it." in text


def test_look_alike_in_place_of_the_property() -> None:
    primary = {**without(PRIMARY, "clientId", "tokenServiceUser"), "ClientId": "meant"}
    secondary = without(SECONDARY, "clientKey", "tokenServiceUser")
    assert adopted(primary, secondary).values["client_id"] == "meant"
    (text,) = look_alikes(primary, secondary)
    assert "Its value was adopted as fsm_client_id, because clientId is missing." in text
    # What the secondary destination has in the right spelling takes precedence over it.
    assert adopted(primary, SECONDARY).values["client_id"] == "client"


@pytest.mark.parametrize(
    "key",
    ["url.headers.x-account-id", "URL.headers.X-AccountId", "headers.X-Account-ID", "X-Account-ID", "x_account_id"],
)
def test_look_alikes_of_headers(key: str) -> None:
    primary = {**without(PRIMARY, "URL.headers.X-Account-ID"), key: "7"}
    secondary = without(SECONDARY, "URL.headers.X-Account-ID")
    assert adopted(primary, secondary).values["account_id"] == "7"
    (text,) = look_alikes(primary, secondary)
    assert f"a property {key}, which resembles URL.headers.X-Account-ID." in text
    assert "adopted as fsm_account_id" in text


def test_look_alike_that_stays() -> None:
    secondary = {**SECONDARY, "authn_context_class_ref": "x"}
    assert adopted(PRIMARY, secondary).values["secondary_properties"] == {"authn_context_class_ref": "x"}
    (text,) = look_alikes(PRIMARY, secondary)
    assert "It stays, among fsm_secondary_properties" in text
    assert changes(PRIMARY, secondary) == []


def test_look_alike_of_what_the_role_sets_itself() -> None:
    primary = {**without(PRIMARY, "Authentication"), "authentication": "NoAuthentication"}
    (text,) = look_alikes(primary, SECONDARY)
    assert "Its value was not adopted, because the role sets Authentication itself." in text


@pytest.mark.parametrize(
    "key, known",
    [
        ("Tc.ui.label", "tc.ui.label"),
        ("tc.inbox.pull.day", "tc.inbox.pull.days"),
        ("tc.notification.enabled", "tc.notifications.enabled"),
        ("tc.ui.lable", "tc.ui.label"),
        ("tc.ui.group.de_DE", "tc.ui.group.de-DE"),
        ("tc.enable", "tc.enabled"),
    ],
)
def test_look_alike_of_a_setting_of_task_center(key: str, known: str) -> None:
    (text,) = look_alikes({**PRIMARY, key: "true"}, SECONDARY)
    assert f"a property {key}, which resembles {known}." in text
    assert "The first run of connect_fsm removes it." in text
    told = "because tc.enabled has one" if known == "tc.enabled" else f"{known}, if that was meant, belongs into fsm_"
    assert f"Its value was not adopted{'; ' if known != 'tc.enabled' else ', '}{told}" in text
    # Task Center takes none of its settings from a secondary destination.
    assert look_alikes(PRIMARY, {**SECONDARY, "Tc.ui.label": "x"}) == []


def test_look_alike_of_what_another_property_holds() -> None:
    (text,) = look_alikes({**without(PRIMARY, "clientId"), "clientid": "old"}, SECONDARY)
    assert "Its value was not adopted, because another property holds fsm_client_id." in text


def test_empty_property_stays() -> None:
    primary = {**PRIMARY, "Description": ""}
    assert adopted(primary, SECONDARY).values["primary_properties"] == {"Description": ""}
    assert changes(primary, SECONDARY) == []


@pytest.mark.parametrize(
    "key",
    [
        "tc.pause",
        "tc.clientId",
        "tc.outbox",
        "tc.ui.label",
        "URL.headers.X-Client-Key",
        "Description",
        "URL.queries.X-Account-ID",
        "tokenService",
    ],
)
def test_what_looks_like_nothing(key: str) -> None:
    assert look_alikes({**PRIMARY, key: "x"}, SECONDARY) == []


def test_secrets_are_hidden_wherever_they_are() -> None:
    destination = {**PRIMARY, "clientSecret": "s3cr3t-0f-fsm", "Description": "ask s3cr3t-0f-fsm", "note": "k3y-0f-btp"}
    hidden = hide_secrets(destination, {"k3y-0f-btp", "client"})
    assert hidden == {**destination, "clientSecret": HIDDEN, "Description": HIDDEN, "note": HIDDEN}


def test_what_others_wrote_steers_no_terminal() -> None:
    primary = {**PRIMARY, "Name": "FSM\x1b[2J", "tc.x\n\ny\u202e": "1"}
    _pair, found = adopt([primary], "", "The subaccount")
    text = "\n".join(finding["text"] for finding in found)
    assert "FSM\\x1b[2J" in text
    assert "tc.x\\n\\ny\\u202e is removed" in text
    assert all(sign.isprintable() for sign in text.replace("\n", ""))


class Loader(yaml.SafeLoader):
    """Reads what Ansible's own loader reads: a text that is no template bears a tag."""


Loader.add_constructor("!unsafe", lambda loader, node: ("unsafe", str(node.value)))

VALUES = [
    "0123458",
    "0123",
    "1.0",
    "true",
    "no",
    "null",
    "~",
    "",
    "a: b",
    "a # b",
    "Größe",
    "two\nlines",
    " x ",
    "'",
    '"',
    "\\",
    "-",
    "@",
    "2026-01-01",
    "=",
    "%",
    "y",
    "NULL",
    "Off",
    "0o17",
    "1_000",
    "12:30:45",
    "key: ",
    "a:",
    "!tag",
    "&a",
    "*a",
    "x" * 4000,
    "\u2028",
    "\x85",
    "\ufeff",
    "\x00",
    "\t",
    "\U0001f600",
]


def test_written_variables_are_read_back_as_they_were() -> None:
    properties = {f"p{number}": value for number, value in enumerate(VALUES)}
    text = environment_files(adopted({**PRIMARY, **properties}, SECONDARY), None, False)["main.yml"]
    assert yaml.load(text, Loader)["fsm_primary_properties"] == properties  # noqa: S506 - a loader of our own
    assert 'fsm_company_id: "002"\n' in text


@pytest.mark.parametrize("text", ["{{ 7 * 7 }}", "{% if true %}", "{# none #}"])
def test_what_looks_like_a_template_is_marked(text: str) -> None:
    files = environment_files(adopted({**PRIMARY, "Description": text}, SECONDARY), None, False)
    read = yaml.load(files["main.yml"], Loader)  # noqa: S506 - a loader of our own
    assert read["fsm_primary_properties"] == {"Description": ("unsafe", text)}


def test_secrets_are_references_that_the_example_lists() -> None:
    secret = {"URL.headers.X-Api-Key": "********"}
    files = environment_files(adopted({**PRIMARY, **secret}, SECONDARY), None, with_service_key=True)
    read = yaml.load(files["main.yml"], Loader)  # noqa: S506 - a loader of our own
    assert read["fsm_destination_service_key"] == "{{ vault_fsm_destination_service_key }}"
    assert read["fsm_client_secret"] == "{{ vault_fsm_client_secret }}"
    assert read["fsm_primary_secret_properties"] == {
        "URL.headers.X-Api-Key": "{{ vault_fsm_primary_url_headers_x_api_key }}"
    }
    example = files["vault.yml.example"]
    assert yaml.safe_load(example) == {
        "vault_fsm_destination_service_key": None,
        "vault_fsm_client_secret": None,
        "vault_fsm_primary_url_headers_x_api_key": None,
    }
    assert f"# {PURPOSES['fsm_destination_service_key']}\nvault_fsm_destination_service_key:\n" in example
    assert "# URL.headers.X-Api-Key of destination TC.\n" in example


def test_fingerprint_is_a_suggestion() -> None:
    certificate = {"fingerprint": "AB:CD", "not_after": "2028-01-02T03:04:05+00:00"}
    text = environment_files(adopted(PRIMARY, SECONDARY), certificate, False)["main.yml"]
    assert "valid until 2028-01-02, " in text
    assert yaml.load(text, Loader)["fsm_uploaded_certificates"] == []  # noqa: S506 - a loader of our own
    line = 'fsm_uploaded_certificates: ["AB:CD"]\n'
    declared = text.replace(f"# {line}fsm_uploaded_certificates: []\n", line)
    assert yaml.load(declared, Loader)["fsm_uploaded_certificates"] == ["AB:CD"]  # noqa: S506 - a loader of our own
    unreadable = environment_files(adopted(PRIMARY, SECONDARY), {**certificate, "not_after": None}, False)["main.yml"]
    assert "valid until an unknown date, " in unreadable
    assert (
        "\nfsm_uploaded_certificates: []\n" in environment_files(adopted(PRIMARY, SECONDARY), None, False)["main.yml"]
    )


def test_what_is_not_known_hides_no_variable_of_a_group() -> None:
    text = environment_files(adopted(PRIMARY), None, False)["main.yml"]
    assert "fsm_audience" not in yaml.load(text, Loader)  # noqa: S506 - a loader of our own
    assert "# fsm_audience is not known" in text


def test_purposes_are_those_of_the_role() -> None:
    specs = yaml.safe_load((ROLE / "meta" / "argument_specs.yml").read_text(encoding="utf-8"))
    options = specs["argument_specs"]["main"]["options"]
    assert {name: purpose(options[name]) for name in PURPOSES} == PURPOSES


def test_any_character_is_written_so_that_it_is_read_back() -> None:
    signs = [chr(code) for code in (*range(0x3000), *range(0xFE00, 0x10000), 0x1F600, 0xE0001)]
    text = "".join(signs)
    assert yaml.safe_load(scalar(text)) == text
    assert yaml.safe_load("\n".join(f"- {scalar(sign)}" for sign in signs)) == signs


def test_long_names_of_properties() -> None:
    key = "k" * 3000
    text = environment_files(adopted({**PRIMARY, key: "v"}, SECONDARY), None, False)["main.yml"]
    assert yaml.load(text, Loader)["fsm_primary_properties"] == {key: "v"}  # noqa: S506 - a loader of our own


def test_what_others_wrote_stays_in_its_comment() -> None:
    """A name of a destination in an export may hold anything, also what Ansible would take for a variable."""
    name = "FSM\nansible_connection: \"{{ lookup('pipe', 'id') }}\"\n#"
    secret = "my\nvault_own: x\u2028Password"
    destinations = ({**PRIMARY, "Name": name}, {**SECONDARY, "Name": f"{name}_PP", secret: "hidden"})
    files = environment_files(adopted(*destinations), None, False)
    variables = yaml.load(files["main.yml"], Loader)  # noqa: S506 - a loader of our own
    assert "ansible_connection" not in variables
    assert variables["fsm_name"] == ("unsafe", name)
    assert set(yaml.safe_load(files["vault.yml.example"])) == {
        "vault_fsm_client_secret",
        "vault_fsm_secondary_my_vault_own_x_password",
    }
