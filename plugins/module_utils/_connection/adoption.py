# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How destinations that were set up by hand become values of a connection. Pure: no I/O, no Ansible.

Which property has which value is not written here: the tables in _providers/fsm.py are read backwards.
"""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass
from difflib import get_close_matches

from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.fsm_cluster import cluster_host, is_of_fsm
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.definition import (
    PAIR,
    PLACEHOLDER,
    SECONDARY_SUFFIX,
    TABLES,
    define,
    variable,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.rules import (
    PATTERNS,
    SETTINGS,
    input_findings,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.subaccount import (
    foreign_host,
    is_primary,
    system_of,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.errors import InputError
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.printable import printable
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.secrets import (
    HIDDEN,
    is_secret,
    masked,
    secret_values,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._findings.catalog import WARNING, Findings, finding

Destination = dict[str, str]

APPROVAL_PATH = "/cloud-approval-service/api"
# By destination: the names of all properties that the tables set.
OWN = {which: {**properties, **secrets} for which, (properties, secrets) in TABLES.items()}
# What else follows from the change of a property.
CONSEQUENCES = {"URL": "Task Center then repopulates its task cache", "tc.enabled": "Task Center then shows its tasks"}
# Characters from which on a secret is searched in other properties too; shorter ones occur in any text.
SHORTEST_SEARCHED = 8
SIMILAR = 0.85  # share of characters from which on a setting of Task Center is taken for a misspelt one


@dataclass(frozen=True)
class Adopted:
    """A pair of destinations, and how the inventory will describe it.

    :param destinations: ``primary`` and ``secondary`` as they exist, secrets masked; empty where one is missing
    :param values: of the connection by name, without secrets; None where the destinations do not hold one
    :param vaulted: secrets by name: a vaulted variable, or for additional properties one per property
    :param refused: by destination, the properties that no variable can hold, each with the reason
    """

    destinations: dict[str, Destination]
    values: dict[str, t.Any]
    vaulted: dict[str, t.Any]
    refused: dict[str, dict[str, str]]


def hide_secrets(destination: Destination, secrets: t.Collection[str] = ()) -> Destination:
    """Return a destination with its secrets masked, also where a property repeats the value of another one.

    :param secrets: further values that are secrets
    """
    searched = {one for one in {*secret_values(destination), *secrets} if len(one) >= SHORTEST_SEARCHED}
    own = {*OWN["primary"], *OWN["secondary"]}
    repeating = {
        key for key, value in destination.items() if key not in own and any(secret in value for secret in searched)
    }
    return masked(destination, repeating)


def adopt(
    destinations: list[Destination], name: str, source: str, secrets_known: bool = True
) -> tuple[Adopted | None, Findings]:
    """Return what the inventory has to say of the pair of destinations that is adopted, and all findings.

    :param destinations: those of the subaccount or of exported files, secrets masked
    :param name: of the primary destination, or empty for the only one to FSM
    :param source: where the destinations are from, for messages
    :param secrets_known: whether the source shows which secrets there are; an export does not
    :return: None, and why, if there is nothing to adopt
    """
    primary, findings = _choose(destinations, name, source)
    if primary is None:
        return None, findings
    pair_name = primary["Name"] + SECONDARY_SUFFIX
    secondary = next((one for one in destinations if one["Name"] == pair_name), None)
    if secondary is None:
        findings.append(finding("adoption_no_secondary", destination=printable(pair_name), source=source))
    pair = {"primary": primary, "secondary": secondary or {}}
    values, guessed = _read_values(pair)
    vaulted: dict[str, t.Any] = {"client_secret": _vaulted(variable("client_secret"))}
    refused: dict[str, dict[str, str]] = {}
    for which, destination in pair.items():
        additional = {key: value for key, value in destination.items() if key not in OWN[which]}
        refused[which] = _refusals(which, additional)
        kept = {key: value for key, value in additional.items() if key not in refused[which]}
        hidden = [key for key, value in kept.items() if _is_hidden(key, value)]
        values[f"{which}_properties"] = {key: value for key, value in kept.items() if key not in hidden}
        vaulted[f"{which}_secret_properties"] = _vaulted_properties(which, hidden)
    adopted = Adopted(pair, values, vaulted, refused)
    findings += _value_findings(values)
    findings += _look_alike_findings(adopted, guessed)
    return adopted, findings + _first_run_findings(adopted, secrets_known)


def file_findings(files: dict[str, str], existing: dict[str, bytes], hidden: list[str], overwrite: bool) -> Findings:
    """Check the files to be written against those that exist.

    :param files: path to text of those to be written
    :param existing: path to content of those among them that exist
    :param hidden: files that Ansible would no longer read
    :param overwrite: whether the operator lets files be overwritten
    """
    results = [finding("adoption_file_hidden", path=path) for path in hidden]
    if not overwrite:
        differ = [path for path, text in files.items() if existing.get(path, text.encode()) != text.encode()]
        results += [finding("adoption_file_exists", path=path) for path in differ]
    return results


def upload_findings(certificate: dict[str, t.Any] | None, path: str) -> Findings:
    """Say that the active trust certificate, if there is one, is not declared as uploaded to FSM.

    :param path: of the file with the environment's variables
    """
    return [finding("adoption_upload_undeclared", path=path, **certificate)] if certificate else []


def unusable_export(error: InputError) -> Findings:
    """Say what keeps an exported file from being adopted."""
    return [finding("adoption_export_unusable", error=error.problem, remedy=error.remedy)]


def _choose(destinations: list[Destination], name: str, source: str) -> tuple[Destination | None, Findings]:
    """Find the primary destination that is to be adopted."""
    # A secondary destination with a stray tc.enabled is none.
    primaries = [one for one in destinations if is_primary(one) and not one["Name"].endswith(SECONDARY_SUFFIX)]
    names = _listed(
        "{} (host {}, account {}, company {})".format(printable(one["Name"]), *map(printable, system_of(one)))
        for one in primaries
    )
    if name:
        chosen = next((one for one in destinations if one["Name"] == name), None)
        if chosen is None:
            return None, [finding("adoption_not_found", destination=printable(name), source=source, names=names)]
        if foreign_host(chosen):
            return None, [finding("adoption_foreign", destination=printable(name), host=foreign_host(chosen))]
        return chosen, []
    if len(primaries) == 1:
        return primaries[0], []
    if primaries:
        return None, [finding("adoption_several", source=source, names=names)]
    others = _listed(printable(one["Name"]) for one in destinations if is_of_fsm(one.get("URL", "")))
    return None, [finding("adoption_primary_missing", source=source, others=others)]


def _listed(names: t.Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "none"


def _read_values(pair: dict[str, Destination]) -> tuple[dict[str, t.Any], set[str]]:
    """Read the tables backwards; return the values, and the names of those that only a look-alike holds."""
    values: dict[str, t.Any] = {"name": pair["primary"]["Name"]}
    before: set[str] = set()
    for read in (lambda destination, key: destination.get(key, ""), _value_of_look_alike):
        before = {name for name, value in values.items() if value}
        for which in PAIR:
            for key, text in TABLES[which][0].items():
                held = PLACEHOLDER.fullmatch(text)
                if held:
                    values[held[1]] = values.get(held[1]) or read(pair[which], key).strip() or None
    values["url"] = _cluster_url(values["url"])
    if values["client_key"] in (None, values["client_id"]):
        del values["client_key"]
    return values, {name for name, value in values.items() if value} - before


def _value_of_look_alike(destination: Destination, key: str) -> str:
    return next((destination[other] for other in destination if other != key and _bare(other) == _bare(key)), "")


def _bare(key: str) -> str:
    """Return a property's name without its spelling: case, punctuation, and what marks a header as one."""
    return re.sub(r"^(url)?headers?(?=x)", "", "".join(filter(str.isalnum, key)).lower())


