# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Assumptions as data: what can be chosen, for a landscape or one environment, and that each alternative is tried."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest

from landscape import ConfigError, Landscape
from landscape.assumptions import ASSUMPTIONS, DEFAULTS, Assumptions
from landscape.config import parse_config


@pytest.mark.parametrize("name", ASSUMPTIONS)
def test_declaration_is_complete(name: str) -> None:
    assumption = ASSUMPTIONS[name]
    assert assumption.question.endswith("?")
    assert assumption.source
    assert len(assumption.alternatives) >= 2
    assert all(meaning.endswith(".") for meaning in assumption.alternatives.values())
    assert Assumptions()[name] == DEFAULTS.get(name, assumption.expected)


@pytest.mark.parametrize(
    "name, alternative", [(name, item) for name in ASSUMPTIONS for item in ASSUMPTIONS[name].alternatives]
)
def test_every_alternative_is_tried_over_http(name: str, alternative: str) -> None:
    """What a test does not choose by its name holds in all of the others."""
    chosen = f'"{name}": "{alternative}"'
    tried = [path for path in Path(__file__).parent.rglob("test_*.py") if chosen in path.read_text(encoding="utf-8")]
    assert tried or Assumptions().holds(name, alternative)


@pytest.mark.parametrize(
    "config, message",
    [
        ({"assumptions": []}, "assumptions must be a mapping"),
        ({"assumptions": {"label": "exist"}}, "assumptions: there is no assumption 'label'; known are: token_cache,"),
        ({"assumptions": {"labels": "404"}}, "has no alternative '404'; known are: exist, missing, forbidden"),
        ({"assumptions": {"labels": ["exist"]}}, "has no alternative ['exist']"),
        ({"environments": [{"assumptions": {"labels": "404"}}]}, "environments[0].assumptions: assumption labels"),
    ],
)
def test_unknown_choices_are_explained(config: t.Any, message: str) -> None:
    with pytest.raises(ConfigError) as error:
        parse_config(config)
    assert message in str(error.value)


def test_code_asks_for_nothing_unknown() -> None:
    for name, alternative in (("label", "exist"), ("labels", "404")):
        with pytest.raises(ValueError, match="known are"):
            Assumptions().holds(name, alternative)


def test_environment_chooses_next_to_its_landscape() -> None:
    config = {
        "assumptions": {"labels": "missing", "fsm_trust": "last_uploaded"},
        "environments": [{"name": "as-all"}, {"name": "another", "assumptions": {"labels": "forbidden"}}],
    }
    with Landscape({**config, "x509_service_keys": False}) as landscape:
        subscriber = landscape.add_subscriber(landscape.environments["another"])
        for assumptions, labels in (
            (landscape.environments["as-all"].assumptions, "missing"),
            (landscape.environments["another"].assumptions, "forbidden"),
            (subscriber.assumptions, "forbidden"),
        ):
            assert (assumptions["labels"], assumptions["fsm_trust"]) == (labels, "last_uploaded")


def test_environments_of_one_fsm_account_agree_on_fsm(landscape: Landscape) -> None:
    fsm = {"account_id": "888", "company_id": "1"}
    landscape.add_environment({"fsm": fsm})
    landscape.add_environment({"fsm": fsm, "assumptions": {"labels": "missing"}})
    with pytest.raises(ConfigError, match="account 888 of cluster de belongs to environment "):
        landscape.add_environment({"fsm": fsm, "assumptions": {"fsm_trust": "last_uploaded"}})
