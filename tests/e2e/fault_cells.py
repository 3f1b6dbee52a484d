# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every request of an operation, and every fault that may strike it: an environment of its own for each."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from landscape.faults import LostAnswer, Matching, NotJson, ResetConnection, RevokedToken, Status, TruncatedBody

if t.TYPE_CHECKING:
    from assumption_cells import Subject
    from landscape.faults import Effect, Fault

NOT_FOUND = '{"ErrorMessage":"Requested route does not exist"}'


@dataclass(frozen=True)
class Kind:
    """A kind of fault.

    Attributes:
        what: what the documentation calls it.
        effect: what happens to a request.
        lasting: whether all requests that follow are struck too.
        outage: whether it is the system's trouble, so that nobody may be told to look at keys and secrets.
    """

    what: str
    effect: Effect
    lasting: bool = False
    outage: bool = False


JSON = "application/json"
KINDS: dict[str, Kind] = {
    "overload": Kind("429, lasting", Status(429, body="Too many requests"), lasting=True, outage=True),
    "error": Kind("500, lasting", Status(500, body="Internal error"), lasting=True, outage=True),
    "gateway": Kind("502, lasting", Status(502, body="<html>Bad gateway</html>"), lasting=True, outage=True),
    "unavailable": Kind("503, lasting", Status(503, body="Service unavailable"), lasting=True, outage=True),
    "shortly": Kind("503, once", Status(503, retry_after=0), outage=True),
    "unauthorized": Kind("401, lasting", Status(401, body="Unauthorized"), lasting=True),
    "forbidden": Kind("403, lasting", Status(403, body="Forbidden"), lasting=True),
    "missing": Kind("404, lasting", Status(404, body=NOT_FOUND, content_type=JSON), lasting=True),
    "reset": Kind("connection reset, lasting", ResetConnection(), lasting=True, outage=True),
    "lost": Kind("answer lost, once", LostAnswer(), outage=True),
    "silence": Kind("answers lost, lasting", LostAnswer(), lasting=True, outage=True),
    "cut": Kind("answer cut off, once", TruncatedBody(), outage=True),
    "shorn": Kind("answers cut off, lasting", TruncatedBody(), lasting=True, outage=True),
    "page": Kind("a page in place of JSON, lasting", NotJson(), lasting=True),
    "empty": Kind("an empty object, lasting", Status(200, body="{}", content_type=JSON), lasting=True),
    "list": Kind("a list of an empty object, lasting", Status(200, body="[{}]", content_type=JSON), lasting=True),
    "revoked": Kind("token revoked, once", RevokedToken()),
}


@dataclass(frozen=True)
class FaultCell:
    """One kind of fault at one request of a run."""

    kind: str
    nth: int
    assumption: str = ""

    @property
    def host(self) -> str:
        """The name of its host."""
        return f"{self.kind}.{self.nth}"

    @property
    def config(self) -> dict[str, t.Any]:
        """A usual environment."""
        return {}

    def strike(self, one: Subject) -> Fault:
        """Switch the fault on in an environment that is ready to be operated on."""
        kind = KINDS[self.kind]
        matching = Matching(environment=one.environment.name, origin="client")
        times = None if kind.lasting else 1
        return one.connection.operator.landscape.faults.add(kind.effect, matching, nth=self.nth, times=times)