def _cluster_url(url: str | None) -> str | None:
    """Return the cluster URL in the one spelling that the role takes; as it is if it leads elsewhere."""
    usual = f"https://{cluster_host(url or '')}{APPROVAL_PATH}"
    return usual if re.fullmatch(PATTERNS["url"][0], usual) else url


def _value_findings(values: dict[str, t.Any]) -> Findings:
    """Check the values as connect_fsm will; what it would refuse is written all the same."""
    given = {name: printable(value) if isinstance(value, str) else value for name, value in values.items()}
    return [{**one, "severity": WARNING} for one in input_findings({**given, "client_secret": "-"})]


def _refusals(which: str, additional: Destination) -> dict[str, str]:
    """Return the properties that the role's variables must not name, each with the reason."""
    refused = {}
    for key, value in additional.items():
        hidden = _is_hidden(key, value)
        for one in input_findings({f"{which}_secret_properties" if hidden else f"{which}_properties": {key: value}}):
            if one["id"].startswith("property_"):
                # What is wrong with a value is said behind the variable's name.
                problem = one["problem"].partition(": ")[2]
                refused[key] = problem if one["id"] == "property_value" else one["impact"]
    return refused


def _is_hidden(key: str, value: str) -> bool:
    """Return whether a property is a secret, or holds one, such as a password in a URL."""
    return is_secret(key) or HIDDEN in value


