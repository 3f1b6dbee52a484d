# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Switching, repopulating and renaming."""

from __future__ import annotations

from ansible_collections.btp_ops.task_center.plugins.module_utils._findings.finding import ERROR, WARNING, Finding

FINDINGS = (
    Finding(
        "primary_unfit",
        ERROR,
        "{destination} is not a primary destination that this playbook can change: {reason}.",
        "Nothing was changed.",
        "Set fsm_name to the name of the primary destination to FSM, or connect it first: "
        "btp_ops.task_center.connect_fsm.",
    ),
    Finding(
        "tc_enabled_missing",
        ERROR,
        "Destination {destination} has no tc.enabled, so Task Center has no connector of it.",
        "It was never connected, or someone stopped while its task cache was repopulated or it was renamed.",
        "Run btp_ops.task_center.repopulate_fsm or btp_ops.task_center.rename_fsm again if one of them was "
        "interrupted, else btp_ops.task_center.connect_fsm.",
    ),
    Finding(
        "destination_of_other_system",
        ERROR,
        "Destination {destination} leads to another FSM system (host {host}, account {account_id}, company "
        "{company_id}) than fsm_url, fsm_account_id and fsm_company_id.",
        "What belongs to one system must not be changed into, or deleted for, another.",
        "Correct the names of the destinations, or these variables.",
    ),
    Finding(
        "rename_nothing",
        ERROR,
        "There is neither a destination {old} nor a destination {new}.",
        "So there is nothing to rename.",
        "Correct fsm_rename_from, or connect {new}: btp_ops.task_center.connect_fsm.",
    ),
    Finding(
        "rename_loses",
        WARNING,
        "{destination} has properties that {new} will not have: {keys}.",
        "The new destination is made from the variables, which do not name them.",
        "Put those that are needed into {variable}.",
    ),
    Finding(
        "rename_loses_secret",
        ERROR,
        "{destination} has secret properties that {new} would not have: {keys}.",
        "The new destination is made from the variables, which do not name them, and nobody could read them again.",
        "Put them into {variable}, or remove from {destination} what is not needed.",
    ),
    Finding(
        "rename_while_repopulating",
        ERROR,
        "The repopulation of {old} was interrupted.",
        "Its labels hold the value that tc.enabled had, and that would be lost.",
        "Finish it first: btp_ops.task_center.repopulate_fsm with fsm_name {old}.",
    ),
    Finding(
        "rename_paused",
        WARNING,
        "Destination {destination} has tc.enabled {value} already, where the old one had {right}.",
        "Someone has changed it since the renaming began, or Task Center did, which it does after an hour without a "
        "token.",
        "This run sets it to {right}. Pause or resume it afterwards: btp_ops.task_center.pause_fsm, "
        "btp_ops.task_center.resume_fsm.",
    ),
    Finding(
        "rename_completed",
        WARNING,
        "The pair of destinations is called {new} now, and no longer {old}.",
        "With fsm_name {old} in the inventory, connect_fsm stops, and audit_fsm reports the pair as missing.",
        "Set fsm_name to {new} in the inventory, if you have not done so, and leave out fsm_rename_from.",
    ),
    Finding(
        "no_new_client",
        WARNING,
        "No new secret was given: {primary} and {secondary} have fsm_client_id and fsm_client_secret already.",
        "So nothing was changed.",
        "If FSM has given out a new secret, put it into fsm_client_secret (and another client ID into fsm_client_id), "
        "and run the playbook again.",
    ),
    Finding(
        "repopulation_paused",
        WARNING,
        "Destination {destination} is paused: its tc.enabled is {value}.",
        "Task Center drops its tasks, and pulls none before it is true; Task Center itself sets it to false after an "
        "hour without a token.",
        "Let Task Center pull them: btp_ops.task_center.resume_fsm.",
    ),
    Finding(
        "pause_not_remembered",
        WARNING,
        "The pause of destination {destination} cannot be remembered, for its labels cannot be used: {error}",
        "Where labels can be used again, the next run of connect_fsm sets its tc.enabled to true.",
        "Do not run connect_fsm for this environment before it may be resumed, or use a service key that may set "
        "labels.",
    ),
    Finding(
        "pause_label_stays",
        WARNING,
        "The labels of destination {destination} cannot be used, so one that remembers a pause would stay: {error}",
        "If Task Center sets tc.enabled to false some day, that would be taken for the pause.",
        "Resume it again with a service key that may set labels.",
    ),
    Finding(
        "labels_not_available",
        ERROR,
        "The labels of destination {destination} cannot be used: {error}",
        "This run would store there what the next one needs if it is interrupted while tc.enabled is removed; without "
        "it, nobody would know the value. Nothing was changed.",
        "If the service key lacks a permission, use another one. Else do it by hand, as SAP's guide describes it.",
    ),
    Finding(
        "refresh_token_renewed",
        ERROR,
        "Task Center's token service has handed out another refresh token in place of fsm_task_center_refresh_token.",
        "The old one may no longer work, so this run could not verify that the connector is removed and added. Nothing "
        "was changed in the subaccount.",
        "Log on again, put the refresh token into a file, and name that in fsm_task_center_refresh_token_file: there "
        "each new one is kept.",
    ),
    Finding(
        "connector_not_removed",
        ERROR,
        "Task Center still has its connector of {destination}, {waited} seconds after tc.enabled was removed.",
        "Its tasks would be shown together with those of a new connector.",
        "See the connector's CONFIG job in Task Center's monitoring, and run the playbook again: it continues from "
        "here.",
    ),
    Finding(
        "connector_unverified",
        WARNING,
        "Not verified (fsm_task_center_service_key is not set): Task Center's connector of {destination} {event}",
        "Only Task Center knows, and it answers with its service key and an administrator's token.",
        "Set fsm_task_center_service_key and one of the administrator's tokens, or see the connectors in Task Center's "
        "monitoring.",
        brief=True,
        acknowledgeable=True,
    ),
    Finding(
        "task_center_not_readable",
        ERROR,
        "{error}",
        "This run would wait for Task Center, and could not verify that it is done. Nothing was changed.",
        "Correct that first, and run the playbook again; or remove fsm_task_center_service_key to wait a fixed time "
        "instead.",
    ),
)
