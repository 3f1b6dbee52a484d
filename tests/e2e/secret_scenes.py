# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Environments with secrets that are hard to hide, in runs that go well and in runs that fail at several steps."""

from __future__ import annotations

import json
import os
import typing as t
from dataclasses import dataclass, field
from pathlib import Path

from assumption_operations import (
    Adopt,
    Audit,
    Connect,
    Disconnect,
    Operation,
    Pause,
    Rename,
    Repopulate,
    Resume,
    RotateSecret,
    RotateTrust,
)
from landscape import Matching
from landscape.faults import Callback, Echo
from landscape.faults.echo import FORMS
from operator_at_work import WEB_TOKEN
from secret_traces import Secret, odd

if t.TYPE_CHECKING:
    from assumption_cells import Subject
    from landscape.faults import Fault
    from operator_at_work import Operator, Variables


class Check(Audit):
    """Checking, which changes nothing either."""

    name, playbook = "check", "check_fsm"


OPERATIONS: tuple[type[Operation], ...] = (
    Connect,
    Check,
    Audit,
    Adopt,
    Pause,
    Resume,
    Repopulate,
    Rename,
    RotateSecret,
    RotateTrust,
    Disconnect,
)


@dataclass(frozen=True)
class Echoing:
    """A system that refuses and quotes what it was sent.

    Attributes:
        where: which requests, as one of WHERE.
        form: how it quotes them.
        status: with which status.
    """

    where: str
    form: str
    status: int = 400

    def __str__(self) -> str:
        return f"echo.{self.where}.{self.form}"

    def strike(self, one: Subject) -> Fault:
        """Let the environment's system be like that."""
        matching = Matching(environment=one.environment.name, **WHERE[self.where])
        return one.connection.landscape.faults.add(Echo(self.form, self.status), matching)


WHERE: dict[str, dict[str, t.Any]] = {
    "token": {"system": "xsuaa", "method": "POST", "origin": "client"},
    "client": {"system": "fsm", "path": "*/token", "origin": "client"},
    # The Destination Service tells the operator what FSM answers.
    "retrieval": {"system": "fsm", "path": "*/token", "origin": "landscape"},
    "reading": {"system": "destination-service", "method": "GET", "origin": "client"},
    "changing": {"system": "destination-service", "method": "PUT", "origin": "client"},
    "creating": {"system": "destination-service", "method": "POST", "origin": "client"},
    "monitoring": {"system": "task-center", "origin": "client"},
}
ECHOES = tuple(
    Echoing(where, form, status=401 if (number + other) % 2 else 400)
    for number, form in enumerate(FORMS)
    for other, where in enumerate(WHERE)
)


@dataclass(frozen=True)
class Mistake:
    """Something that an operator gets wrong with a secret, or where none belongs.

    Attributes:
        name: of it.
        variables: returns what the inventory then holds, of what it holds and of a secret.
    """

    name: str
    variables: t.Callable[[Variables, str], Variables]

    def __str__(self) -> str:
        return self.name


def _wrong_key(variables: Variables, wrong: str) -> Variables:
    key = {name: value for name, value in variables[KEY].items() if name not in ("certificate", "key", "certurl")}
    return {KEY: {**key, "credential-type": "binding-secret", "clientsecret": wrong}}


def _in_url(variables: Variables, wrong: str) -> Variables:
    # As a URL holds it, which is not the value itself.
    core = wrong.partition("&é")[2].partition("<")[0]
    url = variables.get("fsm_url", "https://de.fsm.cloud.sap/cloud-approval-service/api")
    return {name: url.replace("://", f"://user:{core}@") for name in ("fsm_url", "fsm_audience")}


def _misplaced(_variables: Variables, wrong: str) -> Variables:
    headers = {"URL.headers.Authorization": f"Basic {wrong}", "URL.headers.X-Api-Key": wrong}
    return {f"fsm_{which}_properties": {"clientSecret": wrong, "Password": wrong, **headers} for which in PAIR}


