# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a subaccount must hold, and must not hold, before FSM's destinations are written to it. Pure: no I/O, no
Ansible.

Source: SAP Task Center administration guide, "Initial Setup" and "Connect SAP Field Service Management and SAP Task
Center".
"""

from __future__ import annotations

import typing as t
from difflib import get_close_matches

from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.fsm_cluster import (
    cluster_host,
    host_of,
    is_of_fsm,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.definition import SECONDARY_SUFFIX
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.rules import (
    SERVICE_DESTINATION,
    SETUP_DESTINATIONS,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._findings.catalog import ERROR, WARNING, finding

Destination = dict[str, str]

ENABLED = "tc.enabled"
SIMILAR = 0.85  # share of characters from which on a name is taken for a misspelt one


# What identifies the system of a destination and how Task Center treats it; names of HTTP headers have no case.
IDENTIFYING = frozenset(
    {
        "name",
        "type",
        "url",
        "authentication",
        "tc.provider_type",
        ENABLED,
        "url.headers.x-account-id",
        "url.headers.x-company-id",
    }
)


def identifying_properties(destination: Destination) -> Destination:
    """Return those properties of a destination by which others evaluate it; the rest is its owner's."""
    return {key: value for key, value in destination.items() if key.lower() in IDENTIFYING}


def is_primary(destination: Destination) -> bool:
    """Return whether Task Center takes a destination for a primary one to FSM, paused or not."""
    return destination.get("tc.provider_type") == "FSM" and ENABLED in destination


def system_of(destination: Destination) -> tuple[str, str, str]:
    """Return the FSM system that a destination leads to: host, account ID and company ID."""
    # Names of HTTP headers have no case (RFC 9110, section 5.1).
    headers = {key.lower(): value for key, value in destination.items()}
    return (
        cluster_host(destination.get("URL", "")),
        headers.get("url.headers.x-account-id", ""),
        headers.get("url.headers.x-company-id", ""),
    )


def foreign_host(destination: Destination) -> str:
    """Return the host to which a destination leads, if it is one that has nothing to do with FSM; else nothing."""
    url = destination.get("URL", "")
    known = is_of_fsm(url) or destination.get("tc.provider_type") == "FSM"
    return "" if known else host_of(url) or "an unknown system"


def subaccount_findings(
    destinations: list[Destination], in_instance: list[Destination], wanted: Destination
) -> list[dict[str, str]]:
    """Check what a subaccount holds against the desired primary destination.

    :param destinations: those of the subaccount
    :param in_instance: those of the service instance
    :param wanted: the desired primary destination, by JSON key
    """
    results = []
    name, system = wanted["Name"], system_of(wanted)
    pair = (name, name + SECONDARY_SUFFIX)
    by_name = {destination["Name"]: destination for destination in destinations}
    if SERVICE_DESTINATION not in by_name:
        results.append(finding("initial_setup_missing", destination=SERVICE_DESTINATION))
    results += _misspelt(by_name)
    for finding_id, others in (("second_primary", destinations), ("second_primary_in_instance", in_instance)):
        for other in sorted(_doubles(others, pair, system)):
            host, account_id, company_id = system
            facts = {"destination": other, "host": host, "account_id": account_id, "company_id": company_id}
            results.append(finding(finding_id, **facts))
    results += [
        finding("primary_without_tc_enabled", destination=other) for other in _unpolled(destinations, pair, system)
    ]
    results += _alone(by_name, _doubles(destinations, pair, system))
    results += [
        finding("hidden_by_instance", destination=other["Name"]) for other in in_instance if other["Name"] in pair
    ]
    results += [
        finding("name_in_use", destination=own, host=foreign_host(by_name[own]))
        for own in pair
        if own in by_name and foreign_host(by_name[own])
    ]
    own = by_name.get(name)
    if own and not foreign_host(own) and all(system_of(own)) and system_of(own) != system:
        # Someone who mistypes an ID has the same client; what another client made belongs to another connection.
        severity = WARNING if own.get("clientId") in (None, wanted.get("clientId")) else ERROR
        facts = {"destination": name, "old": _described(system_of(own)), "new": _described(system)}
        results.append(finding("destination_changes_system", severity, **facts))
    enabled = by_name.get(name, {}).get(ENABLED, "true")
    if enabled != "true":
        results.append(finding("destination_paused", destination=name, value=enabled))
    return results


