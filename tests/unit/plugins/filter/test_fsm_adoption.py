# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Destinations that were set up by hand become variables, and what cannot become one is told."""

from __future__ import annotations

import typing as t

import pytest
import yaml

from ansible_collections.btp_ops.task_center.plugins.filter.fsm import FilterModule

adopted_filter = FilterModule().filters()["fsm_adopted"]
files_filter = FilterModule().filters()["fsm_adopted_files"]
findings_filter = FilterModule().filters()["fsm_adoption_findings"]

URL = "https://de.fsm.cloud.sap/cloud-approval-service/api"
SHARED_TABLE = {
    "URL": "{fsm_url}",
    "tokenServiceURL": "https://{fsm_host}/api/oauth2/v2/token",
    "tokenServiceUser": "{fsm_client_id}",
    "tc.provider_type": "FSM",
    "URL.headers.X-Account-ID": "{fsm_account_id}",
    "URL.headers.X-Company-ID": "{fsm_company_id}",
}
TABLES = {
    "primary": {
        **SHARED_TABLE,
        "Name": "{fsm_name}",
        "clientId": "{fsm_client_id}",
        "tc.enabled": "true",
    },
    "primary_secrets": {"clientSecret": "{fsm_client_secret}", "tokenServicePassword": "{fsm_client_secret}"},
    "secondary": {
        **SHARED_TABLE,
        "Name": "{fsm_name}_PP",
        "audience": "{fsm_audience}",
        "clientKey": "{fsm_client_key}",
    },
    "secondary_secrets": {"tokenServicePassword": "{fsm_client_secret}"},
}
AUDIENCE = "https://de.fsm.cloud.sap/api/oauth2/v2/saml/acme/metadata"
SHARED = {
    "URL": URL,
    "tokenServiceURL": "https://de.fsm.cloud.sap/api/oauth2/v2/token",
    "tokenServiceUser": "client",
    "tokenServicePassword": "********",
    "tc.provider_type": "FSM",
    "URL.headers.X-Account-ID": "1",
    "URL.headers.X-Company-ID": "002",
}
PRIMARY = {**SHARED, "Name": "TC", "clientId": "client", "clientSecret": "********", "tc.enabled": "true"}
SECONDARY = {**SHARED, "Name": "TC_PP", "audience": AUDIENCE, "clientKey": "client"}
OPTIONS = {
    "fsm_destination_service_key": {"description": ["Service key (plan C(lite)).", "More."]},
    "fsm_client_secret": {"description": "Client secret."},
    "fsm_uploaded_certificates": {"description": ["SHA-256 fingerprints."]},
}


def adopt(*destinations: dict[str, str], name: str = "") -> t.Any:
    """Return what comes of an adoption."""
    return adopted_filter(list(destinations), TABLES, "The subaccount", name)


def ids(adopted: t.Any) -> list[str]:
    """Return the IDs of the findings."""
    return [finding["id"] for finding in adopted["findings"]]


def changes(primary: dict[str, str], secondary: dict[str, str] | None = None, secrets_known: bool = True) -> list[str]:
    """Return what the first run is said to change, destination by destination."""
    adopted = adopt(primary, *([secondary] if secondary else []))
    findings = findings_filter(adopted, TABLES, secrets_known)
    assert {finding["id"] for finding in findings} <= {"adoption_changes"}
    return [finding["what"].removeprefix("The first run of connect_fsm changes destination ") for finding in findings]


def test_pair_as_the_guide_has_it() -> None:
    adopted = adopt(SECONDARY, {"Name": "OTHER", "URL": "https://example.com"}, PRIMARY)
    assert adopted["findings"] == []
    assert adopted["variables"] == {
        "fsm_name": "TC",
        "fsm_url": URL,
        "fsm_client_id": "client",
        "fsm_account_id": "1",
        "fsm_company_id": "002",
        "fsm_audience": AUDIENCE,
        "fsm_primary_properties": {},
        "fsm_secondary_properties": {},
    }
    assert adopted["secrets"] == {
        "fsm_client_secret": "vault_fsm_client_secret",
        "fsm_primary_secret_properties": {},
        "fsm_secondary_secret_properties": {},
    }
    assert changes(PRIMARY, SECONDARY) == []


