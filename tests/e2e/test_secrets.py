# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""No secret leaves a run: not on the terminal, in logs, caches and stored events, in files, or in processes' arguments.

Whatever the secrets are like, whatever fails, and whatever systems quote of them. ``make secrets`` tries everything
that fails, in every playbook and printed in every way; else each of these occurs in some.
"""

from __future__ import annotations

import json
import os
import typing as t

import pytest

from ansible_collections.btp_ops.task_center.plugins.module_utils._core.secrets import HIDDEN
from assumption_operations import Adopt, Audit, Connect, Pause
from landscape.faults.echo import FORMS
from operator_at_work import ROOT
from secret_scenes import (
    FAILURES,
    MISTAKES,
    OPERATIONS,
    SHORT,
    TEMPORARY,
    WHERE,
    WORDS,
    Echoing,
    Scene,
    SecretCell,
    sample,
)
from secret_traces import found

if t.TYPE_CHECKING:
    from assumption_operations import Operation
    from landscape.landscape import Environment
    from operator_at_work import Operator, Run
    from secret_scenes import Failure

# It reads reports alone, which hold none.
WITHOUT_SECRETS = {"report_fsm"}
CALLBACKS = {
    "yaml": {"ANSIBLE_STDOUT_CALLBACK": "default", "ANSIBLE_CALLBACK_RESULT_FORMAT": "yaml"},
    "json": {"ANSIBLE_STDOUT_CALLBACK": "default", "ANSIBLE_CALLBACK_RESULT_FORMAT": "json"},
    "minimal": {"ANSIBLE_STDOUT_CALLBACK": "minimal"},
    "oneline": {"ANSIBLE_STDOUT_CALLBACK": "oneline"},
}
WHOLE = os.environ.get("SECRETS") == "every"
AT_ONCE = 20  # failures of a run


def runs() -> t.Iterator[t.Any]:
    """Return the runs: what is done, how it is printed, what fails."""
    for number, kind in enumerate(OPERATIONS):
        names = list(CALLBACKS) if WHOLE else [list(CALLBACKS)[number % len(CALLBACKS)]]
        batches = [FAILURES[start : start + AT_ONCE] for start in range(0, len(FAILURES), AT_ONCE)]
        for name in names:
            for part, failures in enumerate(batches if WHOLE else [sample(kind)]):
                yield pytest.param(kind, name, failures, id=f"{kind.name.replace(' ', '-')}-{name}-{part}")


@pytest.mark.parametrize("kind, callback, failures", list(runs()))
def test_no_secret_leaves_the_run(
    operator: Operator, kind: type[Operation], callback: str, failures: t.Sequence[Failure]
) -> None:
    # A process for each task takes its time: else where there are few tasks only.
    as_module = WHOLE or kind in (Connect, Audit, Pause)
    well = [
        SecretCell.of("odd"),
        SecretCell.of("certificate", kind="x509", as_module=as_module),
        SecretCell("short", values=SHORT, as_module=WHOLE),
        SecretCell("words", values=WORDS),
    ]
    alternating = WHOLE or kind is not Adopt
    failing = [
        SecretCell.failing(one, as_module=alternating and bool(number % 2)) for number, one in enumerate(failures)
    ]
    scene = Scene.of(operator, kind, [*well, *failing])

    run = played(scene, callback)

    for cell in well:
        assert not run.failed(cell.host), run.failure(cell.host)
    if not WHOLE:
        assert [host for host, fault in scene.faults.items() if not fault.struck] == []
    left = scene.left()
    assert found(left, scene.hidden) == {}
    assert found({f"{number} {text[:99]}": text for number, text in enumerate(scene.seen)}, scene.hidden) == {}
    # Locks have no content, and stay.
    assert [name for name, text in left.items() if name.startswith(TEMPORARY) and text] == []
    # Secrets that are words everybody uses hide nothing else.
    assert hidden_in(run, "words") == hidden_in(run, "odd")


def hidden_in(run: Run, host: str) -> int:
    """Return how often something is hidden in what a host's tasks came to, apart from their arguments."""
    results = [event["result"] for event in run.events if event["host"] == host]
    return sum(json.dumps({**result, "invocation": None}).count(HIDDEN) for result in results)


def test_each_occurs_in_some_playbook() -> None:
    chosen = [one for kind in OPERATIONS for one in sample(kind)]
    echoes = [one for one in chosen if isinstance(one, Echoing)]
    assert {one.form for one in echoes} == set(FORMS)
    assert {one.where for one in echoes} == set(WHERE)
    assert set(MISTAKES) <= set(chosen)
    assert len(OPERATIONS) >= len(CALLBACKS)
    playbooks = {path.stem for path in (ROOT / "playbooks").glob("*.yml")}
    assert {one.playbook for one in OPERATIONS} == playbooks - WITHOUT_SECRETS


def played(scene: Scene, callback: str) -> Run:
    """Run the scene's playbook so that as much as possible is printed, stored and left."""
    folder = scene.operator.folder
    for name in TEMPORARY:
        (folder / name).mkdir(parents=True, exist_ok=True)
    run = scene.operator.play(
        scene.operation.playbook,
        {one.host: one.variables for one in scene.operation.subjects},
        "-vvvv",
        "--diff",
        "-e",
        "fsm_rotation_serial=100%",
        "-e",
        "fsm_report_dir=reports",
        allow_warning="WARNING]",
        ANSIBLE_CALLBACKS_ENABLED="record,store,junit,tree",
        ANSIBLE_CALLBACK_TREE_DIR=str(folder / "tree"),
        ANSIBLE_CACHE_PLUGIN="ansible.builtin.jsonfile",
        ANSIBLE_CACHE_PLUGIN_CONNECTION=str(folder / "facts"),
        ANSIBLE_DISPLAY_ARGS_TO_STDOUT="true",
        ANSIBLE_LOG_PATH=str(folder / "ansible.log"),
        ANSIBLE_REMOTE_TMP=str(folder / "remote"),
        JUNIT_OUTPUT_DIR=str(folder / "junit"),
        STORE_FILE=str(folder / "stored.jsonl"),
        TMPDIR=str(folder / "tmp"),
        **CALLBACKS[callback],
    )
    (folder / "output").write_text(run.output)
    for name in ("ansible.log", "stored.jsonl", "record.jsonl", "tree", "junit"):
        assert (folder / name).stat().st_size > 0
    assert len(scene.seen) > 1
    return run


def test_service_key_from_a_file_and_as_json(operator: Operator, uploaded: Environment) -> None:
    good = operator.variables(uploaded)
    key = good.pop("fsm_destination_service_key")
    path = operator.folder / "service-key.json"
    path.write_text(json.dumps({"credentials": key}))
    hosts = {
        "file": {**good, "fsm_destination_service_key": str(path)},
        "json": {**good, "fsm_destination_service_key": json.dumps(key), "fsm_state": "absent"},
    }

    run = operator.play("connect_fsm", hosts, "-vvv")

    assert run.code == 0