def look_alikes(destinations: list[Destination], name: str) -> list[str]:
    """Return the names of destinations that differ from a name in upper and lower case only.

    Where one has exactly this name, the service tells them apart.
    """
    existing = {destination["Name"] for destination in destinations}
    return [] if name in existing else sorted(other for other in existing if other.lower() == name.lower())


def look_alike_findings(destinations: list[Destination], names: t.Collection[str]) -> list[dict[str, str]]:
    """Find destinations whose names differ from those of a connection in upper and lower case only.

    :param names: of the destinations of a connection
    """
    return [
        finding("name_differs_in_case", destination=other, name=name)
        for name in names
        for other in look_alikes(destinations, name)
    ]


def _described(system: tuple[str, str, str]) -> str:
    return "host {}, account {}, company {}".format(*system)


def _doubles(destinations: list[Destination], pair: tuple[str, str], system: tuple[str, str, str]) -> set[str]:
    """Return the names of primary destinations to an FSM system that are not one of a pair.

    A secondary that someone gave tc.enabled is polled as well, but the role corrects that itself.
    """
    return {
        other["Name"]
        for other in destinations
        if other["Name"] not in pair and is_primary(other) and system_of(other) == system
    }


def _unpolled(destinations: list[Destination], pair: tuple[str, str], system: tuple[str, str, str]) -> list[str]:
    """Return the names of what would be primary destinations to an FSM system if they had tc.enabled."""
    return sorted(
        other["Name"]
        for other in destinations
        if other["Name"] not in pair
        and not other["Name"].endswith(SECONDARY_SUFFIX)
        and other.get("tc.provider_type") == "FSM"
        and ENABLED not in other
        and system_of(other) == system
    )


def _misspelt(by_name: dict[str, Destination]) -> list[dict[str, str]]:
    """Find destinations that were meant to be ones of the initial setup which are missing."""
    results = []
    for right in SETUP_DESTINATIONS:
        if right not in by_name:
            spellings = {_bare(name): name for name in by_name}
            similar = get_close_matches(_bare(right), spellings, 1, SIMILAR)
            results += [
                finding("initial_setup_name_typo", destination=spellings[spelling], right=right) for spelling in similar
            ]
    return results


def _bare(name: str) -> str:
    return "".join(filter(str.isalnum, name)).lower()


def _alone(by_name: dict[str, Destination], doubles: set[str]) -> list[dict[str, str]]:
    """Find destinations to FSM that lack the other one of their pair, but for those that should not be there at all."""
    results = []
    for name, destination in sorted(by_name.items()):
        if name.endswith(SECONDARY_SUFFIX) and not foreign_host(destination):
            partner = name.removesuffix(SECONDARY_SUFFIX)
            if not _leads_to_fsm(by_name, partner):
                results.append(finding("secondary_without_primary", destination=name, partner=partner))
        elif is_primary(destination) and name not in doubles and not _leads_to_fsm(by_name, name + SECONDARY_SUFFIX):
            results.append(finding("primary_without_secondary", destination=name, partner=name + SECONDARY_SUFFIX))
    return results


def _leads_to_fsm(by_name: dict[str, Destination], name: str) -> bool:
    """Return whether there is a destination of this name that may be one of a pair; another system's is none."""
    return name in by_name and not foreign_host(by_name[name])


def of_other_systems(destinations: list[Destination], declared: Destination | None) -> list[dict[str, str]]:
    """Find destinations that lead to another FSM system than the one that the variables name.

    :param declared: a destination to that one, by JSON key; nothing if the variables name none
    """
    results = []
    for destination in destinations if declared else ():
        host, account_id, company_id = system = system_of(destination)
        if system != system_of(declared or {}):
            facts = {"host": host, "account_id": account_id, "company_id": company_id}
            results.append(finding("destination_of_other_system", destination=destination["Name"], **facts))
    return results
