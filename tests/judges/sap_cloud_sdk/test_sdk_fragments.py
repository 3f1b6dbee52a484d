# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Destination fragments, through SAP's Python client alone."""

from __future__ import annotations

import typing as t

import pytest
from sap_cloud_sdk.destination import AccessStrategy, Fragment, FragmentClient, HttpError, Level

if t.TYPE_CHECKING:
    from judges.sap_cloud_sdk.conftest import Place
    from landscape import Environment
    from landscape.subaccount.tenants import Subaccount


def listed(client: FragmentClient, place: Place) -> list[Fragment]:
    if place.level is Level.SERVICE_INSTANCE:
        return client.list_instance_fragments(tenant=place.tenant)
    return client.list_subaccount_fragments(place.strategy, place.tenant)


def test_life_of_a_fragment(fragments: FragmentClient, place: Place) -> None:
    assert listed(fragments, place) == []
    new = Fragment("production", {"URL": "https://service.example", "Authentication": "NoAuthentication"})
    fragments.create_fragment(new, place.level, place.tenant)
    assert listed(fragments, place) == [new]
    assert place.stored.fragments["production"] == new.to_dict()
    with pytest.raises(HttpError) as conflict:
        fragments.create_fragment(new, place.level, place.tenant)
    assert conflict.value.status_code == 409

    smaller = Fragment("production", {"Description": "smaller"})
    fragments.update_fragment(smaller, place.level, place.tenant)
    assert listed(fragments, place) == [smaller]
    with pytest.raises(HttpError) as missing:
        fragments.update_fragment(Fragment("absent"), place.level, place.tenant)
    assert missing.value.status_code == 404

    fragments.delete_fragment("production", place.level, place.tenant)
    assert not place.stored.fragments
    with pytest.raises(HttpError) as gone:
        fragments.delete_fragment("production", place.level, place.tenant)
    assert gone.value.status_code == 404


def test_read_of_one(fragments: FragmentClient, environment: Environment, subscriber: Subaccount) -> None:
    environment.subaccount.level.fragments["both"] = {"Description": "provider"}
    subscriber.level.fragments["both"] = {"Description": "subscriber"}
    environment.subaccount.instances[0].level(environment.subaccount).fragments["instance"] = {
        "Description": "instance"
    }

    def description(name: str, strategy: AccessStrategy) -> str | None:
        found = fragments.get_subaccount_fragment(name, strategy, subscriber.subdomain)
        return found.properties["Description"] if found else None

    assert [description("both", strategy) for strategy in AccessStrategy] == [
        "subscriber", "provider", "subscriber", "provider",
    ]  # fmt: skip
    assert [description("instance", strategy) for strategy in AccessStrategy] == [None] * 4
    assert fragments.get_instance_fragment("instance") == Fragment("instance", {"Description": "instance"})
    assert fragments.get_instance_fragment("both") is None


@pytest.mark.parametrize("properties", [{"Name": "x"}, {"Type": "HTTP"}])
def test_fragment_is_no_destination(fragments: FragmentClient, properties: dict[str, str]) -> None:
    with pytest.raises(HttpError) as refused:
        fragments.create_fragment(Fragment("production", properties))
    assert refused.value.status_code == 400
