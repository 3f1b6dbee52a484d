#!/usr/bin/python

# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: btp_destination
short_description: Manage one destination of SAP BTP's Destination Service
version_added: 1.0.0
description:
  - Creates, updates and deletes a destination in a subaccount or in a Destination Service instance.
  - The service replaces a destination as a whole, so the module reads it, works out the whole configuration, and
    writes it only when it differs. The service knows no conditional write. So the module reads directly before an
    update, and again afterwards, and a warning tells which properties someone else has changed in between.
  - Labels are a resource of their own. They are read only when O(labels) is given, and set after the destination.
author:
  - The btp_ops.task_center authors (@btp-ops)
extends_documentation_fragment:
  - btp_ops.task_center.btp
  - btp_ops.task_center.https
  - btp_ops.task_center.attributes
options:
  name:
    description: Name of the destination, unique in its level. Letters, digits, C(_) and C(-), at most 200 of them.
    type: str
    required: true
  state:
    description: Whether the destination has to be there.
    type: str
    choices: [present, absent]
    default: present
  level:
    description:
      - Where the destination is. SAP Task Center reads those of the subaccount.
      - One of the instance hides one of the same name in the subaccount from applications that use this instance.
    type: str
    choices: [subaccount, instance]
    default: subaccount
  properties:
    description:
      - Properties by the JSON keys of the REST API, such as C(URL) or C(tokenServiceURLType). They are case-sensitive.
      - A mapping, or JSON or YAML text of one.
      - The service keeps texts. A boolean becomes V(true) or V(false), an integer its digits. A number with a
        fraction is refused, because it might arrive as another text, such as V(1) for V(1.0); quote it.
      - Null means that the property must not exist.
    type: raw
    default: {}
  secret_properties:
    description:
      - Properties that are never shown, such as C(clientSecret) and C(tokenServicePassword).
      - An empty text is refused, for it would wipe the stored secret. Null means that the property must not exist.
      - A mapping, or JSON or YAML text of one.
    type: raw
    default: {}
  secret_names:
    description: Names of further properties that hold secrets though their names do not tell; they are never shown.
    type: list
    elements: str
    default: []
  update_secrets:
    description:
      - With V(always), a stored secret that differs from O(secret_properties) is replaced.
      - With V(on_create), the secrets of a destination that exists stay, whatever O(secret_properties) says.
      - With V(unless_shown), they stay as well, apart from those that the service does not show (left out, null, or
        starred). Those have to be in O(secret_properties) if anything else is to change, for an update replaces the
        whole destination.
      - Secrets that the service does not show cannot be compared. With V(always) they are written each time; a change
        that would lose one is refused before anything is written.
    type: str
    choices: [always, on_create, unless_shown]
    default: always
  purge_properties:
    description: Whether properties that the task does not name are removed.
    type: bool
    default: false
  labels:
    description:
      - Labels of the destination, each a list of texts whose order means nothing. They are stored unencrypted and are
        no place for secrets.
      - Null means that the label must not exist. A boolean becomes V(true) or V(false), an integer its digits.
      - A destination has at most 10 labels, each with at most 10 values; more are refused before anything is changed.
      - On a destination that exists, a task with O(labels) and without O(properties) leaves the properties as they are.
      - Should the labels be refused after the destination was written, the task fails and says so. The next run sets
        them.
      - Ignored with O(state=absent), for labels are removed with their destination.
      - A mapping, or JSON or YAML text of one.
    type: raw
  purge_labels:
    description: Whether labels that the task does not name are removed; with an empty mapping of O(labels), all.
    type: bool
    default: false
  verify_token:
    description:
      - Whether to verify the destination as soon as it is in sync. The service finds it as for an application and
        fetches a token for it. If there is none, the previous state is restored, its secrets included, and the task
        fails, unless O(restore_previous) says otherwise. The old secret never leaves the module.
      - The service may answer with a token that it has kept from before the change, which proves nothing. So the task
        also obtains one through a copy of the destination in the service instance, which has a name of its own and none
        of the properties of SAP Task Center, and deletes the copy again. Copies that killed runs have left are deleted
        after ten minutes by the next task that verifies.
      - No copy is made of a destination that depends on its level, such as one with a keystore, or of which the service
        does not show the secrets. Then a token counts only if it says that it was issued a minute after the change or
        later. RV(token_verified) says whether one was obtained that counts.
      - Costs five requests, one without a token.
      - When the destination was in sync already and yields no token, the task fails and changes nothing.
      - A preview does not try. Ignored with O(state=absent).
    type: bool
    default: false
  restore_previous:
    description:
      - Whether the previous state is restored, and the task fails, if O(verify_token) leads to no token. With V(false),
        the destination stays as it was written, and RV(token) says why there is none.
    type: bool
    default: true
  user_token:
    description:
      - JWT of the user on whose behalf O(verify_token) fetches the token; needed for principal propagation.
    type: str
  checked:
    description:
      - What an earlier check has read, as RV(btp_ops.task_center.fsm_connection_info#module:checked) or RV(checked)
        returns it. A warning tells what someone else has changed since, by names of properties.
      - Without it, or for a destination that it does not hold, the same is reported for the time since the task itself
        has read the destination.
    type: dict
    suboptions:
      destinations:
        description: A digest of each property, by names of destination and property; empty where there was none.
        type: dict
        default: {}
      must_stay:
        description:
          - Names of properties, whatever their case, that must be absent, as they were, or as the task describes them.
            Else the task fails and changes nothing, as it does when the destination was removed since.
        type: list
        elements: str
        default: []
  preview_after:
    description:
      - What earlier tasks of the same play say of this destination, in their order. A preview writes nothing, so a task
        that follows them would find the destination as it was before all of them. In check mode, the module works out
        how they would leave it, and previews its own change from there.
      - Ignored unless in check mode. So nothing of it is ever written.
    type: list
    elements: dict
    default: []
    suboptions:
      properties:
        description: As O(properties).
        type: raw
        default: {}
      secret_properties:
        description: As O(secret_properties).
        type: raw
        default: {}
      update_secrets:
        description: As O(update_secrets).
        type: str
        choices: [always, on_create, unless_shown]
        default: always
      purge_properties:
        description: As O(purge_properties).
        type: bool
        default: false
      labels:
        description: As O(labels).
        type: raw
      purge_labels:
        description: As O(purge_labels).
        type: bool
        default: false
seealso:
  - module: btp_ops.task_center.btp_destination_info
  - name: SAP BTP Connectivity, Destination Service REST API
    description: What the service accepts.
    link: https://api.sap.com/api/SAP_CP_CF_Connectivity_Destination/overview
"""

EXAMPLES = r"""
- name: The technical user's destination to SAP Field Service Management
  btp_ops.task_center.btp_destination:
    service_key: "{{ fsm_destination_service_key }}"
    name: FSM
    properties:
      Type: HTTP
      URL: https://de.fsm.cloud.sap/cloud-approval-service/api
      ProxyType: Internet
      Authentication: OAuth2ClientCredentials
      clientId: "{{ fsm_client_id }}"
      tokenServiceURLType: Dedicated
      tokenServiceURL: https://de.fsm.cloud.sap/api/oauth2/v2/token
      tokenServiceUser: "{{ fsm_client_id }}"
      tc.enabled: true
      URL.headers.X-Client-Version: "1.0"
    secret_properties:
      clientSecret: "{{ fsm_client_secret }}"
      tokenServicePassword: "{{ fsm_client_secret }}"

- name: One property less, one changed, all others as they are
  btp_ops.task_center.btp_destination:
    service_key: "{{ fsm_destination_service_key }}"
    name: FSM
    properties:
      tc.ui.group: null
      tc.notifications.enabled: true

- name: Labels of a destination whose properties others manage
  btp_ops.task_center.btp_destination:
    service_key: "{{ fsm_destination_service_key }}"
    name: FSM
    labels:
      stage: [prod]
      owner: [field-service, task-center]
      temporary: null

- name: A new client secret, in use only if it works
  btp_ops.task_center.btp_destination:
    service_key: "{{ fsm_destination_service_key }}"
    name: FSM
    secret_properties:
      clientSecret: "{{ fsm_client_secret }}"
      tokenServicePassword: "{{ fsm_client_secret }}"
    verify_token: true

- name: No destination of this name in the service instance
  btp_ops.task_center.btp_destination:
    service_key: "{{ fsm_destination_service_key }}"
    name: FSM
    level: instance
    state: absent
"""

RETURN = r"""
action:
  description: What was done, or would be in check mode.
  type: str
  returned: success
  sample: update
destination:
  description: The destination as it is afterwards, secrets masked; empty when it was removed.
  type: dict
  returned: success
  sample:
    Name: FSM
    Type: HTTP
    clientSecret: "********"
changed_properties:
  description: Names of the properties that appeared, changed or went.
  type: list
  elements: str
  returned: success
  sample: [URL, clientSecret]
written_at:
  description:
    - When the destination was written at the latest, in seconds since the epoch by the clock of the machine that runs
      the module; null if nothing was written.
  type: float
  returned: success
added_properties:
  description: Names of the properties that the destination did not have before; of one that was created, all.
  type: list
  elements: str
  returned: success
  sample: [tc.enabled]
checked:
  description: The option O(checked) for a later task, with the destination as it is afterwards.
  type: dict
  returned: success, with O(checked)
token_verified:
  description:
    - Whether a token was obtained that cannot be older than the destination as it is now. If not, RV(token) says why.
  type: bool
  returned: success, with O(verify_token), unless in check mode
token:
  description: What came of the attempt to obtain a token.
  type: dict
  returned: success, with O(verify_token), unless in check mode
  contains:
    obtained:
      description: Whether the service obtained a token.
      type: bool
    fresh:
      description: Whether the token cannot be older than what was written.
      type: bool
    doubt:
      description: Why it may be older; empty if it cannot, or if there is none.
      type: str
    left_over:
      description: The copy that could not be deleted, and why; empty if there is none.
      type: str
    type:
      description: Type of the token.
      type: str
    expires_in:
      description: Seconds until the token expires, or null.
      type: int
    issued_at:
      description: When the token was issued, as it says itself, in seconds since the epoch; or null.
      type: int
    error:
      description: Why there is none, in the service's words; empty when there is one.
      type: str
    found_at:
      description: The level at which the destination was found.
      type: str
    differing_properties:
      description:
        - Names of properties that the service found with other values than were written, after a while of waiting. With
          some, what came of it is about the destination as it was.
      type: list
      elements: str
labels:
  description: The labels of the destination as they are afterwards.
  type: dict
  returned: success, with O(state=present) and O(labels)
  sample:
    stage: [prod]
changed_labels:
  description: Keys of the labels that were added, changed or removed.
  type: list
  elements: str
  returned: success, with O(state=present) and O(labels)
  sample: [stage]
"""

import time
import typing as t

from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.destination_service import DestinationService
from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.options import (
    BTP,
    LEVEL,
    open_http,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.service_key import read_service_key
from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.token_claims import (
    bare_token,
    check_unexpired,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.errors import InputError, Refused
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.given_values import Unfit, is_blank, mapping
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.module import (
    Environ,
    Outcome,
    Spec,
    diff_entry,
    run_module,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.secrets import secret_values
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.words import option_name
from ansible_collections.btp_ops.task_center.plugins.module_utils._destination.apply import (
    Token,
    TokenCheck,
    carry_out_and_verify,
    set_labels,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._destination.labels import (
    DesiredLabels,
    LabelsPlan,
    desired_labels,
    plan_labels,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._destination.meanwhile import (
    Checked,
    changes_told,
    refuse_changed,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._destination.plan import (
    UPDATE_SECRETS,
    DesiredDestination,
    Plan,
    check_name,
    desired_destination,
    plan_absent,
    plan_present,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._destination.preview import (
    EarlierTask,
    destination_after,
    labels_after,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._destination.temporary_copy import left_over_warning

# What a task says of a destination. Raw, for Ansible takes the text key=value for a mapping, and drops quotes in it.
DESCRIPTION: dict[str, dict[str, t.Any]] = {
    "properties": {"type": "raw", "default": {}},
    "secret_properties": {"type": "raw", "default": {}, "no_log": True},
    "update_secrets": {"type": "str", "choices": list(UPDATE_SECRETS), "default": "always", "no_log": False},
    "purge_properties": {"type": "bool", "default": False},
    "labels": {"type": "raw"},
    "purge_labels": {"type": "bool", "default": False},
}
MAPPINGS = ("properties", "secret_properties", "labels")

SPEC = Spec(
    {
        "name": {"type": "str", "required": True},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        **DESCRIPTION,
        "secret_names": {"type": "list", "elements": "str", "default": [], "no_log": False},
        "preview_after": {"type": "list", "elements": "dict", "default": [], "options": DESCRIPTION},
        "verify_token": {"type": "bool", "default": False, "no_log": False},
        "restore_previous": {"type": "bool", "default": True},
        "user_token": {"type": "str", "no_log": True},
        "checked": {
            "type": "dict",
            "options": {
                "destinations": {"type": "dict", "default": {}},
                "must_stay": {"type": "list", "elements": "str", "default": []},
            },
        },
    },
    {"required_if": [("purge_labels", True, ["labels"])]},
).including(LEVEL, BTP)


def work(params: dict[str, t.Any], check_mode: bool, environ: Environ) -> Outcome:
    """Bring the destination to the state that the options describe."""
    name, level = params["name"], params["level"]
    params = _with_mappings(params)
    wanted = _desired(params)
    present = params["state"] == "present"
    wanted_labels = _desired_labels(params, name) if present else None
    earlier = [_earlier(params, task) for task in params["preview_after"]] if check_mode else []
    service = DestinationService(open_http(params, environ), read_service_key(params))
    checked = Checked.of(params["checked"])
    service.http.secrets |= {value for value in wanted.secrets.values() if value}

    def plan() -> Plan:
        current = service.destination(level, name)
        service.http.secrets |= secret_values(current or {}, wanted.hidden)
        refuse_changed(checked, wanted, current, service.key, present)
        current = destination_after(earlier, current)
        return plan_present(wanted, current) if present else plan_absent(current, wanted.hidden)

    def plan_of_labels(written: Plan) -> LabelsPlan | None:
        if wanted_labels is None:
            return None
        current = {} if written.action == "create" else service.labels(level, name) or {}
        return plan_labels(name, wanted_labels, labels_after(earlier, current), params["purge_labels"])

    planned = first = plan()
    if params["user_token"]:
        check_unexpired(params["user_token"], option_name("user_token"), service.http.now())
    if planned.action == "create" and wanted_labels is not None and not wanted.properties and not wanted.secrets:
        raise Refused(
            f"There is no destination {name} (level {level}) that could be labelled.",
            "Check name and level, or give properties, so that it is created.",
        )
    # Before anything is written: too many labels are refused here.
    labels = plan_of_labels(first)
    token: Token | None = None
    warnings: list[str] = []
    if not check_mode:
        # Directly before an update, for it replaces whatever is there.
        latest = plan() if labels is not None and first.action == "update" else first
        planned, token = carry_out_and_verify(service, level, name, latest, plan, _check(params))
        warnings = changes_told(checked, wanted, first.current, planned, service.key)
        if planned is not latest or planned.action == "update":
            # Someone else may have come in between, and setting labels replaces all of them.
            labels = plan_of_labels(planned)
        if labels and labels.changed_labels:
            set_labels(service, level, name, planned, labels)
    outcome = _outcome(f"{name} ({level})", planned, labels)
    # Later tasks go by it.
    outcome.decisions["written_at"] = time.time() if outcome.changed and not check_mode else None
    outcome.warnings += warnings
    # A preview has written nothing, so the check is still up to date.
    outcome.decisions.update({"checked": params["checked"]} if check_mode and params["checked"] else {})
    outcome.decisions.update({} if check_mode else _still_checked(params, checked, planned, service))
    _report_token(outcome, name, token, warn=params["restore_previous"])
    return outcome


def _still_checked(
    params: dict[str, t.Any], checked: Checked, planned: Plan, service: DestinationService
) -> dict[str, t.Any]:
    """Return the option ``checked`` for a later task of those that hand it on."""
    if not params["checked"]:
        return {}
    state = planned.current if planned.action == "none" else planned.destination
    return {"checked": checked.with_state(params["name"], state, service.key).facts()}


def _check(params: dict[str, t.Any]) -> TokenCheck | None:
    """Return what is to be verified of the destination."""
    if params["state"] == "absent" or not params["verify_token"]:
        return None
    return TokenCheck(params["user_token"], params["restore_previous"])


def _report_token(outcome: Outcome, name: str, token: Token | None, warn: bool) -> None:
    """Report what came of the verification, if there was one.

    :param warn: whether the task promises more than to report it
    """
    if token is None:
        return
    # These as well.
    outcome.decisions.update(token=token, token_verified=token["obtained"] and token["fresh"])
    if warn and token["doubt"]:
        outcome.warnings.append(f"Destination {name} yields a token, but is not verified: {token['doubt']}.")
    if token["left_over"]:
        outcome.warnings.append(left_over_warning(token["left_over"]))


def _with_mappings(task: dict[str, t.Any]) -> dict[str, t.Any]:
    """Return what a task says with mappings in place of texts of them.

    :raises InputError: a text is none of a mapping
    """
    return {**task, **{option: _mapping(task, option) for option in MAPPINGS}}


def _mapping(params: dict[str, t.Any], option: str) -> dict[str, t.Any] | None:
    """Return a mapping that is given as such or as text, exactly; None if it is not given.

    :raises InputError: it is none
    """
    if is_blank(params[option]):
        return None if option == "labels" else {}
    try:
        return mapping(params[option])
    except Unfit as rule:
        raise InputError(f"{option} is not {rule}.", "Correct the option; nothing was sent.") from None


def _desired(params: dict[str, t.Any]) -> DesiredDestination:
    """Check what can be checked before anything is sent."""
    check_name(params["name"])
    if params["user_token"]:
        bare_token(params["user_token"], option_name("user_token"))
    return _described(params, params)


def _described(params: dict[str, t.Any], task: dict[str, t.Any]) -> DesiredDestination:
    """Return the destination as this task, or an earlier one of the same preview, describes it."""
    return desired_destination(
        params["name"],
        task["properties"],
        task["secret_properties"],
        purge=task["purge_properties"],
        update_secrets=task["update_secrets"],
        secret_names=params["secret_names"],
    )


def _desired_labels(task: dict[str, t.Any], name: str) -> DesiredLabels | None:
    return None if task["labels"] is None else desired_labels(name, task["labels"])


def _earlier(params: dict[str, t.Any], task: dict[str, t.Any]) -> EarlierTask:
    task = _with_mappings(task)
    return EarlierTask(_described(params, task), _desired_labels(task, params["name"]), task["purge_labels"])


def _outcome(title: str, planned: Plan, labels: LabelsPlan | None) -> Outcome:
    """Report what was done, or would be."""
    relabelled = labels is not None and bool(labels.changed_labels)
    shown: list[tuple[str, t.Any, t.Any]] = [(title, planned.before, planned.after)]
    facts = planned.facts()
    if relabelled and planned.action == "none":
        facts["action"] = "update"
    if labels is not None:
        shown.append((f"{title}: labels", labels.before, labels.after))
        facts.update(labels=labels.after, changed_labels=labels.changed_labels)
    added = sorted(planned.after.keys() - planned.before.keys())
    return Outcome(
        changed=facts["action"] != "none",
        facts=facts,
        # Later tasks go by it.
        decisions={"added_properties": added if planned.action != "none" else []},
        diff=[diff_entry(header, before, after) for header, before, after in shown],
    )


def main() -> None:
    """Run as a module."""
    run_module(SPEC, work)


if __name__ == "__main__":
    main()
