# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role's variables: values as inventories give them, text that says the same, blanks, and what cannot be meant."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest
import yaml

from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.variables import VARIABLES, read_variables
from ansible_collections.btp_ops.task_center.plugins.module_utils._core import given_values
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.given_values import is_blank
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.secrets import HIDDEN

ROLE = Path(__file__).resolve().parents[5] / "roles" / "fsm"
SECRET = "s3cr3t-0f-s0meone"
SECRETS = [name for name, variable in VARIABLES.items() if variable.secret]
FINGERPRINT = ":".join(["AB"] * 32)


def read(name: str, value: t.Any) -> t.Any:
    """Return the value of a variable that is right."""
    values, findings = read_variables({name: value})
    assert findings == []
    return values[name]


def refused(name: str, value: t.Any) -> str:
    """Return what is said of the value of a variable that cannot be meant, and make sure that the default counts."""
    values, (finding,) = read_variables({name: value})
    assert (finding["id"], finding["severity"]) == ("input_pattern", "error")
    assert finding["problem"].startswith(f"fsm_{name} is '")
    assert values[name] == VARIABLES[name].default
    return finding["text"]


def test_nothing_is_set() -> None:
    assert read_variables({}) == ({name: variable.default for name, variable in VARIABLES.items()}, [])


@pytest.mark.parametrize("name", VARIABLES)
@pytest.mark.parametrize("blank", [None, "", " ", "\n"])
def test_what_is_blank_was_not_set(name: str, blank: str | None) -> None:
    """An empty text is all that a survey can say."""
    assert read(name, blank) == VARIABLES[name].default


@pytest.mark.parametrize("value", [False, 0, [], {}, "x"])
def test_what_is_not_blank(value: t.Any) -> None:
    assert not is_blank(value)


@pytest.mark.parametrize("name", ["check_client", "check_metadata", "verify"])
@pytest.mark.parametrize(
    "value, meant",
    [
        *((value, True) for value in (True, 1, "true", "True", " yes ", "on", "1", "y")),
        *((value, False) for value in (False, 0, "false", "NO", "off\n", "0", "n")),
    ],
)
def test_boolean(name: str, value: t.Any, meant: bool) -> None:
    assert read(name, value) is meant


@pytest.mark.parametrize("value", ["maybe", "enforce", 2, -1, 0.5, [], {}, [True], {"true": True}])
def test_no_boolean(value: t.Any) -> None:
    assert "It has to be true or false." in refused("verify", value)


@pytest.mark.parametrize("value, meant", [(0, 0), (30, 30), ("30", 30), (" 7\n", 7), ("007", 7), (732, 732)])
def test_number(value: t.Any, meant: int) -> None:
    number = read("certificate_min_days", value)
    assert (number, type(number)) == (meant, int)


@pytest.mark.parametrize(
    "value", [-1, 733, "-1", "733", 1.5, 30.0, "30.0", "1e2", "+5", "٣", "²", "thirty", True, False, [30], "9" * 10_000]
)
def test_no_number(value: t.Any) -> None:
    assert "It has to be a whole number from 0 to 732." in refused("certificate_min_days", value)


@pytest.mark.parametrize("name", ["task_center_wait", "task_center_refresh_seconds"])
def test_seconds(name: str) -> None:
    assert read(name, "86400") == 24 * 60 * 60
    assert "from 0 to 86400" in refused(name, 86401)


@pytest.mark.parametrize(
    "name, allowed",
    [
        ("state", ["present", "absent"]),
        ("update_secrets", ["always", "on_create"]),
        ("upload_gate", ["enforce", "warn"]),
    ],
)
def test_choice(name: str, allowed: list[str]) -> None:
    for value in allowed:
        assert read(name, value) == value
    for wrong in (
        "enforced",
        f" {allowed[0]}",
        allowed[0].upper(),
        f"{allowed[0]},{allowed[1]}",
        True,
        0,
        [allowed[0]],
    ):
        text = refused(name, wrong)
        assert text.splitlines()[1] == f"It has to be one of: {', '.join(allowed)}."


def test_misspelt_choice_is_reported_with_variable_value_and_rule() -> None:
    assert refused("upload_gate", "enforced").splitlines()[:2] == [
        "fsm_upload_gate is 'enforced'. [input_pattern]",
        "It has to be one of: enforce, warn.",
    ]


ADDITIONS = [name for name in VARIABLES if name.endswith("_properties")]


@pytest.mark.parametrize("name", ADDITIONS)
@pytest.mark.parametrize(
    "value",
    [
        {"a": "1", "b": True, "c": None},
        '{"a": "1", "b": true, "c": null}',
        "{a: '1', b: true, c: null}",
        "a: 1\nb: true\nc:\n",
    ],
)
def test_mapping(name: str, value: t.Any) -> None:
    assert read(name, value) == {"a": "1", "b": True, "c": None}