KEY = "fsm_destination_service_key"
PAIR = ("primary", "secondary")
OTHER_TOKEN = {"fsm_task_center_user_token": ""}
MISTAKES = (
    Mistake("wrong-key", _wrong_key),
    Mistake("wrong-client", lambda _variables, wrong: {"fsm_client_secret": wrong}),
    Mistake("wrong-user", lambda _variables, wrong: {"fsm_user_token": wrong}),
    Mistake("wrong-token", lambda _variables, wrong: {"fsm_task_center_user_token": wrong}),
    Mistake("in-url", _in_url),
    Mistake("misplaced", _misplaced),
    Mistake("key-cut-off", lambda variables, wrong: {KEY: json.dumps({**variables[KEY], "clientsecret": wrong})[:-1]}),
    Mistake("key-is-list", lambda _variables, wrong: {KEY: [{"clientsecret": wrong}]}),
    Mistake("key-is-secret", lambda _variables, wrong: {KEY: wrong}),
    Mistake("key-unfit", lambda _variables, wrong: {KEY: {"clientsecret": wrong, "privateKey": wrong, "x": [wrong]}}),
    Mistake("secrets-as-text", lambda _variables, wrong: {"fsm_primary_secret_properties": f"Password={wrong}"}),
    Mistake("secret-is-list", lambda _variables, wrong: {"fsm_client_secret": [wrong], "fsm_verify": wrong}),
    Mistake("task-center-key", lambda _variables, wrong: {"fsm_task_center_service_key": {"uaa": wrong}}),
    Mistake("refresh-token", lambda _variables, wrong: {**OTHER_TOKEN, "fsm_task_center_refresh_token": wrong}),
)
Failure = Echoing | Mistake
FAILURES: tuple[Failure, ...] = (*ECHOES, *MISTAKES)


# Signs that occur in no word, no number and no base64.
SHORT = ("q~%", "z^&", "x'\"")
# Those that occur wherever a connection is spoken of: nobody could hide them, and everybody has to go on reading.
WORDS = ("FSM", "dev", "url")
# In which user and secret are quoted together, so that a short secret is known, too.
QUOTED_WHOLE = (("token", "trace"), ("client", "basic"), ("client", "trace"), ("token", "basic"))


@dataclass(frozen=True)
class SecretCell:
    """An environment with secrets of its own.

    Attributes:
        host: the name of its host.
        kind: of its secrets: odd, short, or those of a client certificate.
        as_module: whether its tasks run as modules in processes of their own.
        failure: what goes wrong.
    """

    host: str
    kind: str = "odd"
    as_module: bool = False
    failure: Failure | None = None
    assumption: str = ""
    # Of FSM, of the service key, of Task Center.
    values: tuple[str, str, str] = ("", "", "")

    @classmethod
    def of(cls, host: str, **facts: t.Any) -> SecretCell:
        """Return one whose secrets stumble over every kind of quoting."""
        fsm, key, task_center = (odd().value for _unused in range(3))
        return cls(host, values=(fsm, key, task_center), **facts)

    @classmethod
    def failing(cls, failure: Failure, *, as_module: bool) -> SecretCell:
        """Return one in which something goes wrong."""
        if isinstance(failure, Echoing) and (failure.where, failure.form) in QUOTED_WHOLE:
            return cls(str(failure), as_module=as_module, failure=failure, values=SHORT)
        early = isinstance(failure, Mistake) or failure.where in ("token", "client", "reading")
        return cls.of(str(failure), as_module=as_module and early, failure=failure)

    @property
    def config(self) -> dict[str, t.Any]:
        """Its configuration in the landscape."""
        fsm, key, task_center = self.values
        kind = {"credential_type": "x509"} if self.kind == "x509" else {"service_key_secret": key}
        return {"fsm": {"client_secret": fsm}, "task_center_secret": task_center, **kind}


TOKEN = Secret(WEB_TOKEN)


