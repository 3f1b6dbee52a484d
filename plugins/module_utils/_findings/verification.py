# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether the connection works."""

from __future__ import annotations

from ansible_collections.btp_ops.task_center.plugins.module_utils._findings.finding import ERROR, WARNING, Finding

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
        "token_possibly_outdated",
        WARNING,
        "The token through {destination} may be one of this destination as it was: the service found it with other "
        "values of {keys} than it has.",
        "Applications find a destination some time after it was written, so the present one is not verified.",
        "Run the playbook again in a few minutes; it changes nothing that is in sync.",
    ),
    Finding(
        "token_possibly_cached",
        WARNING,
        "Not verified (the service may have answered from its cache): {destination} yields a token as it is now: "
        "{doubt}",
        "The Destination Service keeps tokens, and what it finds them by is not public. A token that may be older than "
        "the change says nothing of it. Usually the token is obtained through a short-lived copy of the destination in "
        "the service instance, which cannot be served from the cache.",
        "See why there was no such copy. Or run the playbook again once tokens have expired, and let a user decide a "
        "task in Task Center.",
        brief=True,
        acknowledgeable=True,
    ),
    Finding(
        "user_propagation_unverified",
        WARNING,
        "Not verified (fsm_user_token is not set): users can act on tasks through {destination}",
        "It takes the token of a user to obtain a token for a user.",
        "Set fsm_user_token, or let a user decide a task in Task Center.",
        brief=True,
        acknowledgeable=True,
    ),
    Finding(
        "task_center_unverified",
        WARNING,
        "Not verified (fsm_task_center_service_key is not set): Task Center's connector of {destination} works",
        "Only Task Center knows, and it answers with its service key and an administrator's token.",
        "Set fsm_task_center_service_key and one of the administrator's tokens, or see the connector in Task Center's "
        "monitoring.",
        brief=True,
        acknowledgeable=True,
    ),
    Finding(
        "connector_possibly_outdated",
        WARNING,
        "Not verified (fsm_task_center_wait is less than fsm_task_center_refresh_seconds): Task Center's connector of "
        "{destination} works as it is now",
        "Until Task Center has reread the destinations, it reports what came of them as they were.",
        "Set fsm_task_center_wait to at least fsm_task_center_refresh_seconds, or run the playbook again later; it "
        "changes nothing that is in sync.",
        brief=True,
        acknowledgeable=True,
    ),
    Finding(
        "verification_failed",
        ERROR,
        "{error}",
        "So it is not known whether the connection works; nothing was changed because of it.",
        "Correct that, and run the playbook again: it changes nothing that is in sync.",
    ),
    Finding(
        "changes_not_in_effect",
        ERROR,
        "{environment} is not in sync although this run has just written it. What differs: {differences}.",
        "Someone else may be writing the same destinations or trust certificates, or the service shows an older state.",
        "Run the playbook again in a few minutes; if that does not help, find out who else changes this subaccount.",
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
        ERROR,
        "Task Center's connector of {destination} is {status}: {jobs}.",
        "Users do not see its tasks, although tc.enabled was true when this run read it: it was resumed a moment ago, "
        "or paused since. Task Center itself sets it to false after an hour without a token.",
        "Run check_fsm in a few minutes. If tc.enabled is false then, resume it: btp_ops.task_center.resume_fsm. If it "
        "is paused again, see the connector's jobs in Task Center's monitoring.",
    ),
    Finding(
        "connector_initial_pull_unfinished",
        WARNING,
        "Task Center's connector of {destination} has not done its first pull yet: {jobs}.",
        "Whether it works is known only afterwards; waiting has ended after fsm_task_center_wait seconds.",
        "Run the playbook again later; it changes nothing that is in sync.",
    ),
)