@pytest.mark.parametrize("name", ADDITIONS)
@pytest.mark.parametrize(
    "value",
    [
        [],
        "[1, 2]",
        "just text",
        "{a: b",
        "5",
        5,
        True,
        "!!python/object/apply:os.getcwd []",
        "{? [a] : b}",
        "a: b\n---\nc: d",
    ],
)
def test_no_mapping(name: str, value: t.Any) -> None:
    assert "It has to be a mapping, such as {" in refused(name, value)


@pytest.mark.parametrize(
    "value, meant",
    [
        ([], []),
        ([FINGERPRINT], [FINGERPRINT]),
        ((FINGERPRINT, 5), [FINGERPRINT, 5]),
        (f" {FINGERPRINT} ,{FINGERPRINT}\n", [FINGERPRINT, FINGERPRINT]),
        (f'["{FINGERPRINT}", "x"]', [FINGERPRINT, "x"]),
        (f"['{FINGERPRINT}']", [FINGERPRINT]),
        (f"- '{FINGERPRINT}'\n- x\n", [FINGERPRINT, "x"]),
        ("[]", []),
        # What is no JSON or YAML after all.
        ("[x", ["[x"]),
        ("- a: [", ["- a: ["]),
    ],
)
def test_list(value: t.Any, meant: list[t.Any]) -> None:
    assert read("uploaded_certificates", value) == meant


@pytest.mark.parametrize("value", [5, True, {"a": "b"}])
def test_no_list(value: t.Any) -> None:
    assert "It has to be a list." in refused("uploaded_certificates", value)


@pytest.mark.parametrize("name", ["name", "url", "account_id", "client_id", "client_secret", "user_token"])
@pytest.mark.parametrize("value", [" x ", 7, 1.5, True, ["x"]])
def test_text_is_left_to_the_rules(name: str, value: t.Any) -> None:
    """YAML may have altered it, which is reported with what it is (test_rules.py)."""
    assert read(name, value) is value


@pytest.mark.parametrize("name", SECRETS)
def test_message_shows_no_secret(name: str) -> None:
    for value in (SECRET, f"[{SECRET}", f'["{SECRET}"]', [SECRET], 5):
        _values, findings = read_variables({name: value})
        assert SECRET not in str(findings)
        assert all(HIDDEN in finding["problem"] for finding in findings)


def test_which_variables_are_secret() -> None:
    assert SECRETS == [
        "client_secret",
        "primary_secret_properties",
        "secondary_secret_properties",
        "user_token",
        "task_center_service_key",
        "task_center_refresh_token",
        "task_center_user_token",
    ]


def test_everything_wrong_is_reported_at_once() -> None:
    wrong = {"state": "gone", "verify": "maybe", "task_center_wait": "long", "uploaded_certificates": 5}
    _values, findings = read_variables(wrong)
    assert {finding["problem"].split()[0] for finding in findings} == {f"fsm_{name}" for name in wrong}


def test_without_a_yaml_library_json_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(given_values, "yaml", None)
    assert read("primary_properties", '{"a": "b"}') == {"a": "b"}
    refused("primary_properties", "a: b")
    assert read("uploaded_certificates", '["x"]') == ["x"]


def load(*parts: str) -> t.Any:
    """Read a YAML file of the role."""
    return yaml.safe_load(ROLE.joinpath(*parts).read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", VARIABLES)
def test_default_of_the_role_is_the_same(name: str) -> None:
    defaults = load("defaults", "main.yml")
    # The folder of the playbook, which only the role knows.
    if f"fsm_{name}" in defaults and name != "certificate_dir":
        assert defaults[f"fsm_{name}"] == VARIABLES[name].default
    else:
        assert VARIABLES[name].default is None


@pytest.mark.parametrize("name", VARIABLES)
def test_variable_is_documented_and_handed_on(name: str) -> None:
    entry_points = load("meta", "argument_specs.yml")["argument_specs"]
    options = {key: option for one in entry_points.values() for key, option in one.get("options", {}).items()}
    assert f"fsm_{name}" in options
    # ansible-core before 2.19 refuses with it what is vaulted by itself.
    assert "no_log" not in options[f"fsm_{name}"]
    assert f"'{name}': fsm_{name}" in load("vars", "main.yml")["__fsm_connection"]
    # In the operator's words, and not in those of the argument specs.
    assert "choices" not in options[f"fsm_{name}"]


def test_reason() -> None:
    assert read("pause_reason", " Migration of the cluster ") == "Migration of the cluster"
    assert read("pause_reason", 4711) == "4711"
    for wrong in ("x" * 201, "two\nlines", ["x"], {"x": "y"}):
        assert "a text of one line, of at most 200 characters" in refused("pause_reason", wrong)


def test_acknowledged() -> None:
    both = ["task_center_unverified", "user_propagation_unverified"]
    assert read("acknowledged", both) == both
    assert read("acknowledged", ", ".join(both)) == both
    assert read("acknowledged", "") == []
    for wrong in ("certificate_not_uploaded", ["second_primary"], "all", [["x"]]):
        assert "a list of findings about what cannot be verified: " in refused("acknowledged", wrong)
