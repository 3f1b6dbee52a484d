# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""No secret leaves the run: not on stdout at any verbosity, not in the log, the fact cache or a file."""

from __future__ import annotations

import json
import typing as t

if t.TYPE_CHECKING:
    from landscape.landscape import Environment
    from operator_at_work import Operator


def test_no_secret_at_the_highest_verbosity(operator: Operator, uploaded: Environment) -> None:
    good = operator.variables(uploaded)
    wrong_key = {**good["fsm_destination_service_key"], "clientsecret": "another-secret-of-the-operator"}
    operator.secrets.add("another-secret-of-the-operator")
    log = operator.folder / "ansible.log"
    hosts = {
        "good": good,
        "bad-input": {**good, "fsm_url": "https://example.com"},
        "bad-choice": {**good, "fsm_state": "perhaps"},
        "bad-key": {**good, "fsm_destination_service_key": wrong_key},
        "absent": {**good, "fsm_name": "NEVER_THERE", "fsm_state": "absent"},
    }

    run = operator.play(
        "connect_fsm",
        hosts,
        "-vvvvv",
        "--diff",
        ANSIBLE_LOG_PATH=str(log),
        ANSIBLE_CACHE_PLUGIN="ansible.builtin.jsonfile",
        ANSIBLE_CACHE_PLUGIN_CONNECTION=str(operator.folder / "facts"),
    )

    # Operator.play searches the output; what remains is what the run has written.
    assert {"FSM", "FSM_PP"} <= set(uploaded.subaccount.destinations), run.output
    assert log.stat().st_size > 0
    given = {operator.folder / "inventory.yml"}
    for path in operator.folder.rglob("*"):
        if path.is_file() and path not in given:
            operator.assert_no_secret(path.read_text(errors="replace"))


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
