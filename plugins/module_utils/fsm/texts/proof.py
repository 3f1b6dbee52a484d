# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether the connection works."""

from __future__ import annotations

from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.finding import ERROR, WARNING, Finding

FINDINGS = (
    Finding(
        "primary_without_token",
        ERROR,
        "The Destination Service obtains no token through {destination}: {error}",
        "So Task Center cannot read FSM's tasks.",
        "Correct what FSM refuses, and run the playbook again. Both destinations stay as they were written.",
    ),
    Finding(
        "secondary_without_token",
        ERROR,
        "The Destination Service obtains no token for the user through {destination}: {error}",
        "So users cannot act on tasks.",
        "See that FSM knows the user's e-mail address, trusts the active trust certificate {fingerprint}, and that "
        "fsm_audience is the account's SAML metadata URL.",
    ),
    Finding(
        "found_in_instance",
        ERROR,
        "{destination} was found in the service instance, not in the subaccount.",
        "That one hides the subaccount's, which Task Center reads.",
        "Remove it: btp_ops.task_center.btp_destination with level instance and state absent.",
    ),
    Finding(
        "proof_of_another",
        WARNING,
        "The token through {destination} may be one of this destination as it was: the service found it with other "
        "values of {keys} than it has.",
        "Applications find a destination some time after it was written, so this proves nothing of what stands now.",
        "Run the playbook again in a few minutes; it changes nothing that stands.",
    ),
    Finding(
        "users_unproven",
        WARNING,
        "Nobody has proven that users can act on tasks through {destination}.",
        "That takes the token of a user, and fsm_user_token is not set.",
        "Set it, or let a user decide a task in Task Center.",
    ),
    Finding(
        "task_center_unproven",
        WARNING,
        "Nobody has asked Task Center whether its connector of {destination} works.",
        "That takes fsm_task_center_service_key and an administrator's token, which are not set.",
        "Set them, or look at the connector in Task Center's monitoring.",
    ),
    Finding(
        "task_center_setup",
        WARNING,
        "Task Center says of its own setting {code} that it is {status}: {message}",
        "Users may not be found, or not see any task.",
        "See the initial setup in SAP Task Center's guide.",
    ),
    Finding(
        "connector_missing",
        ERROR,
        "Task Center has no connector of {destination}.",
        "It rereads the subaccount's destinations every minute, and has not found this one as a primary one.",
        "See that the service key fsm_task_center_service_key is one of the same subaccount, and that the initial "
        "setup of SAP Task Center is complete.",
    ),
    Finding(
        "connector_fails",
        ERROR,
        "Task Center's connector of {destination} is {status}: {jobs}.",
        "Users do not see their tasks, or old ones.",
        "See the job's message in Task Center's monitoring.",
    ),
    Finding(
        "connector_warns",
        WARNING,
        "Task Center's connector of {destination} is {status}: {jobs}.",
        "It works, but something in it is not as it should be.",
        "See the job's message in Task Center's monitoring.",
    ),
    Finding(
        "connector_paused",
        WARNING,
        "Task Center's connector of {destination} is {status}: {jobs}.",
        "Users do not see its tasks before the destination's tc.enabled is true. Task Center itself sets it to false "
        "after an hour without a token.",
        "Resume it: btp_ops.task_center.resume_fsm. If it is paused again, see the connector's jobs in Task Center's "
        "monitoring.",
    ),
    Finding(
        "connector_not_done",
        WARNING,
        "Task Center's connector of {destination} has not done its first pull yet: {jobs}.",
        "Whether it works is known only afterwards; waiting has ended after fsm_task_center_wait seconds.",
        "Run the playbook again later; it changes nothing that stands.",
    ),
)