@dataclass
class Scene:
    """An operation over such environments.

    Attributes:
        hidden: what nothing may hold that leaves the run.
        seen: command lines, environment variables and temporary files of the run's processes, at every request.
    """

    operator: Operator
    operation: Operation
    hidden: set[Secret] = field(default_factory=lambda: {TOKEN})
    faults: dict[str, Fault] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, operator: Operator, kind: type[Operation], cells: t.Sequence[SecretCell]) -> Scene:
        """Prepare the environments."""
        scene = cls(operator, kind(operator, cells))
        for cell, one in zip(cells, scene.operation.subjects, strict=True):
            scene.hide(cell, one)
            scene.equip(cell, one)
            operator.landscape.faults.add(
                Callback(scene.look), Matching(environment=one.environment.name, origin="client")
            )
        return scene

    def hide(self, cell: SecretCell, one: Subject) -> None:
        """Know all secrets of an environment."""
        inputs = one.environment.inputs()
        clients = [
            (inputs["fsm"]["client_id"], inputs["fsm"]["client_secret"]),
            (inputs["service_key"]["clientid"], inputs["service_key"].get("clientsecret", "")),
            (inputs["service_key"]["clientid"], inputs["service_key"].get("key", "")),
            (inputs["task_center"]["uaa"]["clientid"], inputs["task_center"]["uaa"]["clientsecret"]),
            (one.variables.get("fsm_client_id", ""), one.variables.get("fsm_client_secret", "")),
        ]
        if cell.values == WORDS:
            self.operator.secrets -= set(WORDS)
            return
        self.hidden |= {Secret(value, _core(value), user) for user, value in clients if value}
        # Of a token, the head is everybody's.
        tokens = (one.variables.get(name, "") for name in ("fsm_user_token", "fsm_task_center_user_token"))
        self.hidden |= {Secret(token, token.rpartition(".")[2]) for token in tokens if token}
        refresh_token = (self.operator.folder / f"{one.environment.name}.refresh-token").read_text()
        self.hidden.add(Secret(refresh_token))

    def equip(self, cell: SecretCell, one: Subject) -> None:
        """Give an environment further secrets, and what goes wrong with it."""
        further = [odd(), odd(line_break=True)]
        properties = {"URL.queries.token": further[0].value, "note.secret": further[1].value}
        if "fsm_client_id" in one.variables:
            one.variables["fsm_primary_secret_properties"] = properties
        if one.connection.destination("FSM"):
            one.connection.change("FSM", **properties)
        one.variables["btp_local_action"] = not cell.as_module
        self.hidden |= set(further)
        if isinstance(cell.failure, Mistake):
            wrong = odd(user=one.variables.get("fsm_client_id", ""))
            self.hidden.add(wrong)
            one.variables |= cell.failure.variables(one.variables, wrong.value)
        elif cell.failure:
            self.faults[cell.host] = cell.failure.strike(one)

    def look(self, _arrival: t.Any) -> None:
        """Note what anybody sees of the run's processes, and what lies in its folders for temporary files."""
        for process in _descendants(os.getpid()):
            self.seen |= {_text(Path("/proc") / process / name) for name in ("cmdline", "environ")}
        for folder in TEMPORARY:
            # os.walk, for files and folders come and go.
            for parent, _folders, names in os.walk(self.operator.folder / folder):
                texts = {_text(Path(parent) / name) for name in names}
                self.seen |= {text for text in texts if MODULE not in text}

    def left(self) -> dict[str, str]:
        """Return the texts of all files that the run has left, by their paths in the operator's folder."""
        folder = self.operator.folder
        paths = {path for path in folder.rglob("*") if path.is_file() and not _given(path)}
        return {str(path.relative_to(folder)): _text(path) for path in paths}


# Folders for temporary files: of any program, of Ansible on the controller, of Ansible's modules.
TEMPORARY = ("tmp", "ansible/tmp", "remote")
# Ansible itself hands a module its arguments in a file that nobody else can read, and that is gone when it has ended.
MODULE = "_ANSIBALLZ_WRAPPER"


def _given(path: Path) -> bool:
    return path.name == "inventory.yml" or path.suffix == ".refresh-token"


def _core(value: str) -> str:
    """Return the core of an odd secret; nothing for any other."""
    return value.partition("&é")[2].partition("<")[0]


def _text(path: Path) -> str:
    """Return what a file holds; nothing if it is none, or no more."""
    try:
        return path.read_bytes().decode(errors="replace") if path.is_file() else ""
    except OSError:
        return ""


def _descendants(process: int | str) -> t.Iterator[str]:
    """Return the IDs of the processes that a process has started, and of those that they have."""
    for task in Path(f"/proc/{process}/task").glob("*"):
        for child in _text_of_proc(task / "children").split():
            yield child
            yield from _descendants(child)


def _text_of_proc(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""


# Of which requests which form is tried in which playbook, where not every one is: each occurs once.
ECHOED: dict[type[Operation], tuple[tuple[str, str], ...]] = {
    Connect: (("token", "trace"), ("creating", "uri"), ("retrieval", "form")),
    Check: (("client", "basic"),),
    Audit: (("reading", "base64"),),
    Adopt: (("token", "decoded"),),
    Pause: (("changing", "json"),),
    Resume: (("changing", "nested"),),
    Repopulate: (("monitoring", "html"),),
    Rename: (("creating", "repr"), ("retrieval", "latin-1")),
    RotateSecret: (("changing", "unicode"),),
    RotateTrust: (("token", "hex"),),
}


def sample(kind: type[Operation]) -> list[Failure]:
    """Return what is to fail in a playbook, so that every mistake, every system and every form occurs in some."""
    chosen = ECHOED.get(kind, ())
    echoes = [one for one in ECHOES if (one.where, one.form) in chosen]
    # The last playbooks have fewer echoes.
    return [*echoes, *MISTAKES[::-1][OPERATIONS.index(kind) :: len(OPERATIONS)]]
