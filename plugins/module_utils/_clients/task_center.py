# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""SAP Task Center's monitoring API (its guide, "Monitoring"): one method per call. No decisions."""

from __future__ import annotations

import typing as t
from urllib.parse import quote, urlsplit

from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.connectors import (
    Connector,
    Job,
    Unreadable,
    has_runs,
    read_connector,
    read_connectors,
    read_job,
    read_service_status,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.http_client import Bearer, Http
from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.service_key import ServiceKey
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.errors import ServiceError

T = t.TypeVar("T")

ROLE = "The token has to be of a user who has the role TaskCenterAdmin in this subaccount"
NEXT_STEP_OF_STATUS = {
    401: f"{ROLE}, and must not have expired.",
    403: f"{ROLE}; assign it to the user and log on again.",
    404: "Check endpoints.inbox_rest_url of the service key.",
}
SERVICE_PATH = "/task-center-service"
NEXT_STEP = "Run the task again later; if it keeps failing, report it to SAP."
NOT_UNDERSTOOD = "SAP does not publish the form of this answer: compare it with Task Center's monitoring and report it."


class Tokens(t.Protocol):
    """Where a user's access tokens come from."""

    def bearer(self) -> Bearer:
        """Return the authentication of a request."""

    def forget(self) -> None:
        """Drop the token, because the service did not accept it."""


class UserToken:
    """A user's access token that was given, and cannot be renewed."""

    def __init__(self, http: Http, token: str) -> None:
        http.secrets.add(token)
        self._token = token

    def bearer(self) -> Bearer:
        """Return the authentication of a request."""
        return Bearer(self._token)

    def forget(self) -> None:
        """Do nothing: there is no other one."""


class TaskCenter:
    """Speaks to Task Center in the one subaccount that the service key belongs to, in a user's name."""

    def __init__(self, http: Http, key: ServiceKey, tokens: Tokens) -> None:
        self.http = http
        self.tokens = tokens
        self.base = f"{key.api_url}/v1"
        parts = urlsplit(key.api_url)
        # SAP's guide has both paths, in different places.
        self._elsewhere = f"https://{parts.netloc}{SERVICE_PATH}/v1"
        self.system = f"SAP Task Center of {key.subaccount}"

    def connectors(self) -> list[Connector]:
        """Return all connectors.

        :raises ServiceError: Task Center refused, cannot be reached, or answered what cannot be understood
        """
        return self._read_at_either_path("list the connectors", "connectors", read_connectors)

    def connector(self, connector_id: str) -> Connector | None:
        """Return one connector, or None when there is none."""
        what = f"read connector {connector_id}"
        return self._read_if_there(what, f"connectors/{quote(connector_id, safe='')}", read_connector)

    def job(self, connector_id: str, job_type: str) -> Job | None:
        """Return the last run of a connector's job, or None when there was none."""
        return self._read_if_there(
            f"read job {job_type} of connector {connector_id}",
            f"connectors/{quote(connector_id, safe='')}/jobTypes/{job_type}",
            lambda said: read_job(said, job_type) if has_runs(said) else None,
        )

    def service_status(self) -> list[dict[str, str]]:
        """Return the states of Task Center's own settings, each with code, status and message."""
        return self._read_at_either_path("read the service status", "service-status", read_service_status)

    def _read_at_either_path(self, what: str, path: str, reader: t.Callable[[t.Any], T]) -> T:
        """Read what is always there, and so shows where Task Center's monitoring is."""
        try:
            return self._read(what, path, reader)
        except ServiceError as error:
            if error.status != 404 or self.base == self._elsewhere:
                raise
            named, self.base = self.base, self._elsewhere
            try:
                return self._read(what, path, reader)
            except ServiceError:
                # What the service key names is what its owner can correct.
                self.base = named
                raise error from None

    def _read_if_there(self, what: str, path: str, reader: t.Callable[[t.Any], T]) -> T | None:
        try:
            return self._read(what, path, reader)
        except ServiceError as error:
            if error.status == 404:
                return None
            raise

    def _read(self, what: str, path: str, reader: t.Callable[[t.Any], T]) -> T:
        url = f"{self.base}/{path}"
        answer = self.http.request(self.system, what, "GET", url, auth=self.tokens.bearer())
        if answer.status_code == 401:
            # The token may have been revoked before its time: obtain a new one, once.
            self.tokens.forget()
            answer = self.http.request(self.system, what, "GET", url, auth=self.tokens.bearer())
        if answer.status_code != 200:
            remedy = NEXT_STEP_OF_STATUS.get(answer.status_code, NEXT_STEP)
            raise self.http.refused(self.system, what, answer, remedy)
        try:
            return reader(self.http.json(self.system, what, answer))
        except Unreadable as reason:
            raise ServiceError(
                f"{self.system} answered what cannot be understood to: {what}; {reason}.", NOT_UNDERSTOOD, 200
            ) from reason
