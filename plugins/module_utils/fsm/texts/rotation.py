# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rotation of the trust certificate."""

from __future__ import annotations

from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.finding import ERROR, WARNING, Finding

FINDINGS = (
    Finding(
        "rotation_no_active",
        ERROR,
        "The subaccount has no active trust certificate.",
        "There is nothing to rotate.",
        "Connect the environment first: btp_ops.task_center.connect_fsm.",
    ),
    Finding(
        "rotation_order_unknown",
        ERROR,
        "Nothing tells which of the two trust certificates is to replace the other: {active} is active, {passive} "
        "is "
        "passive.",
        "Their validity cannot be compared, and no label of {secondary} remembers a rotation of them.",
        'Run again with fsm_rotation_replace: "<fingerprint of the old one>"; or, if nobody needs the passive one, '
        'with fsm_rotation_discard: "{passive}".',
    ),
    Finding(
        "rotation_both_expired",
        ERROR,
        "Both trust certificates have expired, the active one {active} and the passive one {passive}.",
        "FSM rejects every assertion that is signed with their keys.",
        'Run again with fsm_rotation_discard: "{passive}" to delete the passive one and stage a new one.',
    ),
    Finding(
        "rotation_discard_refused",
        ERROR,
        "The passive trust certificate {passive} is not deleted.",
        "It is valid and the active one, {active}, has expired.",
        "Take fsm_rotation_discard away and have the passive one uploaded to FSM instead.",
    ),
    Finding(
        "rotation_passive_expires",
        ERROR,
        "The passive trust certificate {fingerprint} itself expires in {days_left} days, on {not_after}.",
        "Fewer than fsm_rotation_start_days ({start_days}) are left; once active it would have to be replaced at once.",
        'Run again with fsm_rotation_discard: "{fingerprint}" to delete it and stage a new one.',
    ),
    Finding(
        "rotation_passive_expires_too",
        WARNING,
        "The passive trust certificate {fingerprint} expires in {days_left} days, on {not_after}.",
        "It takes over all the same, for the active one has expired.",
        "Run the playbook again soon afterwards: the next rotation is due.",
    ),
    Finding(
        "rotation_was_rolled_back",
        ERROR,
        "The trust certificate {fingerprint} was the active one already, and was rotated back.",
        "FSM rejected the users, or someone had another reason; activating it again would do the same again.",
        "Check in the FSM Admin portal of {host}, account {account_id}, that this certificate is uploaded. Then "
        "run again "
        'with fsm_rotation_retry: "{fingerprint}"; or with fsm_rotation_discard and the same fingerprint to '
        "delete it "
        "and stage a new one.",
    ),
    Finding(
        "rotation_upload",
        WARNING,
        "The new trust certificate {fingerprint}, valid until {not_after}, waits for its upload to FSM.",
        "It becomes the active one only when FSM trusts it, and FSM offers no API to upload it. The active one, "
        "{active}, "
        "lives for {active_days} more days.",
        "1. Log on to the FSM Admin portal of {host}, account {account_id}.\n"
        "2. Upload this file there as a trusted certificate, and leave the old one there: {path}\n"
        "3. Add this line to fsm_uploaded_certificates of this environment:\n"
        '     - "{fingerprint}"\n'
        "4. Run the playbook again.",
    ),
    Finding(
        "rotation_undeclared",
        WARNING,
        "The active trust certificate {fingerprint} is not declared as uploaded to FSM.",
        "The old one stays until it is: without the declaration, nobody knows whether FSM trusts the new one.",
        "1. Make sure that this file is uploaded in the FSM Admin portal of {host}, account {account_id}: {path}\n"
        "2. Add this line to fsm_uploaded_certificates of this environment:\n"
        '     - "{fingerprint}"\n'
        "3. Run the playbook again.",
    ),
    Finding(
        "rotation_others",
        WARNING,
        "These destinations sign with the same trust certificate, for other systems: {destinations}.",
        "Those systems reject their users from the moment on at which the new certificate becomes the active one, "
        "unless "
        "they trust it by then.",
        "Have the new certificate uploaded there too before you declare it as uploaded.",
    ),
    Finding(
        "rotation_no_secondary",
        WARNING,
        "The subaccount has no destination {secondary}.",
        "Without it no token can be obtained for a user, and nothing remembers since when a certificate is "
        "active; so the "
        "old one is not deleted.",
        "Connect the environment first: btp_ops.task_center.connect_fsm.",
    ),
    Finding(
        "rotation_unproven",
        WARNING,
        "It is not proven that FSM accepts users with the trust certificate {fingerprint}.",
        "No token was obtained for a user through {secondary} since it became the active one.",
        "Put a user's token of this subaccount into fsm_rotation_user_token and run again; or set "
        "fsm_rotation_retire_unproven to true to let the old certificate go without proof.",
    ),
    Finding(
        "rotation_not_started",
        ERROR,
        "The trust certificate {fingerprint} was not made the active one: no token could be obtained for the user "
        "with the "
        "present one either.",
        "{secondary} answered: {error}.",
        "Renew fsm_rotation_user_token, or see what else is wrong with {secondary}, and run again.",
    ),
    Finding(
        "rotation_rolled_back",
        ERROR,
        "FSM rejected a user with the trust certificate {fingerprint}; the old one, {old}, is the active one again.",
        "{secondary} answered: {error}.",
        "Users are propagated with the old certificate. Check in the FSM Admin portal of {host}, account "
        "{account_id}, that "
        'the new one is uploaded. Then run again with fsm_rotation_retry: "{fingerprint}".',
    ),
    Finding(
        "rotation_rolled_back_in_doubt",
        ERROR,
        "No token could be obtained for a user, neither with the trust certificate {fingerprint} nor with the old "
        "one, "
        "{old}, which is the active one again.",
        "{secondary} answered: {error}.",
        "So the certificate may not be the cause: renew fsm_rotation_user_token, or see what else is wrong with "
        '{secondary}. Then run again with fsm_rotation_retry: "{fingerprint}".',
    ),
    Finding(
        "rotation_cannot_roll_back",
        ERROR,
        "FSM rejected a user with the trust certificate {fingerprint}, and the old one, {old}, has expired.",
        "{secondary} answered: {error}.",
        "Check at once in the FSM Admin portal of {host}, account {account_id}, that the new one is uploaded, and "
        "run again.",
    ),
    Finding(
        "rotation_overtaken",
        ERROR,
        "The trust certificate {fingerprint} is not the active one although this run has made it so.",
        "Someone else changes the trust certificates of this subaccount at the same time.",
        "Wait until the other run is over, and run again: it finds out what stands by then.",
    ),
    Finding(
        "rotation_retired",
        WARNING,
        "The old trust certificate {fingerprint} is deleted in the subaccount.",
        "FSM still trusts it, and nobody can sign with its key any more.",
        "Remove it in the FSM Admin portal of {host}, account {account_id}, and from fsm_uploaded_certificates.",
    ),
)
