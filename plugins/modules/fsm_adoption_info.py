#!/usr/bin/python

# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: fsm_adoption_info
short_description: Derive the inventory of a connection to SAP FSM that was set up by hand
version_added: 1.0.0
description:
  - Reads the primary destination to SAP Field Service Management (FSM), its secondary one and the active trust
    certificate of a subaccount, and returns the files with which the role P(btp_ops.task_center.fsm#role) describes
    them in an inventory. Writes nothing.
  - Secrets become references to vaulted variables, and what others wrote into a destination is never taken for a
    template.
  - Compares with the files that exist. The inventory and exported files are on the machine on which the module runs,
    so the role runs it on the controller.
  - What is wrong is a finding, also a mistyped option or a system that does not answer. A finding names the role's
    variable.
author:
  - The btp_ops.task_center authors (@btp-ops)
extends_documentation_fragment:
  - btp_ops.task_center.btp
  - btp_ops.task_center.https
  - btp_ops.task_center.attributes.info
options:
  environment_name:
    description: Name of the environment's host in the inventory, and of its folder.
    type: str
    required: true
  inventory_directory:
    description:
      - Folder in which the environment's folder is made, text; the role's C(fsm_adopt_dir).
      - Without it, C(host_vars) in the folder that the role names for O(certificate_dir).
    type: raw
  certificate_dir:
    description:
      - Folder for the trust certificate's file; the role's C(fsm_certificate_dir), which says where it is by default.
    type: path
  primary_name:
    description:
      - Name of the primary destination, text; the role's C(fsm_adopt_name).
      - Without it, the only one to FSM. If there are several, that is a finding.
    type: raw
  exports:
    description:
      - Files with destinations that were exported from SAP BTP's cockpit, as JSON or as properties files, or printed as
        JSON by another tool, whatever that wraps around them. A list of paths, or text with commas between them; the
        role's C(fsm_adopt_files).
      - Then the subaccount's destinations are not read; the trust certificate is, if there is a service key.
      - Files are UTF-8, UTF-16 or UTF-32 with a byte order mark, or, if they are properties files, ISO 8859-1.
    type: raw
  overwrite:
    description: Whether files may be overwritten that exist and differ, a boolean (true/false); the role's
      C(fsm_adopt_overwrite).
    type: raw
seealso:
  - module: btp_ops.task_center.btp_destination_info
  - module: btp_ops.task_center.fsm_trust_cert
"""

EXAMPLES = r"""
- name: Derive the variables of an environment that was set up by hand
  btp_ops.task_center.fsm_adoption_info:
    service_key: "{{ fsm_destination_service_key }}"
    environment_name: "{{ inventory_hostname }}"
    inventory_directory: "{{ playbook_dir }}/host_vars"
  register: fsm_adoption

- name: Report the findings, and stop at errors
  btp_ops.task_center.fsm_findings:
    findings: "{{ fsm_adoption.findings }}"

- name: Show what the files would hold
  ansible.builtin.debug:
    msg: "{{ item.content.splitlines() }}"
  loop: "{{ fsm_adoption.files }}"
  loop_control:
    label: "{{ item.path }}"
"""

RETURN = r"""
findings:
  description: What was found, each with C(id), C(severity), C(problem), C(impact), C(remedy) and all of it as C(text).
  type: list
  elements: dict
  returned: success
files:
  description: The files to write; none if there is an error among the findings.
  type: list
  elements: dict
  returned: success
  contains:
    path:
      description: Where the file belongs.
      type: str
    content:
      description: Its text.
      type: str
directory:
  description: The environment's folder.
  type: str
  returned: success
overwrite:
  description: What O(overwrite) means.
  type: bool
  returned: success
certificate_path:
  description: The file in which the trust certificate belongs; null if there is none.
  type: str
  returned: success
certificate:
  description: The active trust certificate, as RV(btp_ops.task_center.fsm_trust_cert_info#module:active) has it; null
    if there is none, or nobody could read it.
  type: dict
  returned: success
row:
  description: What was adopted, as a row of a table; empty if nothing was.
  type: dict
  returned: success
  sample:
    environment: dev
    primary: FSM
    secondary: FSM_PP
    file: /home/me/fsm/inventories/host_vars/dev/main.yml
"""

import os
import typing as t
from dataclasses import dataclass

from ansible.module_utils.parsing.convert_bool import boolean

from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.destination_service import DestinationService
from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.options import BTP, HTTP, open_http
from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.service_key import (
    NEW_KEY,
    ServiceKey,
    read_service_key,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.adopted_files import (
    SERVICE_KEY,
    SERVICE_KEY_REFERENCE,
    VARIABLES_FILE,
    environment_files,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.adoption import (
    Adopted,
    Destination,
    adopt,
    file_findings,
    hide_secrets,
    unusable_export,
    upload_findings,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.cockpit_export import read_export, texts
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.errors import InputError, OperatorError
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.module import Environ, Outcome, Spec, run_module
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.printable import printable
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.public_file import (
    CERTIFICATES,
    HOME,
    HOST_VARS,
    full_path,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.words import kind_of
from ansible_collections.btp_ops.task_center.plugins.module_utils._findings.catalog import (
    Findings,
    errors_among,
    finding,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._trust.certificate import (
    SHORT_FINGERPRINT,
    named_after,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._trust.slots import EXPIRES_WITHIN, read_slots

SPEC = Spec(
    {
        "environment_name": {"type": "str", "required": True},
        # Raw, so that what is mistyped is a finding that names the role's variable.
        "inventory_directory": {"type": "raw"},
        "certificate_dir": {"type": "path"},
        "primary_name": {"type": "raw"},
        "exports": {"type": "raw"},
        "overwrite": {"type": "raw"},
    }
).including(BTP)

CREDENTIALS = [option for option in BTP.options if option not in HTTP.options]
# Files that Ansible reads for a host in place of a folder, by what follows the host's name.
IN_PLACE_OF_FOLDER = ("", ".yml", ".yaml", ".json")


@dataclass
class Request:
    """The options' values, each one's findings aside."""

    name: str = ""
    exports: tuple[str, ...] = ()
    overwrite: bool = False
    directory: str = ""
    certificates: str = ""
    key: ServiceKey | None = None


@dataclass
class Source:
    """What is adopted: destinations, secrets masked, and the active trust certificate."""

    name: str
    destinations: list[Destination]
    certificate: dict[str, t.Any] | None = None


def work(params: dict[str, t.Any], check_mode: bool, environ: Environ) -> Outcome:
    """Read the destinations and derive the files, as far as nothing is wrong."""
    request, findings = _request(params)
    exported: list[Destination] = []
    if request.exports:
        exported, problems = _read_exports(request.exports)
        findings += problems
    facts: dict[str, t.Any] = {
        "files": [],
        "directory": request.directory,
        "overwrite": request.overwrite,
        "certificate": None,
        "certificate_path": None,
        "row": {},
    }
    if not errors_among(findings):
        try:
            findings += _adopt(facts, request, _read(request, exported, params, environ), params["environment_name"])
        except OperatorError as error:
            findings.append(finding("system_not_readable", error=str(error)))
    if errors_among(findings):
        facts["files"] = []
    # What is written leaves the module exactly as it is: no secret is in it, for each is a reference to a vault.
    decisions = {name: facts.pop(name) for name in ("files", "directory", "overwrite", "certificate_path")}
    return Outcome(facts={"findings": findings, **facts}, decisions=decisions)


def _request(params: dict[str, t.Any]) -> tuple[Request, Findings]:
    """Validate the options; what is blank is not set."""
    request, findings = Request(), []

    def refuse(variable: str, value: t.Any, rule: str) -> None:
        shown = value if isinstance(value, (str, int, float)) else kind_of(value)
        findings.append(finding("input_pattern", variable=variable, value=shown, rule=rule))

    name, directory = params["primary_name"], params["inventory_directory"] or f"{HOME}/{HOST_VARS}"
    exports, overwrite = params["exports"], params["overwrite"]
    request.certificates = full_path(params["certificate_dir"] or f"{HOME}/{CERTIFICATES}")
    if not name or isinstance(name, (str, int)):
        # Before ansible-core 2.19 a number arrives as text, so it is taken for the same everywhere.
        request.name = str(name or "").strip()
    else:
        refuse("fsm_adopt_name", name, "the name of a destination, as text")
    if isinstance(exports, str):
        exports = exports.split(",")
    if isinstance(exports or [], list) and all(isinstance(path, str) for path in exports or []):
        request.exports = tuple(full_path(path) for path in exports or [] if path.strip())
    else:
        refuse("fsm_adopt_files", exports, "a list of paths")
    try:
        request.overwrite = boolean("false" if overwrite is None or not str(overwrite).strip() else overwrite)
    except TypeError:
        refuse("fsm_adopt_overwrite", overwrite, "true or false")
    if isinstance(directory, str) and directory.strip():
        request.directory = os.path.join(full_path(directory), params["environment_name"])
    else:
        refuse("fsm_adopt_dir", directory, "the path of a folder")
    try:
        request.key = _service_key(params, needed=not request.exports)
    except InputError as error:
        facts = {"error": error.problem, "system": "the Destination Service", "remedy": error.remedy}
        findings.append(finding("service_key_unusable", **facts))
    return request, findings


def _service_key(params: dict[str, t.Any], needed: bool) -> ServiceKey | None:
    """Return the service key, or None where there is none and none is needed.

    :raises InputError: it is missing or unusable
    """
    if any(params[option] for option in CREDENTIALS):
        return read_service_key(params, SERVICE_KEY)
    if needed:
        raise InputError(f"{SERVICE_KEY} is not set.", NEW_KEY.format(name=SERVICE_KEY))
    return None


def _read_exports(paths: tuple[str, ...]) -> tuple[list[Destination], Findings]:
    """Return the destinations in all files, each once, and what is wrong with the files."""
    found: dict[str, Destination] = {}
    findings: Findings = []
    for path in paths:
        destinations, problems = _read_file(path)
        findings += problems
        for destination in destinations:
            name = destination["Name"]
            if found.setdefault(name, destination) != destination:
                problem = f"The file {path} holds another destination {printable(name)} than a file before it."
                findings += unusable_export(InputError(problem, "Leave out the one that is not meant."))
    return list(found.values()), findings


def _read_file(path: str) -> tuple[list[Destination], Findings]:
    try:
        with open(path, "rb") as file:
            return read_export(path, file.read()), []
    except OSError as error:
        problem = f"The file {path} cannot be read: {error.strerror}."
        remedy = "Correct its path or its permissions. It has to be on the controller."
        return [], unusable_export(InputError(problem, remedy))
    except InputError as error:
        return [], unusable_export(error)


def _read(request: Request, exported: list[Destination], params: dict[str, t.Any], environ: Environ) -> Source:
    """Read the subaccount, as far as it counts.

    :raises OperatorError: the Destination Service cannot be read
    """
    source = Source("The export", exported)
    if request.key:
        service = DestinationService(open_http(params, environ), request.key)
        if not request.exports:
            secrets = request.key.secrets
            named = (one for one in service.destinations("subaccount") if isinstance(one.get("Name"), str))
            destinations = [hide_secrets(texts(one), secrets) for one in named]
            source = Source(f"The subaccount of {request.key.tenant_host}", destinations)
        source.certificate = read_slots(service).facts(EXPIRES_WITHIN)["active"]
    return source


def _adopt(facts: dict[str, t.Any], request: Request, source: Source, environment: str) -> Findings:
    """Add what is adopted to the facts, and return what is found.

    :raises OperatorError: a file of the inventory cannot be read
    """
    adopted, findings = adopt(source.destinations, request.name, source.name, secrets_known=not request.exports)
    if adopted:
        findings += _add_files(facts, request, adopted, source.certificate)
        facts["row"] = _row(environment, adopted, facts["files"])
        facts["certificate"] = source.certificate
        if source.certificate:
            path = os.path.join(request.certificates, f"{environment}-{SHORT_FINGERPRINT}.pem")
            facts["certificate_path"] = named_after(path, source.certificate["fingerprint"])
    return findings


def _add_files(
    facts: dict[str, t.Any], request: Request, adopted: Adopted, certificate: dict[str, t.Any] | None
) -> Findings:
    """Add the files to the facts; return what is wrong with writing them, and what is left to do in them."""
    variables = os.path.join(request.directory, VARIABLES_FILE)
    # A reference that an earlier run wrote is where the inventory has the service key from.
    references_key = SERVICE_KEY_REFERENCE.encode() in (_content(variables) or b"")
    written = environment_files(adopted, certificate, with_service_key=request.key is None or references_key)
    texts_by_path = {os.path.join(request.directory, name): text for name, text in written.items()}
    facts["files"] = [{"path": path, "content": text} for path, text in texts_by_path.items()]
    existing = {path: content for path in texts_by_path if (content := _content(path)) is not None}
    hidden = [path for end in IN_PLACE_OF_FOLDER if os.path.isfile(path := request.directory + end)]
    findings = file_findings(texts_by_path, existing, hidden, request.overwrite)
    return findings + upload_findings(certificate, variables)


def _content(path: str) -> bytes | None:
    """Return what a file holds, or None where there is none.

    :raises OperatorError: it exists and cannot be read
    """
    try:
        with open(path, "rb") as file:
            return file.read()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise OperatorError(f"The file {path} cannot be read: {error.strerror}.", "Check its permissions.") from error


def _row(environment: str, adopted: Adopted, files: list[dict[str, str]]) -> dict[str, str]:
    names = {which: destination.get("Name", "missing") for which, destination in adopted.destinations.items()}
    return {"environment": environment, **names, "file": files[0]["path"]}


def main() -> None:
    """Run as a module."""
    run_module(SPEC, work)


if __name__ == "__main__":
    main()
