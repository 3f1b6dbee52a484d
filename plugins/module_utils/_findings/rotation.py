# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rotation of the trust certificate."""

from __future__ import annotations

from ansible_collections.btp_ops.task_center.plugins.module_utils._findings.finding import ERROR, WARNING, Finding

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
        "It is not known which of the two trust certificates is to replace the other: {active} is active, {passive} is "
        "passive.",
        "Their validity cannot be compared, and no label of {secondary} records a rotation of them.",
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
        "rotation_age_unknown",
        ERROR,
        "It is not known when the active trust certificate {fingerprint} expires, so nobody is warned before it does.",
        "It cannot be read: {reason}.",
        'Replace it: run again with fsm_rotation_replace: "{fingerprint}".',
    ),
    Finding(
        "rotation_discard_refused",
        ERROR,
        "The passive trust certificate {passive} is not deleted.",
        "It is valid and the active one, {active}, has expired.",
        "Remove fsm_rotation_discard and have the passive one uploaded to FSM instead.",
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
        "It becomes the active one all the same, for the present one has expired.",
        "Run the playbook again soon afterwards: the next rotation is due.",
    ),
    Finding(
        "rotation_retry_required",
        ERROR,
        "The trust certificate {fingerprint} was the active one already, and was rotated back.",
        "FSM rejected the users, or someone had another reason; activating it again would do the same again.",
        "Check in the FSM Admin portal of {host}, account {account_id}, that this certificate is uploaded. Then run "
        'again with fsm_rotation_retry: "{attempt}"; or with fsm_rotation_discard: "{fingerprint}" to delete it and '
        "stage a new one.",
    ),
    Finding(
        "rotation_upload",
        WARNING,
        "The new trust certificate {fingerprint}, valid until {not_after}, waits for its upload to FSM.",
        "It becomes the active one only when FSM trusts it, and FSM offers no API to upload it. The active one, "
        "{active}, is valid for {active_days} more days.",
        "1. Log on to the FSM Admin portal of {host}, account {account_id}.\n"
        "2. Upload this file there as a trusted certificate, and leave the old one there: {path}\n"
        "3. Add this line to fsm_uploaded_certificates of this environment, in place of [] if there is none yet:\n"
        '     - "{fingerprint}"\n'
        "4. Run the playbook again at once: SAP does not publish whether FSM accepts users with the old one after the "
        "upload of another.",
    ),
    Finding(
        "rotation_no_labels",
        ERROR,
        "The labels of destination {secondary} cannot be used: {error}",
        "The rotation remembers there when the certificates changed places and whether that was verified, so that it "
        "deletes the old one neither too early nor unverified. Nothing was changed.",
        "If the service key lacks a permission, use another one. Else rotate by hand, as SAP BTP Connectivity's guide "
        "describes it.",
    ),
    Finding(
        "rotation_signed_by_keystore",
        ERROR,
        "Destination {secondary} has a KeyStoreLocation, {keystore}, so the service signs with that key store.",
        "The subaccount's trust certificate is not used for its users, and a token of one of them says nothing "
        "of a new one. Nothing was changed.",
        "If it is there by mistake, remove it: btp_ops.task_center.connect_fsm does. Else replace the key in the key "
        "store, and rotate the trust certificate by hand for the destinations that use it.",
    ),
    Finding(
        "rotation_undeclared",
        WARNING,
        "The active trust certificate {fingerprint} is not declared as uploaded to FSM.",
        "The old one stays until it is: without the declaration, nobody knows whether FSM trusts the new one.",
        "1. Make sure that this file is uploaded in the FSM Admin portal of {host}, account {account_id}: {path}\n"
        "2. Add this line to fsm_uploaded_certificates of this environment, in place of [] if there is none yet:\n"
        '     - "{fingerprint}"\n'
        "3. Run the playbook again.",
    ),
    Finding(
        "rotation_undeclared_elsewhere",
        WARNING,
        "These environments sign with the same trust certificates and do not declare {fingerprint} as uploaded to "
        "their FSM account: {environments}.",
        "They belong to the same subaccount: their users are rejected from the moment on at which FSM gets assertions "
        "of a certificate that it does not trust there.",
        "Have the certificate uploaded to the FSM account of each of them, add its fingerprint to their "
        "fsm_uploaded_certificates, and run again.",
    ),
    Finding(
        "rotation_rejected_elsewhere",
        ERROR,
        "The trust certificate {fingerprint} was rotated back in other environments of the subaccount: {environments}.",
        "They sign with the same certificates: activating it would do the same to their users again.",
        "Solve it there first: the message of their run names the value of fsm_rotation_retry.",
    ),
    Finding(
        "rotation_neighbours_unknown",
        WARNING,
        "Ansible cannot find out which subaccount these environments of the inventory belong to: {environments}.",
        "If it is this one's, they sign with the same trust certificates, and whether FSM trusts the new one there was "
        "not checked.",
        "Run ansible-inventory --host for one of them to see why, such as a missing vault password.",
    ),
    Finding(
        "rotation_waits_for_environments",
        WARNING,
        "The old trust certificate {fingerprint} is kept for other environments of the subaccount: {environments}.",
        "The new one is not verified there, or its soak time is not over there. Without the old one there is no way "
        "back for them.",
        "Rotate them as well, and run again; what cannot be verified there, fsm_rotation_retire_unverified accepts.",
    ),
    Finding(
        "rotation_undeclared_destinations",
        WARNING,
        "These destinations of the subaccount sign with the same trust certificates, and nothing declares that their "
        "systems trust {fingerprint}: {destinations}.",
        "Those systems reject their users from the moment on at which they get assertions of a certificate that they "
        "do not trust. So the new certificate does not become the active one, and the old one is not deleted.",
        "1. Have this file installed in those systems, next to the old certificate: {path}\n"
        "2. Declare it in all environments of this subaccount:\n"
        "     fsm_rotation_trusted_elsewhere:\n"
        "{lines}\n"
        "   Or waive those whose users may be rejected: fsm_rotation_waived_destinations: [{names}]\n"
        "3. Run the playbook again. For an account of FSM, it is enough that its environment is in the inventory and "
        "declares the certificate as uploaded.",
    ),
    Finding(
        "rotation_waived_destinations",
        WARNING,
        "These destinations sign with the same trust certificates and are waived: {destinations}.",
        "Whether their systems trust the new certificate is not known; those that do not reject their users from the "
        "moment on at which it becomes the active one.",
        "Nothing, if that is meant. Else take them out of fsm_rotation_waived_destinations.",
    ),
    Finding(
        "rotation_activates_unverified",
        WARNING,
        "The trust certificate {fingerprint} becomes the active one without a verification that FSM accepts users "
        "with it.",
        "There is no fsm_user_token to try it with. If the certificate is declared as uploaded and is not, FSM rejects "
        "all users.",
        "Set fsm_user_token to the token of a user, and the old certificate returns at once where FSM rejects the new "
        "one.",
    ),
    Finding(
        "rotation_no_secondary",
        WARNING,
        "The subaccount has no destination {secondary}.",
        "Without it no token can be obtained for a user, and it is not recorded since when a certificate is active; so "
        "the old one is not deleted.",
        "Connect the environment first: btp_ops.task_center.connect_fsm.",
    ),
    Finding(
        "rotation_unverified",
        WARNING,
        "It is not verified that FSM accepts users with the trust certificate {fingerprint}.",
        "No token was obtained for a user through {secondary} since it became the active one, or only one that the "
        "service may have kept from before; a warning of the run says which.",
        "Put a user's token of this subaccount into fsm_user_token and run again; or set "
        "fsm_rotation_retire_unverified to true to have the old certificate deleted without a verification.",
    ),
    Finding(
        "rotation_not_started",
        ERROR,
        "The trust certificate {fingerprint} was not made the active one: no token could be obtained for the user "
        "with the present one either.",
        "{secondary} answered: {error}.",
        "Renew fsm_user_token, or see what else is wrong with {secondary}, and run again. If users are rejected since "
        "the new one was uploaded, FSM accepts only the last upload: take the old one, {old}, out of "
        "fsm_uploaded_certificates, and run again at once.",
    ),
    Finding(
        "rotation_rolled_back",
        ERROR,
        "FSM rejected a user with the trust certificate {fingerprint}; the old one, {old}, is the active one again.",
        "{secondary} answered: {error}.",
        "Users are propagated with the old certificate. Check in the FSM Admin portal of {host}, account "
        "{account_id}, that "
        'the new one is uploaded. Then run again with fsm_rotation_retry: "{attempt}".',
    ),
    Finding(
        "rotation_rolled_back_cause_unknown",
        ERROR,
        "No token could be obtained for a user, neither with the trust certificate {fingerprint} nor with the old one, "
        "{old}, which is the active one again.",
        "{secondary} answered: {error}.",
        "So the certificate may not be the cause: renew fsm_user_token, or see what else is wrong with "
        '{secondary}. Then run again with fsm_rotation_retry: "{attempt}".',
    ),
    Finding(
        "rotation_verification_would_fail",
        ERROR,
        "No token could be obtained for a user with the trust certificate {fingerprint}.",
        "{secondary} answered: {error}.",
        "Run again without --check: unless a token is obtained by then, it returns to the old certificate, {old}, if "
        "that one yields a token.",
    ),
    Finding(
        "rotation_cause_unknown",
        ERROR,
        "No token could be obtained for a user, neither with the trust certificate {fingerprint} nor with the old one, "
        "{old}; the new one stays the active one.",
        "{secondary} answered: {error}.",
        "So the certificate may not be the cause: renew fsm_user_token, or see what else is wrong with "
        "{secondary}, and run again.",
    ),
    Finding(
        "rotation_roll_back_failed",
        ERROR,
        "FSM rejects users: no token could be obtained with the trust certificate {fingerprint}, which is still the "
        "active one, for the return to the old one, {old}, failed.",
        "{secondary} answered: {error}. The return failed: {reason}.",
        "Run again at once, which tries to return once more. If that fails too, exchange both certificates in the SAP "
        "BTP cockpit, and check in the FSM Admin portal of {host}, account {account_id}, that the new one is uploaded.",
    ),
    Finding(
        "rotation_cannot_roll_back",
        ERROR,
        "FSM rejected a user with the trust certificate {fingerprint}, and the old one, {old}, cannot become the "
        "active one again: {no_way_back}.",
        "{secondary} answered: {error}.",
        "Check at once in the FSM Admin portal of {host}, account {account_id}, that the new one is uploaded, and "
        "run again.",
    ),
    Finding(
        "rotation_concurrent_change",
        ERROR,
        "The trust certificate {fingerprint} is not the active one although this run has made it so.",
        "Someone else changes the trust certificates of this subaccount at the same time.",
        "Wait until the other run is over, and run again: it finds out which one is active by then.",
    ),
    Finding(
        "rotation_unreadable",
        ERROR,
        "{error}.",
        "So it is not known how far the rotation is, and nothing more is changed.",
        "{remedy}",
    ),
    Finding(
        "rotation_retired",
        WARNING,
        "The old trust certificate {fingerprint} is deleted in the subaccount.",
        "FSM still trusts it, and nobody can sign with its key any more.",
        "Remove it in the FSM Admin portal of {host}, account {account_id}, and from fsm_uploaded_certificates.",
    ),
)