def test_client_key_of_its_own() -> None:
    assert adopt(PRIMARY, {**SECONDARY, "clientKey": "key"})["variables"]["fsm_client_key"] == "key"


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
    adopted = adopt({**PRIMARY, "URL": url}, SECONDARY)
    assert adopted["variables"]["fsm_url"] == URL
    assert adopted["findings"] == []
    assert changes({**PRIMARY, "URL": url}, SECONDARY) == [
        f"TC: URL changes from {url} to {URL} (Task Center then repopulates its task cache)."
    ]


def test_url_that_leads_elsewhere_is_left_for_the_operator() -> None:
    adopted = adopt({**PRIMARY, "URL": "https://proxy.example/x"}, SECONDARY)
    assert adopted["variables"]["fsm_url"] == "https://proxy.example/x"
    assert ids(adopted) == ["input_pattern", "cluster_differs"]
    assert {finding["severity"] for finding in adopted["findings"]} == {"warning"}


def test_headers_in_another_case() -> None:
    primary = {key.replace("X-Account-ID", "x-account-id"): value for key, value in PRIMARY.items()}
    assert adopt(primary, SECONDARY)["variables"]["fsm_account_id"] == "1"
    (told,) = changes(primary, SECONDARY)
    assert "URL.headers.X-Account-ID is added" in told
    assert "URL.headers.x-account-id goes (The role derives this property as URL.headers.X-Account-ID" in told


def test_additional_properties_and_secrets() -> None:
    additional = {
        "Description": "d",
        "tc.ui.label.de-DE": "l",
        "URL.headers.X-Api-Key": "********",
        "url.headers.x-api-key": "********",
    }
    proxy = {"proxyHost": "https://********@proxy.example"}
    adopted = adopt({**PRIMARY, **additional}, {**SECONDARY, **proxy})
    assert adopted["variables"]["fsm_primary_properties"] == {"Description": "d", "tc.ui.label.de-DE": "l"}
    assert adopted["variables"]["fsm_secondary_properties"] == {}
    assert adopted["secrets"]["fsm_primary_secret_properties"] == {
        "URL.headers.X-Api-Key": "vault_fsm_primary_url_headers_x_api_key",
        "url.headers.x-api-key": "vault_fsm_primary_url_headers_x_api_key_",
    }
    assert adopted["secrets"]["fsm_secondary_secret_properties"] == {"proxyHost": "vault_fsm_secondary_proxyhost"}
    assert changes({**PRIMARY, **additional}, {**SECONDARY, **proxy}) == []


def test_what_no_variable_can_hold_goes() -> None:
    stray = {"TrustAll": "true", "tc.unknown": "x", "tc.inbox.pull.days": "999", "tc.secret": "********"}
    adopted = adopt({**PRIMARY, **stray}, {**SECONDARY, "tc.enabled": "true"})
    assert set(adopted["refused"]["primary"]) == set(stray)
    assert adopted["variables"]["fsm_primary_properties"] == {}
    primary, secondary = changes({**PRIMARY, **stray}, {**SECONDARY, "tc.enabled": "true"})
    assert "TrustAll goes (It turns TLS verification off" in primary
    assert "tc.inbox.pull.days goes (tc.inbox.pull.days is 999, not a number of days" in primary
    assert secondary.startswith("TC_PP: tc.enabled goes (Task Center takes its settings from the primary")


def test_changes_of_the_first_run() -> None:
    without_secret = {key: value for key, value in PRIMARY.items() if key != "clientSecret"}
    paused = {**without_secret, "tc.enabled": "false"}
    told = "TC: clientSecret is added; tc.enabled changes from false to true (Task Center then shows its tasks)."
    assert changes(paused, SECONDARY) == [told]
    # An export shows no secrets, so nothing follows from their absence.
    assert changes(without_secret, SECONDARY, secrets_known=False) == []


def test_missing_secondary() -> None:
    adopted = adopt(PRIMARY)
    assert ids(adopted) == ["adoption_no_secondary", "input_missing"]
    assert adopted["variables"]["fsm_audience"] is None
    assert changes(PRIMARY) == []


def test_nothing_to_take_over() -> None:
    assert ids(adopt({"Name": "OTHER", "URL": "https://example.com"})) == ["adoption_none"]
    assert ids(adopt(SECONDARY)) == ["adoption_none"]
    assert ids(adopt({**SECONDARY, "tc.enabled": "true"})) == ["adoption_none"]


