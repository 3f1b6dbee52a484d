# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a module's work meets Ansible: options with their rules, and what of a result is masked."""

from __future__ import annotations

import importlib
import typing as t
from pathlib import Path

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.btp_ops.task_center.plugins import modules
from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.options import BTP, TASK_CENTER
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.errors import Refused
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.module import (
    SHORTEST_REMOVED,
    Outcome,
    Spec,
    perform,
    without_secrets,
)
from ansible_collections.btp_ops.task_center.plugins.modules import task_center_connector_info

NO_LOG = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
TEXT = {"type": "str"}
EITHER = Spec({"a": TEXT, "b": TEXT}, {"required_one_of": [("a", "b")], "mutually_exclusive": [("a", "b")]})
OWN = Spec({"name": TEXT, "c": TEXT}, {"required_one_of": [("name", "c")]}, lambda params: {str(params.get("name"))})
# All but fsm_findings, whose work an action plugin does.
MODULES = [
    importlib.import_module(f"{modules.__name__}.{name}")
    for name in sorted({path.stem for folder in modules.__path__ for path in Path(folder).glob("[!_]*.py")})
    if name != "fsm_findings"
]


def errors(spec: Spec, given: dict[str, t.Any]) -> list[str]:
    """Return what Ansible objects to."""
    return list(ArgumentSpecValidator(spec.options, **spec.rules).validate(given).error_messages)


# Options.


def test_rules_come_along_with_options() -> None:
    spec = OWN.including(EITHER)
    assert list(spec.options) == ["name", "c", "a", "b"]
    assert errors(spec, {"name": "x", "a": "y"}) == []
    assert "one of the following is required: a, b" in str(errors(spec, {"name": "x"}))
    assert "one of the following is required: name, c" in str(errors(spec, {"a": "x"}))
    assert "mutually exclusive: a|b" in str(errors(spec, {"name": "x", "a": "y", "b": "z"}))


def test_including_leaves_the_parts_as_they_were() -> None:
    before = dict(OWN.options), {name: list(rules) for name, rules in OWN.rules.items()}
    OWN.including(EITHER, BTP)
    assert (OWN.options, OWN.rules) == before


def test_public_values_are_those_of_all_parts() -> None:
    other = Spec({"key": TEXT}, public=lambda params: {str(params.get("key"))})
    assert OWN.including(other, EITHER).public({"name": "a", "key": "b"}) == {"a", "b"}
    assert EITHER.public({"a": "x"}) == set()


def test_rules_come_along_into_an_option_of_options() -> None:
    spec = Spec({"of": EITHER.as_option(required=True, no_log=True)})
    assert spec.options["of"]["type"] == "dict"
    assert (spec.options["of"]["required"], spec.options["of"]["no_log"]) == (True, True)
    assert errors(spec, {"of": {"a": "x"}}) == []
    assert "one of the following is required: a, b" in str(errors(spec, {"of": {}}))
    assert "mutually exclusive: a|b" in str(errors(spec, {"of": {"a": "x", "b": "y"}}))
    assert "missing required arguments: of" in str(errors(spec, {}))


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize("shared", [BTP, TASK_CENTER], ids=["BTP", "TASK_CENTER"])
def test_each_shared_options_rules_are_wherever_the_options_are(module: t.Any, shared: Spec) -> None:
    if shared.options.keys() <= module.SPEC.options.keys():
        for name, rules in shared.rules.items():
            assert [rule for rule in rules if rule not in module.SPEC.rules[name]] == []
        key = {"clientid": "c", "url": "https://token.example", "clientsecret": "s3cr3t"}
        assert module.SPEC.public({"service_key": key}) >= {"c", "https://token.example"}


def test_tokens_of_task_center_exclude_each_other() -> None:
    key = {"service_key": {"x": "y"}}
    assert errors(task_center_connector_info.SPEC, {**key, "user_token": "x"}) == []
    assert errors(task_center_connector_info.SPEC, key)
    assert errors(task_center_connector_info.SPEC, {**key, "user_token": "x", "refresh_token": "y"})


# Results.


def result(secrets: set[str], facts: dict[str, t.Any], decisions: dict[str, t.Any] | None = None) -> t.Any:
    """Return how a result leaves a module whose options hold these secrets."""
    outcome = Outcome(True, facts, [{"before": "", "after": dict(facts)}], [str(facts)], decisions or {})
    performed = perform(lambda _params, _check_mode, _environ: outcome, {}, False, {})
    return without_secrets(performed, {"secret": next(iter(secrets), None), "name": "x"}, secrets)


LONG = "s3cr3t-0f-s0meone"


def test_secret_is_removed_wherever_a_result_holds_it() -> None:
    facts = {"a": f"<{LONG}>", "b": [{"c": LONG}], "d": {"e": {"f": (LONG,)}}}
    masked = result({LONG}, facts)
    assert LONG not in str(masked)
    assert masked["a"] == "<********>"
    assert masked["changed"] is True
    assert masked["diff"][0]["after"]["a"] == "<********>"


@pytest.mark.parametrize("secret", ["true", "false", "1", "none", "create", "e", "FSM", "x" * (SHORTEST_REMOVED - 1)])
def test_short_secret_destroys_no_result(secret: str) -> None:
    """It occurs in words, numbers and booleans, too."""
    facts = {
        "action": "create",
        "obtained": True,
        "failed_before": False,
        "nothing": None,
        "days_left": 1,
        "name": "FSM",
        "text": "x" * (SHORTEST_REMOVED - 1),
    }
    masked = result({secret}, facts)
    assert {name: masked[name] for name in facts} == facts
    assert [type(masked[name]) for name in facts] == [type(value) for value in facts.values()]
    assert masked["changed"] is True
    # The arguments do not show it, though.
    assert masked["invocation"]["module_args"]["secret"] == NO_LOG


def test_secret_from_which_on_it_is_removed() -> None:
    secret = "x" * SHORTEST_REMOVED
    assert result({secret}, {"a": secret})["a"] == NO_LOG
    assert result({secret}, {"a": f"{secret}."})["a"] == "********."


def test_decisions_leave_the_module_as_they_are() -> None:
    decisions = {"plan": {LONG: [LONG, True, None, 5]}, "in_sync": False, "check_id": LONG}
    left = result({LONG, "False", "5"}, {"a": LONG}, decisions)
    assert {name: left[name] for name in decisions} == decisions
    assert left["in_sync"] is False
    assert left["a"] == NO_LOG
    # Nothing of how they got there.
    assert set(left) == {"changed", "diff", "warnings", "invocation", "a", *decisions}


def test_warnings_are_masked() -> None:
    assert LONG not in str(result({LONG}, {"a": LONG})["warnings"])


def test_arguments_are_masked_and_the_others_stay() -> None:
    left = result({LONG}, {})
    assert left["invocation"] == {"module_args": {"secret": NO_LOG, "name": "x"}}


def test_error_for_the_operator_is_a_failed_result() -> None:
    def refuse(_params: t.Any, _check_mode: bool, _environ: t.Any) -> Outcome:
        raise Refused(f"Not with {LONG}.", "Do something else.")

    failed = without_secrets(perform(refuse, {}, False, {}), {"secret": LONG}, {LONG})
    assert (failed["failed"], failed["msg"]) == (True, "Not with ********. Do something else.")
    assert failed["invocation"] == {"module_args": {"secret": NO_LOG}}


def test_other_errors_are_not_hidden() -> None:
    def stumble(_params: t.Any, _check_mode: bool, _environ: t.Any) -> Outcome:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        perform(stumble, {}, False, {})
