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
            "This run sets it to true again. If it comes back, see the connector's jobs in Task Center's monitoring.",
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
    )
}


def found(finding_id: str, severity: str | None = None, **facts: t.Any) -> dict[str, str]:
    """Return the finding with this ID and these facts."""
    return CATALOG[finding_id].told(severity, **facts)
