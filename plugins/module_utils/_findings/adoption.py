# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is found when destinations that were set up by hand are adopted."""

from __future__ import annotations

from ansible_collections.btp_ops.task_center.plugins.module_utils._findings.finding import ERROR, WARNING, Finding

FINDINGS = (
    Finding(
        "adoption_primary_missing",
        ERROR,
        "{source} holds no primary destination to FSM.",
        "It would have tc.provider_type FSM and tc.enabled, for that is how Task Center recognizes it. Other "
        "destinations to FSM there: {others}.",
        "Set fsm_adopt_name to the destination that is meant; or, if there is none, connect the environment: "
        "btp_ops.task_center.connect_fsm.",
    ),
    Finding(
        "adoption_several",
        ERROR,
        "{source} holds several primary destinations to FSM: {names}.",
        "A host of the inventory describes one of them.",
        "Set fsm_adopt_name to the one that is meant. For several FSM systems, make a host for each; of two to the "
        "same system, remove one.",
    ),
    Finding(
        "adoption_not_found",
        ERROR,
        "{source} holds no destination {destination}.",
        "fsm_adopt_name says that it is to be adopted. Primary destinations to FSM there: {names}.",
        "Correct fsm_adopt_name.",
    ),
    Finding(
        "adoption_foreign",
        ERROR,
        "Destination {destination} leads to {host}.",
        "It is no destination to FSM.",
        "Set fsm_adopt_name to the name of the primary destination to FSM.",
    ),
    Finding(
        "adoption_no_secondary",
        WARNING,
        "{source} holds no destination {destination}.",
        "Without it users cannot act on tasks, and what only it holds, such as fsm_audience, is not known.",
        "Set fsm_audience; the first run of connect_fsm then creates the destination.",
    ),
    Finding(
        "adoption_changes",
        WARNING,
        "The first run of connect_fsm changes destination {destination}: {changes}.",
        "The role sets these as SAP's guide has them, and no variable says otherwise.",
        "Check each of them before that run; connect_fsm with --check --diff shows them again.",
    ),
    Finding(
        "adoption_look_alike",
        WARNING,
        "Destination {destination} has a property {key}, which resembles {known}.",
        "{use}.",
        "Find out what was meant. {fate}.",
    ),
    Finding(
        "adoption_upload_undeclared",
        WARNING,
        "The active trust certificate {fingerprint} is not declared as uploaded to FSM.",
        "Only the FSM Admin portal shows whether it is. connect_fsm stops at it before it writes anything.",
        "If FSM Admin has the certificate, put its fingerprint into fsm_uploaded_certificates, as {path} says; if not, "
        "upload it there first.",
    ),
    Finding(
        "adoption_export_unusable",
        ERROR,
        "{error}",
        "fsm_adopt_files says that it is to be adopted.",
        "{remedy}",
    ),
    Finding(
        "adoption_file_exists",
        ERROR,
        "{path} exists and differs from what would be written.",
        "It may hold what someone has added.",
        "Set fsm_adopt_dir to another folder and compare; or set fsm_adopt_overwrite to true, which keeps the old "
        "file next to the new one.",
    ),
    Finding(
        "adoption_file_hidden",
        ERROR,
        "{path} exists.",
        "Ansible would no longer read it, because a folder of the environment's name takes precedence over a file of "
        "that name.",
        "Make the folder, move the file into it under another name than main.yml, and run again.",
    ),
)
