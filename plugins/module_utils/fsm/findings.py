# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a check can find, told to the operator: what is wrong, why it matters, what to do. The texts stand here only."""

from __future__ import annotations

import typing as t
from dataclasses import asdict, dataclass, replace

ERROR = "error"
WARNING = "warning"


@dataclass(frozen=True)
class Finding:
    """One finding; its texts have places for the facts in ``{}``.

    :param severity: an error stops the run before anything is written; a warning is told
    """

    id: str
    severity: str
    what: str
    why: str
    todo: str

    def told(self, severity: str | None = None, **facts: t.Any) -> dict[str, str]:
        """Return the finding with its facts, as the role and its report use it.

        :param severity: another severity than the usual one
        """
        filled = replace(
            self,
            severity=severity or self.severity,
            what=self.what.format(**facts),
            why=self.why.format(**facts),
            todo=self.todo.format(**facts),
        )
        return {**asdict(filled), "text": f"{filled.what}\n{filled.why}\n{filled.todo}"}


CATALOG = {
    finding.id: finding
    for finding in (
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
            "{variable} is a number.",
            "YAML drops leading zeros, or reads the digits as octal, before anyone can notice.",
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
            "Check both; the SAML metadata URL stands in FSM Admin.",
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
        Finding(
            "initial_setup_missing",
            ERROR,
            "The subaccount has no destination {destination}.",
            "It belongs to SAP Task Center's initial setup, without which Task Center finds no user.",
            "Finish the initial setup of SAP Task Center, or use a service key of the subaccount in which it was done.",
        ),
        Finding(
            "setup_misspelt",
            WARNING,
            "The subaccount has a destination {destination}, which looks like a misspelt {right}.",
            "SAP Task Center reads destinations of its initial setup by their exact names.",
            "Compare it with the guide's initial setup, and create {right} instead if that is what it was meant to be.",
        ),
        Finding(
            "client_refused",
            ERROR,
            "{error}",
            "Neither destination would get a token with fsm_client_id and fsm_client_secret.",
            "Compare both with FSM Admin, or generate a new client secret there.",
        ),
        Finding(
            "client_of_other_account",
            ERROR,
            "FSM says that the client belongs to account {told}; fsm_account_id is {account_id}.",
            "FSM would refuse requests for another account.",
            "Use the client of this account, or correct fsm_account_id.",
        ),
        Finding(
            "client_of_other_company",
            ERROR,
            "FSM says that the client may work for {told}; fsm_company_id is {company_id}.",
            "FSM would refuse requests for another company.",
            "Correct fsm_company_id, or give the client access to this company in FSM Admin.",
        ),
        Finding(
            "client_of_other_cluster",
            ERROR,
            "FSM says that the account is on {told}; fsm_url is on {host}.",
            "FSM's clusters do not know each other's accounts.",
            "Correct fsm_url.",
        ),
        Finding(
            "metadata_unavailable",
            ERROR,
            "{error}",
            "FSM accepts users only from assertions whose audience is the entity ID in the account's SAML metadata, "
            "and fsm_audience has to be their URL.",
            "Copy the SAML metadata URL from FSM Admin. If this network forbids the request, set fsm_check_metadata to "
            "false.",
        ),
        Finding(
            "audience_differs",
            ERROR,
            "The SAML metadata at fsm_audience name {entity_id} as their entity ID.",
            "FSM rejects assertions for another audience.",
            "Set fsm_audience to {entity_id}.",
        ),
        Finding(
            "system_unread",
            ERROR,
            "{error}",
            "What stands there could not be checked.",
            "See to that first, and run the check again.",
        ),
        Finding(
            "second_primary",
            ERROR,
            "Destination {destination} is a primary destination to the same FSM system "
            "(host {host}, account {account_id}, company {company_id}).",
            "With a second one, users would see every task twice.",
            "Set fsm_name to {destination} to take it over, or disconnect it first.",
        ),
        Finding(
            "name_taken",
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
            "Whoever reads the destinations through this instance finds two, and users could see every task twice.",
            "Remove it: btp_ops.task_center.btp_destination with level instance and state absent.",
        ),
        Finding(
            "secondary_alone",
            WARNING,
            "Destination {destination} to FSM stands without its primary destination {partner}.",
            "Task Center never uses it.",
            "Connect {partner}, or remove {destination}.",
        ),
        Finding(
            "primary_alone",
            WARNING,
            "Destination {destination} to FSM stands without its secondary destination {partner}.",
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
            "not_fsm",
            ERROR,
            "Destination {destination} leads to {host}.",
            "It is no destination to FSM, so it is not removed.",
            "Set fsm_name to the name of the primary destination to FSM.",
        ),
        Finding(
            "shadowed",
            ERROR,
            "The service instance has a destination {destination} of its own.",
            "It hides the subaccount's destination of this name from whoever asks through this instance, so "
            "nothing could be proven.",
            "Remove it: btp_ops.task_center.btp_destination with level instance and state absent.",
        ),
        Finding(
            "paused",
            WARNING,
            "Destination {destination} has tc.enabled {value}.",
            "Someone has paused it, or Task Center did, which it does after an hour without a token; users see no "
            "tasks of it.",
            "connect_fsm sets it to true again. If it comes back, see the connector's jobs in Task Center's "
            "monitoring.",
        ),
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
            "It rereads the subaccount's destinations every minute, and has not found this one as a primary destination.",
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
            "connector_not_done",
            WARNING,
            "Task Center's connector of {destination} has not done its first pull yet: {jobs}.",
            "Whether it works is known only afterwards; waiting has ended after fsm_task_center_wait seconds.",
            "Run the playbook again later; it changes nothing that stands.",
        ),
        Finding(
            "no_primary",
            ERROR,
            "{destination} is no primary destination that could be worked on: {reason}.",
            "Nothing was changed.",
            "Set fsm_name to the name of the primary destination to FSM, or connect it first: "
            "btp_ops.task_center.connect_fsm.",
        ),
        Finding(
            "not_enabled",
            ERROR,
            "Destination {destination} has no tc.enabled, so Task Center has no connector of it.",
            "It was never connected, or someone stopped while its task cache was repopulated or it was renamed.",
            "Run btp_ops.task_center.repopulate_fsm or btp_ops.task_center.rename_fsm again if one of them was "
            "interrupted, else btp_ops.task_center.connect_fsm.",
        ),
        Finding(
            "other_system",
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
            "rename_while_repopulating",
            ERROR,
            "The repopulation of {old} was interrupted.",
            "Which value tc.enabled had stands in its labels, and would be lost.",
            "Finish it first: btp_ops.task_center.repopulate_fsm with fsm_name {old}.",
        ),
        Finding(
            "connector_stays",
            ERROR,
            "Task Center still has its connector of {destination}, {waited} seconds after tc.enabled was removed.",
            "Its tasks would be shown beside those of a new connector.",
            "See the connector's CONFIG job in Task Center's monitoring, and run the playbook again: it goes on from "
            "here.",
        ),
        Finding(
            "connector_unseen",
            WARNING,
            "Nobody has seen that Task Center's connector of {destination} {event}.",
            "That takes fsm_task_center_service_key and an administrator's token, which are not set.",
            "Set them, or look at the connectors in Task Center's monitoring.",
        ),
        Finding(
            "certificate_none",
            WARNING,
            "The subaccount has no trust certificate yet.",
            "Without it the secondary destination cannot propagate users.",
            "A real run generates it, writes its file, and stops there until it is uploaded to FSM.",
        ),
        Finding(
            "certificate_expired",
            ERROR,
            "The trust certificate {fingerprint} has expired on {not_after}.",
            "FSM rejects every assertion that is signed with its key.",
            "Rotate the trust certificate.",
        ),
        Finding(
            "certificate_not_yet_valid",
            ERROR,
            "The trust certificate {fingerprint} is valid from {not_before} only.",
            "FSM rejects assertions until then.",
            "Compare this machine's clock with the service's; if it is right, wait.",
        ),
        Finding(
            "certificate_expires",
            ERROR,
            "The trust certificate {fingerprint} expires in {days_left} days, on {not_after}.",
            "Fewer than fsm_certificate_min_days ({min_days}) are left.",
            "Rotate the trust certificate first.",
        ),
        Finding(
            "certificate_unreadable",
            WARNING,
            "The validity of the trust certificate {fingerprint} cannot be read: {reason}.",
            "So this run does not know whether it is about to expire.",
            "Look at the exported file with openssl x509.",
        ),
        Finding(
            "certificate_not_uploaded",
            ERROR,
            "The trust certificate {fingerprint} is not declared as uploaded to FSM.",
            "FSM rejects every user that comes through the secondary destination until it trusts this certificate, and "
            "offers no API to upload it.",
            "1. Log on to the FSM Admin portal of {host}, account {account_id}.\n"
            "2. Upload this file there as a trusted certificate: {path}\n"
            "3. Add this line to fsm_uploaded_certificates of this environment:\n"
            '     - "{fingerprint}"\n'
            "4. Run the playbook again.",
        ),
        Finding(
            "gate_in_preview",
            WARNING,
            "A real run writes {path} and stops here.",
            "fsm_upload_gate is enforce.",
            "What this preview shows from here on happens after the upload.",
        ),
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
            "Fewer than fsm_rotation_start_days ({start_days}) are left; once active it would have to be replaced at "
            "once.",
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
            "FSM rejected a user with the trust certificate {fingerprint}; the old one, {old}, is the active one "
            "again.",
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
        Finding(
            "adoption_none",
            ERROR,
            "{source} holds no primary destination to FSM.",
            "It would have tc.provider_type FSM and tc.enabled, for that is how Task Center recognises it.",
            "Set fsm_adopt_name to the destination that is meant; or, if there is none, connect the environment: "
            "btp_ops.task_center.connect_fsm.",
        ),
        Finding(
            "adoption_several",
            ERROR,
            "{source} holds several primary destinations to FSM: {names}.",
            "A host of the inventory stands for one of them.",
            "Set fsm_adopt_name to the one that is meant. For several FSM systems, make a host for each; of two to the "
            "same system, remove one.",
        ),
        Finding(
            "adoption_not_found",
            ERROR,
            "{source} holds no destination {destination}.",
            "fsm_adopt_name says that it is to be taken over. Primary destinations to FSM there: {names}.",
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
            "Without it users cannot act on tasks, and what only it would tell, such as fsm_audience, is not known.",
            "Set fsm_audience; the first run of connect_fsm then creates the destination.",
        ),
        Finding(
            "adoption_changes",
            WARNING,
            "The first run of connect_fsm changes destination {destination}: {changes}.",
            "The role sets these as SAP's guide has them, and no variable says otherwise.",
            "Look at each of them before that run; connect_fsm with --check --diff shows them again.",
        ),
        Finding(
            "adoption_file_exists",
            ERROR,
            "{path} exists and differs from what would be written.",
            "It may hold what someone has added.",
            "Set fsm_adopt_dir to another folder and compare; or set fsm_adopt_overwrite to true, which keeps the old "
            "file beside the new one.",
        ),
        Finding(
            "adoption_file_hidden",
            ERROR,
            "{path} exists.",
            "Ansible would no longer read it, for a folder of the environment's name goes before a file of that name.",
            "Make the folder, move the file into it under another name than main.yml, and run again.",
        ),
    )
}


def found(finding_id: str, severity: str | None = None, **facts: t.Any) -> dict[str, str]:
    """Return the finding with this ID and these facts."""
    return CATALOG[finding_id].told(severity, **facts)