def _vaulted(name: str) -> str:
    return f"vault_{name}"


def _vaulted_properties(which: str, keys: list[str]) -> dict[str, str]:
    """Name a vaulted variable for each secret property."""
    names: dict[str, str] = {}
    for key in keys:
        name = _vaulted(variable(f"{which}_{re.sub(r'[^a-z0-9]+', '_', key.lower()).strip('_')}"))
        while name in names.values():
            name += "_"
        names[key] = name
    return names


def _look_alike_findings(adopted: Adopted, guessed: set[str]) -> Findings:
    """Find properties whose names differ in spelling only from one that the tables set, or that could be adopted.

    :param guessed: names of the values that only a look-alike holds
    """
    results = []
    for which, destination in adopted.destinations.items():
        settings = SETTINGS if which == "primary" else ()
        right = {_bare(key): key for key in (*OWN[which], *settings)}
        for key in sorted(destination.keys() - {*right.values()}):
            known = right.get(_bare(key)) or _misspelt_setting(key, adopted.refused[which], right)
            if known:
                facts = {
                    "destination": printable(destination["Name"]),
                    "key": printable(key),
                    "known": known,
                    "use": _use(known, destination, OWN[which].get(known, ""), guessed),
                    "fate": _fate(which, key, adopted.refused[which]),
                }
                results.append(finding("adoption_look_alike", **facts))
    return results


def _misspelt_setting(key: str, refused: t.Collection[str], right: dict[str, str]) -> str:
    """Return which setting of Task Center is probably meant by one that is removed; nothing if none is similar.

    :param right: names of properties by their names without spelling
    """
    candidates = [bare for bare, known in right.items() if known.startswith("tc.")]
    similar = get_close_matches(_bare(key), candidates, 1, SIMILAR) if key in refused else []
    return right[similar[0]] if key.lower().startswith("tc.") and similar else ""


def _use(known: str, destination: Destination, text: str, guessed: set[str]) -> str:
    """Say what became of the value of a look-alike of a property."""
    held = PLACEHOLDER.fullmatch(text)
    if known in destination:
        return f"Its value was not adopted, because {known} has one"
    if held and held[1] in guessed:
        return f"Its value was adopted as {variable(held[1])}, because {known} is missing"
    if held:
        return f"Its value was not adopted, because another property holds {variable(held[1])}"
    if not text:
        return f"Its value was not adopted; {known}, if that was meant, belongs into {variable('primary_properties')}"
    return f"Its value was not adopted, because the role sets {known} itself"


def _fate(which: str, key: str, refused: dict[str, str]) -> str:
    if key in refused:
        return "The first run of connect_fsm removes it"
    variables = f"{variable(which)}_properties or {variable(which)}_secret_properties"
    return f"It stays, among {variables}, until it is removed there"


def _first_run_findings(adopted: Adopted, secrets_known: bool) -> Findings:
    """Say what the first run of connect_fsm would change; nothing where the FSM system is not known."""
    results: Findings = []
    if not adopted.values["url"]:
        return results
    secrets = {name: dict.fromkeys(adopted.vaulted[name], HIDDEN) for name in adopted.vaulted if name.endswith("ies")}
    defined = define({**adopted.values, **secrets, "client_secret": HIDDEN})
    for which, destination in adopted.destinations.items():
        if not destination:
            continue
        whole = {**defined[which].properties, **defined[which].secrets}
        target = {key: value for key, value in whole.items() if value is not None}
        changes = [
            _change(key, destination, target, adopted.refused[which].get(key, ""))
            for key in sorted({*destination, *target})
            if (secrets_known and (key in destination) != (key in target))
            or (not is_secret(key) and HIDDEN not in target.get(key, "") and destination.get(key) != target.get(key))
        ]
        if changes:
            name = printable(destination["Name"])
            results.append(finding("adoption_changes", destination=name, changes="; ".join(changes)))
    return results


def _change(key: str, destination: Destination, target: Destination, reason: str) -> str:
    """Say how a property changes; of secrets only whether they are added or removed."""
    name = printable(key)
    if key not in target:
        change = f"{name} is removed"
    elif key not in destination:
        change = f"{name} is added"
    else:
        change = f"{name} changes from {printable(destination[key])} to {printable(target[key])}"
    remark = printable(reason or CONSEQUENCES.get(key, "")).rstrip(".")
    return f"{change} ({remark})" if remark else change
