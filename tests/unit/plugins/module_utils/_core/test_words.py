# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How messages call what an operator wrote."""

from __future__ import annotations

import datetime as dt
import typing as t
from pathlib import Path

import pytest
import yaml

from ansible_collections.btp_ops.task_center.plugins.module_utils._core.words import (
    VARIABLES,
    kind_of,
    option_name,
    with_variables,
    without_types,
)

ROLE = Path(__file__).resolve().parents[5] / "roles" / "fsm" / "meta" / "argument_specs.yml"


@pytest.mark.parametrize(
    "value, words",
    [
        (None, "nothing"),
        (True, "a boolean"),
        (1, "a number"),
        (1.5, "a number"),
        ("x", "a text"),
        ([], "a list"),
        ((), "a list"),
        ({}, "a mapping"),
        (dt.date(2026, 1, 1), "a date"),
        (dt.datetime(2026, 1, 1, tzinfo=dt.timezone.utc), "a date"),
        (b"x", "a value of another kind"),
    ],
)
def test_kinds(value: t.Any, words: str) -> None:
    assert kind_of(value) == words


@pytest.mark.parametrize(
    "message, said",
    [
        (
            "'after' is of type <class 'list'> and we were unable to convert to dict: cannot be converted to a dict",
            "'after' is a list and we were unable to convert to a mapping: cannot be converted to a mapping",
        ),
        ("argument 'retries' is of type NoneType and we", "argument 'retries' is nothing and we"),
        (
            "is of type <class 'ansible._internal._templating._lazy_containers._AnsibleLazyTemplateDict'>",
            "is a mapping",
        ),
        ("is of type <class 'ansible.parsing.yaml.objects.AnsibleUnicode'>", "is a text"),
        ("is of type <class 'set'>", "is a value of another kind"),
        ("missing required arguments: name", "missing required arguments: name"),
    ],
)
def test_ansibles_messages_name_no_types(message: str, said: str) -> None:
    assert without_types(message) == said


def test_options_are_called_as_operators_of_the_roles_set_them_too() -> None:
    assert option_name("ca_path") == "ca_path (of the roles: fsm_ca_path)"


def test_the_roles_have_these_variables() -> None:
    entry_points = yaml.safe_load(ROLE.read_text(encoding="utf-8"))["argument_specs"]
    known = {name for entry in entry_points.values() for name in entry.get("options", {})}
    assert {name for names in VARIABLES.values() for name in names.split(" or ")} <= known


def test_options_in_messages_are_also_called_as_the_roles_call_them() -> None:
    said = with_variables("argument 'retries' is a text and we were unable to convert to a number")

    assert said.startswith("argument retries (of the roles: fsm_retries) is a text")
    assert with_variables("argument 'name' is a list and we") == "argument name is a list and we"
