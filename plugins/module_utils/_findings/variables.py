# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What can be wrong with the variables."""

from __future__ import annotations

from ansible_collections.btp_ops.task_center.plugins.module_utils._findings.finding import ERROR, WARNING, Finding

FINDINGS = (
    Finding(
        "connection_not_local",
        ERROR,
        "Ansible would log on to {host} by SSH, which is the name of an environment and no machine: set "
        "ansible_connection: local for all environments in the inventory, as examples/inventories has it, or, where "
        "the modules are meant to run on another machine, ansible_host or ansible_connection: ssh.",
        "Nothing was done, and nobody has tried to log on anywhere.",
        "Take over ansible_connection and ansible_python_interpreter from group_vars/fsm_environments of the example.",
        brief=True,
    ),
    Finding(
        "state_is_absent",
        ERROR,
        "fsm_state is absent, so {name} is not to be connected.",
        "Nothing was checked or changed: this playbook works on connections that have to be present.",
        "Leave this environment out with --limit, or set fsm_state to present.",
    ),
    Finding(
        "task_center_of_other_subaccount",
        ERROR,
        "fsm_task_center_service_key is of the subaccount of {other}, fsm_destination_service_key of that of {own}.",
        "Task Center reads the destinations of its own subaccount. Of another one, it would report connectors that "
        "have nothing to do with these destinations.",
        "Take both service keys from the subaccount of this environment's Task Center.",
    ),
    Finding(
        "task_center_token_missing",
        ERROR,
        "fsm_task_center_service_key is set, and none of {variables}.",
        "Only an administrator's token may query Task Center, so the connector could not be verified in the end.",
        "Set one of them, or remove fsm_task_center_service_key.",
    ),
    Finding(
        "task_center_tokens_several",
        ERROR,
        "{variables} are set.",
        "They may name different administrators, and only one of them is used.",
        "Keep one of them.",
    ),
    Finding(
        "token_unusable",
        ERROR,
        "{error}",
        "So it could verify nothing.",
        "Log on again as that user and set the new token, or leave the variable out.",
    ),
    Finding(
        "service_key_unusable",
        ERROR,
        "{error}",
        "So {system} cannot be read.",
        "{remedy}",
    ),
    Finding(
        "rename_old_name_missing",
        ERROR,
        "fsm_rename_from is not set.",
        "It names the pair of destinations that is to be called {name} (fsm_name) from now on.",
        "Pass the name that the primary destination has until now, for example: "
        "-e fsm_rename_from=OLD_NAME -e fsm_name={name}",
    ),
    Finding(
        "input_missing",
        ERROR,
        "{variable} is not set.",
        "Both destinations need it.",
        "Set it in the environment's variables; if it is a secret, in its vaulted file.",
    ),
    Finding(
        "input_not_text",
        ERROR,
        "{variable} is a number or a boolean (true/false), not text.",
        "YAML drops leading zeros, reads digits as octal, or yes as true, before anyone can notice.",
        "Write it in quotes.",
    ),
    Finding(
        "input_spaces",
        ERROR,
        "{variable} begins or ends with white space.",
        "FSM would refuse it.",
        "Copy it again without the space or line end.",
    ),
    Finding(
        "input_pattern",
        ERROR,
        "{variable} is '{value}'.",
        "It has to be {rule}.",
        "Correct it in the environment's variables.",
    ),
    Finding(
        "name_is_secondary",
        ERROR,
        "{variable} '{value}' ends with _PP.",
        "That suffix marks the secondary destination, and is its only link to the primary one.",
        "Choose a name without it.",
    ),
    Finding(
        "name_of_service",
        ERROR,
        "fsm_name is {value}.",
        "That destination belongs to SAP Task Center's initial setup.",
        "Choose another name.",
    ),
    Finding(
        "cluster_differs",
        WARNING,
        "fsm_audience is on host {audience_host}, fsm_url on {url_host}.",
        "FSM's clusters do not know each other's accounts.",
        "Check both; FSM Admin shows the SAML metadata URL.",
    ),
    Finding(
        "property_set_by_role",
        ERROR,
        "{variable} sets {key}.",
        "The role derives this property{like}; two sources would contradict each other.",
        "Remove it there and set the role's variable it is derived from.",
    ),
    Finding(
        "property_forbidden",
        ERROR,
        "{variable} sets {key}.",
        "{rule}",
        "Remove it.",
    ),
    Finding(
        "property_value",
        ERROR,
        "{variable}: {problem}.",
        "Task Center or the Destination Service would not take it as it is meant.",
        "Correct it in the environment's variables.",
    ),
)
