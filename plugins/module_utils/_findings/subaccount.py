# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a subaccount holds, or is about to, and should not."""

from __future__ import annotations

from ansible_collections.btp_ops.task_center.plugins.module_utils._findings.finding import ERROR, WARNING, Finding

FINDINGS = (
    Finding(
        "initial_setup_missing",
        ERROR,
        "The subaccount has no destination {destination}.",
        "It belongs to SAP Task Center's initial setup, without which Task Center finds no user.",
        "Finish the initial setup of SAP Task Center, or use a service key of the subaccount in which it was done.",
    ),
    Finding(
        "initial_setup_name_typo",
        WARNING,
        "The subaccount has a destination {destination}, probably {right} misspelt.",
        "SAP Task Center reads destinations of its initial setup by their exact names.",
        "Compare it with the guide's initial setup, and create {right} instead if that is what it was meant to be.",
    ),
    Finding(
        "second_primary",
        ERROR,
        "Destination {destination} is a primary destination to the same FSM system "
        "(host {host}, account {account_id}, company {company_id}).",
        "With a second one, users would see every task twice.",
        "To manage that one, set fsm_name to {destination}, also after it was renamed to that. To give it another name "
        "instead, run btp_ops.task_center.rename_fsm with fsm_rename_from {destination}; or disconnect it first.",
    ),
    Finding(
        "connected_at_the_same_time",
        ERROR,
        "Somebody else connected the same FSM system at the same time, as {others}.",
        "With two primary destinations to it, users would see every task twice, so this run has removed {destination} "
        "and its secondary destination again.",
        "See which of the names is meant, and run only that environment again. If both runs have made way, run one of "
        "them.",
    ),
    Finding(
        "enabled_at_the_same_time",
        ERROR,
        "Somebody else connected the same FSM system at the same time, as {others}.",
        "With two primary destinations to it, users would see every task twice, so this run has removed tc.enabled "
        "from {destination} again, and Task Center ignores it.",
        "See which of the names is meant. If it is {destination}, disconnect the other one and run the playbook again: "
        "it continues from here. If it is another one, remove {destination} and its secondary destination.",
    ),
    Finding(
        "destination_changes_system",
        WARNING,
        "Destination {destination} leads to another FSM system ({old}) than the variables ({new}).",
        "By connect_fsm, it would lead to the one of the variables: users would no longer see the tasks of the "
        "other, and its secrets would be lost.",
        "If a variable is mistyped, correct it before the run. If an ID in the destination is wrong, the run corrects "
        "it. If both systems are to be connected, set fsm_name to another name; a destination with another client "
        "belongs to another connection, which has to be disconnected first.",
    ),
    Finding(
        "primary_without_tc_enabled",
        WARNING,
        "Destination {destination} to the same FSM system has no tc.enabled, so Task Center ignores it.",
        "If someone was interrupted while its task cache was repopulated, or while it was renamed, doing that again is "
        "refused once there is another primary destination, and else users would see every task twice.",
        "Finish that first (btp_ops.task_center.repopulate_fsm, btp_ops.task_center.rename_fsm), or remove "
        "{destination} if nobody needs it.",
    ),
    Finding(
        "name_in_use",
        ERROR,
        "Destination {destination} exists and leads to {host}.",
        "It is no destination to FSM, and this run would overwrite it.",
        "Set fsm_name to another name, or remove that destination if nobody needs it.",
    ),
    Finding(
        "second_primary_in_instance",
        ERROR,
        "Destination {destination} of the service instance is a primary destination to the same FSM system "
        "(host {host}, account {account_id}, company {company_id}).",
        "An application that reads the destinations through this instance finds two, and users could see every task "
        "twice.",
        "Remove it: btp_ops.task_center.btp_destination with level instance and state absent.",
    ),
    Finding(
        "secondary_without_primary",
        WARNING,
        "Destination {destination} to FSM exists without its primary destination {partner}.",
        "Task Center never uses it.",
        "Connect {partner}, or remove {destination}.",
    ),
    Finding(
        "primary_without_secondary",
        WARNING,
        "Destination {destination} to FSM exists without its secondary destination {partner}.",
        "Users see its tasks and cannot act on them.",
        "Connect it as a whole, with fsm_name {destination}.",
    ),
    Finding(
        "second_primary_in_inventory",
        ERROR,
        "{environment} connects the same FSM system (host {host}, account {account_id}, company {company_id}) to "
        "the same subaccount, as {other_name}; here fsm_name is {name}.",
        "With two primary destinations to it, users would see every task twice.",
        "Give both the same fsm_name, or take one of them out of the inventory.",
    ),
    Finding(
        "name_shared_in_inventory",
        ERROR,
        "{environment} writes destination {name} of the same subaccount as well, for another FSM system (host "
        "{host}, account {account_id}, company {company_id}).",
        "Each run of the one would overwrite what the other needs.",
        "Give them different values of fsm_name.",
    ),
    Finding(
        "audience_of_other_environment",
        WARNING,
        "fsm_audience is {audience}, which is also the one of {environment} (host {host}, account {account_id}).",
        "Each account of FSM has SAML metadata of its own, so this was probably copied; FSM refuses users whose "
        "assertion is meant for another account.",
        "Compare fsm_audience with the SAML metadata URL in the FSM Admin portal of this environment's account.",
    ),
    Finding(
        "removal_of_other_system",
        ERROR,
        "Destination {destination} leads to {host}.",
        "It is no destination to FSM, so it is not removed.",
        "Set fsm_name to the name of the primary destination to FSM.",
    ),
    Finding(
        "hidden_by_instance",
        ERROR,
        "The service instance has a destination {destination} of its own.",
        "It hides the subaccount's destination of this name from every request through this instance, so "
        "nothing could be verified.",
        "Remove it: btp_ops.task_center.btp_destination with level instance and state absent.",
    ),
    Finding(
        "name_differs_in_case",
        ERROR,
        "The subaccount has a destination {destination}, whose name differs from {name} in upper and lower case only.",
        "SAP does not publish whether the Destination Service takes both for one. If it does, what is written to "
        "{name} changes {destination}, and nothing is gone because {name} is not listed.",
        "Write the name as the service has it (fsm_name, fsm_rename_from), or remove {destination} if nobody needs it.",
    ),
    Finding(
        "assertion_changes",
        WARNING,
        "Destination {destination} has properties that decide what FSM gets of a user, and that the variables do not "
        "have: {properties}.",
        "connect_fsm removes or changes them. If FSM accepts users only with them (another key, issuer, recipient or "
        "name), it rejects every user from then on.",
        "Find out why they are there. Put those that are needed into fsm_secondary_properties, and let a user's token "
        "verify the rest: fsm_user_token.",
    ),
    Finding(
        "secrets_not_shown",
        ERROR,
        "The Destination Service does not show {keys} of destination {destination}.",
        "A change replaces the whole destination, and this run does not have these secrets, so they would be lost. "
        "Nothing was changed.",
        "Set fsm_client_id and fsm_client_secret to the client that the destination has, and put further secrets into "
        "fsm_primary_secret_properties or fsm_secondary_secret_properties. Or make the change in the cockpit.",
    ),
    Finding(
        "secrets_not_compared",
        WARNING,
        "The Destination Service does not show {keys} of destination {destination}, so they were not compared with the "
        "variables.",
        "If FSM has given out another secret since they were written, this run does not notice that.",
        "To write those of the variables in any case: btp_ops.task_center.rotate_fsm_secret.",
        acknowledgeable=True,
    ),
    Finding(
        "connection_paused",
        WARNING,
        "Destination {destination} is paused since {since} ({reason}).",
        "btp_ops.task_center.pause_fsm has paused it, so it stays paused; users see no tasks of it.",
        "When the reason is gone: btp_ops.task_center.resume_fsm.",
    ),
    Finding(
        "pause_outdated",
        WARNING,
        "A label of destination {destination} remembers a pause, and its tc.enabled is true.",
        "Somebody has ended the pause by hand, or a run was interrupted. If Task Center sets tc.enabled to false, this "
        "would be taken for the pause.",
        "Remove the label: btp_ops.task_center.resume_fsm. Or pause it again: btp_ops.task_center.pause_fsm.",
    ),
    Finding(
        "pause_unknown",
        WARNING,
        "Destination {destination} is paused, and nobody knows whether that is wanted, for its labels cannot be used: "
        "{error}",
        "So it stays paused; users see no tasks of it.",
        "If the pause is not wanted: btp_ops.task_center.resume_fsm.",
    ),
    Finding(
        "destination_paused",
        WARNING,
        "Destination {destination} has tc.enabled {value}.",
        "Someone has paused it by hand, or Task Center did, which it does after an hour without a token; users see no "
        "tasks of it.",
        "connect_fsm sets it to true again; to keep it paused: btp_ops.task_center.pause_fsm. If it comes back, see "
        "the connector's jobs in Task Center's monitoring.",
    ),
)
