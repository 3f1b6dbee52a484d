# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How destinations that were set up by hand become variables of the role. Pure: no I/O, no Ansible.

Which property comes from which variable is not written here: the role's own tables say it.
"""

from __future__ import annotations

import re
import typing as t

from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.cluster import cluster_host
from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.findings import WARNING, found
from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.rules import (
    PATTERNS,
    SECONDARY_SUFFIX,
    input_findings,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.subaccount import (
    foreign_host,
    is_primary,
    system_of,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.tables import PAIR, VARIABLE, Tables, reserved
from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.tables import destinations as described
from ansible_collections.btp_ops.task_center.plugins.module_utils.secrets import HIDDEN, is_secret

Destination = dict[str, str]
Findings = list[dict[str, str]]
Adopted = dict[str, t.Any]

APPROVAL_PATH = "/cloud-approval-service/api"
SECRET = "fsm_client_secret"  # noqa: S105 - a variable's name
KEY = "fsm_client_key"
# What follows from the change of a property, beside the change itself.
CONSEQUENCES = {"URL": "Task Center then repopulates its task cache", "tc.enabled": "Task Center then shows its tasks"}


def adopt(destinations: list[Destination], tables: Tables, name: str, source: str) -> Adopted:
    """Return the role's variables for the pair of destinations that is taken over.

    :param destinations: those of the subaccount or of exported files, secrets masked
    :param tables: those of the role
    :param name: of the primary destination, or empty for the only one to FSM
    :param source: where the destinations are from, for messages
    :return: ``variables`` and ``secrets`` (variable, and property for those with additional ones, to the name of a
        vaulted variable); ``found``, both destinations; ``refused``, properties that no variable can hold, with the
        reason; and ``findings``: only these if there is nothing to take over
    """
    primary, findings = _chosen(destinations, name, source)
    if primary is None:
        return {"findings": findings}
    pair_name = primary["Name"] + SECONDARY_SUFFIX
    secondary = next((one for one in destinations if one["Name"] == pair_name), None)
    if secondary is None:
        findings.append(found("adoption_no_secondary", destination=pair_name, source=source))
    pair = {"primary": primary, "secondary": secondary or {}}
    variables: dict[str, t.Any] = _plain_variables(pair, tables)
    secrets: dict[str, t.Any] = {SECRET: f"vault_{SECRET}"}
    refused: dict[str, dict[str, str]] = {}
    for role, destination in pair.items():
        own = {*tables[role], *tables[f"{role}_secrets"]}
        additional = {key: value for key, value in destination.items() if key not in own}
        refused[role] = _refusals(role, additional, tables)
        kept = {key: value for key, value in additional.items() if key not in refused[role]}
        hidden = [key for key, value in kept.items() if _is_hidden(key, value)]
        variables[f"fsm_{role}_properties"] = {key: value for key, value in kept.items() if key not in hidden}
        secrets[f"fsm_{role}_secret_properties"] = _vaulted(role, hidden)
    # What connect_fsm would refuse can be written all the same: it is the operator's to correct.
    told = input_findings({**variables, SECRET: "-", "fsm_destination_service_key": True}, reserved(tables))
    findings += [{**finding, "severity": WARNING} for finding in told]
    return {"variables": variables, "secrets": secrets, "found": pair, "refused": refused, "findings": findings}


def first_run_findings(adopted: Adopted, tables: Tables, secrets_known: bool) -> Findings:
    """Tell what the first run of connect_fsm would change in the destinations that are taken over.

    :param adopted: as ``adopt`` returns it
    :param tables: those of the role
    :param secrets_known: whether the source shows which secrets there are; an export does not
    :return: none where the FSM system is not known
    """
    results: Findings = []
    if not adopted["variables"]["fsm_url"]:
        return results
    wanted = described(tables, {**adopted["variables"], SECRET: HIDDEN})
    for role, destination in adopted["found"].items():
        if not destination:
            continue
        kept = {**adopted["variables"][f"fsm_{role}_properties"]}
        kept |= dict.fromkeys(adopted["secrets"][f"fsm_{role}_secret_properties"], HIDDEN)
        whole = {**wanted[role], **wanted[f"{role}_secrets"], **kept}
        target = {key: value for key, value in whole.items() if value}
        changes = [
            _change(key, destination, target, adopted["refused"][role].get(key, ""))
            for key in sorted({*destination, *target})
            if (secrets_known and (key in destination) != (key in target))
            or (not is_secret(key) and HIDDEN not in target.get(key, "") and destination.get(key) != target.get(key))
        ]
        if changes:
            results.append(found("adoption_changes", destination=destination["Name"], changes="; ".join(changes)))
    return results


def file_findings(files: dict[str, str], standing: dict[str, str], hidden: list[str], overwrite: bool) -> Findings:
    """Check the files to be written against those that stand.

    :param files: path to text of those to be written
    :param standing: the same of those among them that exist
    :param hidden: files that Ansible would no longer read
    :param overwrite: whether the operator lets files be overwritten
    """
    results = [found("adoption_file_hidden", path=path) for path in hidden]
    if not overwrite:
        differ = [path for path, text in files.items() if standing.get(path, text) != text]
        results += [found("adoption_file_exists", path=path) for path in differ]
    return results


def _chosen(destinations: list[Destination], name: str, source: str) -> tuple[Destination | None, Findings]:
    """Find the primary destination that is to be taken over."""
    # A secondary destination with a stray tc.enabled is none.
    primaries = [one for one in destinations if is_primary(one) and not one["Name"].endswith(SECONDARY_SUFFIX)]
    names = ", ".join(
        "{} (host {}, account {}, company {})".format(one["Name"], *system_of(one))
        for one in sorted(primaries, key=lambda one: one["Name"])
    )
    if name:
        chosen = [one for one in destinations if one["Name"] == name]
        if not chosen:
            return None, [found("adoption_not_found", destination=name, source=source, names=names or "none")]
        if foreign_host(chosen[0]):
            return None, [found("adoption_foreign", destination=name, host=foreign_host(chosen[0]))]
        return chosen[0], []
    if len(primaries) == 1:
        return primaries[0], []
    return None, [
        found("adoption_several", source=source, names=names) if primaries else found("adoption_none", source=source)
    ]


def _plain_variables(pair: dict[str, Destination], tables: Tables) -> dict[str, str | None]:
    """Read the variables back from the properties that come from them."""
    values: dict[str, str | None] = {}
    for role in PAIR:
        # Names of HTTP headers have no case; of the others, whatever was meant is worth telling.
        properties = {key.lower(): value for key, value in pair[role].items()}
        for key, text in tables[role].items():
            held = VARIABLE.fullmatch(text)
            if held and key != "Name":
                values[held[1]] = values.get(held[1]) or properties.get(key.lower(), "").strip() or None
    values["fsm_url"] = _url(values.get("fsm_url"))
    if values.get(KEY) in (None, values.get("fsm_client_id")):
        values.pop(KEY, None)
    return {"fsm_name": pair["primary"]["Name"], **values}


def _url(url: str | None) -> str | None:
    """Return the cluster URL in the one spelling that the role takes; as it stands if it leads elsewhere."""
    usual = f"https://{cluster_host(url or '')}{APPROVAL_PATH}"
    return usual if re.fullmatch(PATTERNS["fsm_url"][0], usual) else url


def _refusals(role: str, additional: Destination, tables: Tables) -> dict[str, str]:
    """Return the properties that the role's variables must not name, each with the reason."""
    refused = {}
    for key, value in additional.items():
        hidden = _is_hidden(key, value)
        variable = f"fsm_{role}_secret_properties" if hidden else f"fsm_{role}_properties"
        for finding in input_findings({variable: {key: HIDDEN if hidden else value}}, reserved(tables)):
            if finding["id"].startswith("property_"):
                # What is wrong with a value is told behind the variable's name.
                problem = finding["what"].partition(": ")[2]
                refused[key] = problem if finding["id"] == "property_value" else finding["why"]
    return refused


def _is_hidden(key: str, value: str) -> bool:
    """Tell whether a property is a secret, or holds one, such as a password in a URL."""
    return is_secret(key) or HIDDEN in value


def _vaulted(role: str, keys: list[str]) -> dict[str, str]:
    """Name a vaulted variable for each secret property."""
    names: dict[str, str] = {}
    for key in keys:
        name = f"vault_fsm_{role}_{re.sub(r'[^a-z0-9]+', '_', key.lower()).strip('_')}"
        while name in names.values():
            name += "_"
        names[key] = name
    return names


def _change(key: str, destination: Destination, target: Destination, reason: str) -> str:
    """Tell how a property changes; of secrets only whether they appear or go."""
    if key not in target:
        told = f"{key} goes"
    elif key not in destination:
        told = f"{key} is added"
    else:
        told = f"{key} changes from {destination[key]} to {target[key]}"
    remark = (reason or CONSEQUENCES.get(key, "")).rstrip(".")
    return f"{told} ({remark})" if remark else told