def test_several_primaries() -> None:
    other = {**PRIMARY, "Name": "ALSO", "URL.headers.X-Company-ID": "9"}
    (told,) = adopt(PRIMARY, other)["findings"]
    assert told["id"] == "adoption_several"
    assert "ALSO (host de.fsm.cloud.sap, account 1, company 9), TC (host de.fsm.cloud.sap, account 1" in told["what"]
    assert adopt(PRIMARY, other, name="ALSO")["variables"]["fsm_company_id"] == "9"


def test_name_that_is_asked_for() -> None:
    never_polled = {key: value for key, value in PRIMARY.items() if key != "tc.enabled"}
    assert adopt(never_polled, SECONDARY, name="TC")["variables"]["fsm_name"] == "TC"
    (told,) = adopt(PRIMARY, name="FSM")["findings"]
    assert told["id"] == "adoption_not_found"
    assert "TC (host" in told["why"]
    assert ids(adopt({"Name": "M", "URL": "https://mail.example"}, name="M")) == ["adoption_foreign"]


def test_files_that_stand() -> None:
    def of(**options: t.Any) -> list[str]:
        files = {"/h/main.yml": "new", "/h/vault.yml.example": "same"}
        return [finding["id"] for finding in findings_filter({}, files=files, **options)]

    assert of() == []
    assert of(standing={"/h/main.yml": "new", "/h/vault.yml.example": "same"}) == []
    assert of(standing={"/h/main.yml": "old"}) == ["adoption_file_exists"]
    assert of(standing={"/h/main.yml": "old"}, overwrite=True) == []
    assert of(hidden=["/h.yml"], overwrite=True) == ["adoption_file_hidden"]


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
]


def test_written_variables_are_read_back_as_they_were() -> None:
    properties = {f"p{number}": value for number, value in enumerate(VALUES)}
    adopted = adopt({**PRIMARY, **properties}, SECONDARY)
    text = files_filter(adopted, OPTIONS)["main.yml"]
    assert yaml.load(text, Loader)["fsm_primary_properties"] == properties  # noqa: S506 - a loader of our own
    assert 'fsm_company_id: "002"\n' in text


@pytest.mark.parametrize("text", ["{{ 7 * 7 }}", "{% if true %}", "{# none #}"])
def test_what_looks_like_a_template_is_marked(text: str) -> None:
    files = files_filter(adopt({**PRIMARY, "Description": text}, SECONDARY), OPTIONS)
    read = yaml.load(files["main.yml"], Loader)  # noqa: S506 - a loader of our own
    assert read["fsm_primary_properties"] == {"Description": ("unsafe", text)}


def test_secrets_are_references_that_the_example_lists() -> None:
    secret = {"URL.headers.X-Api-Key": "********"}
    files = files_filter(adopt({**PRIMARY, **secret}, SECONDARY), OPTIONS, with_service_key=True)
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
    assert "# Service key (plan lite).\nvault_fsm_destination_service_key:\n" in example
    assert "# URL.headers.X-Api-Key of destination TC.\n" in example


def test_fingerprint_is_a_suggestion() -> None:
    adopted = adopt(PRIMARY, SECONDARY)
    certificate = {"fingerprint": "AB:CD", "not_after": None}
    text = files_filter(adopted, OPTIONS, certificate)["main.yml"]
    assert '#  - "AB:CD"\n' in text
    assert yaml.load(text, Loader)["fsm_uploaded_certificates"] is None  # noqa: S506 - a loader of our own
    told = text.replace('#  - "AB:CD"', '  - "AB:CD"')
    assert yaml.load(told, Loader)["fsm_uploaded_certificates"] == ["AB:CD"]  # noqa: S506 - a loader of our own
    assert "fsm_uploaded_certificates: []" in files_filter(adopted, OPTIONS)["main.yml"]


def test_what_others_wrote_stays_in_its_comment() -> None:
    """A name of a destination in an export may hold anything, also what Ansible would take for a variable."""
    name = "FSM\nansible_connection: \"{{ lookup('pipe', 'id') }}\"\n#"
    secret = "my\nvault_own: x\u2028Password"
    destinations = ({**PRIMARY, "Name": name}, {**SECONDARY, "Name": f"{name}_PP", secret: "hidden"})
    files = files_filter(adopt(*destinations), OPTIONS)
    variables = yaml.load(files["main.yml"], Loader)  # noqa: S506 - a loader of our own
    assert "ansible_connection" not in variables
    assert variables["fsm_name"] == ("unsafe", name)
    assert set(yaml.safe_load(files["vault.yml.example"])) == {
        "vault_fsm_client_secret",
        "vault_fsm_secondary_my_vault_own_x_password",
    }
