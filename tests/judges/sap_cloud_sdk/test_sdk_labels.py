# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Labels of destinations, fragments and certificates, through SAP's Python client alone."""

from __future__ import annotations

import typing as t

import pytest
from sap_cloud_sdk.destination import (
    Certificate,
    CertificateClient,
    Destination,
    DestinationClient,
    DestinationOperationError,
    Fragment,
    FragmentClient,
    HttpError,
    Label,
    Level,
    ListOptions,
    PatchLabels,
)

if t.TYPE_CHECKING:
    from judges.sap_cloud_sdk.conftest import Place


class Labelled:
    """The methods that a client has for one kind of configuration."""

    def __init__(self, client: t.Any, kind: str, place: Place) -> None:
        self.place = place
        self.kind = kind
        self._client = client

    def _call(self, method: str, *arguments: t.Any) -> t.Any:
        return getattr(self._client, method)(*arguments, level=self.place.level, tenant=self.place.tenant)

    def get(self, name: str) -> list[Label]:
        return t.cast("list[Label]", self._call(f"get_{self.kind}_labels", name))

    def put(self, name: str, labels: list[Label]) -> None:
        self._call(f"update_{self.kind}_labels", name, labels)

    def patch(self, name: str, action: str, labels: list[Label]) -> None:
        self._call(f"patch_{self.kind}_labels", name, PatchLabels(action, labels))

    def replace(self, name: str) -> None:
        """Replace the configuration itself by another one of its name."""
        entity = {
            "destination": lambda: Destination(name, "TCP"),
            "fragment": lambda: Fragment(name, {"Description": "another"}),
            "certificate": lambda: Certificate(name, "YW5vdGhlcg=="),
        }[self.kind]()
        self._call(f"update_{self.kind}", entity)

    def names_of(self, *labels: Label) -> set[str]:
        options = ListOptions(filter_labels=list(labels))
        if self.place.level is Level.SERVICE_INSTANCE:
            result = getattr(self._client, f"list_instance_{self.kind}s")(tenant=self.place.tenant, filter=options)
        else:
            result = getattr(self._client, f"list_subaccount_{self.kind}s")(
                self.place.strategy, self.place.tenant, filter=options
            )
        return {item.name for item in getattr(result, "items", result)}


@pytest.fixture(params=["destination", "fragment", "certificate"])
def labelled(
    request: pytest.FixtureRequest,
    place: Place,
    destinations: DestinationClient,
    fragments: FragmentClient,
    certificates: CertificateClient,
) -> Labelled:
    """The labels of each kind of configuration, three of which are stored."""
    for name in ("a", "b.pem", "c"):
        place.stored.destinations[name] = {"Type": "HTTP", "URL": "https://service.example"}
        place.stored.fragments[name] = {"Description": "to be merged"}
        place.stored.certificates[name] = {"Content": "Y29udGVudA=="}
    clients = {"destination": destinations, "fragment": fragments, "certificate": certificates}
    return Labelled(clients[request.param], request.param, place)


def test_life_of_labels(labelled: Labelled) -> None:
    assert labelled.get("b.pem") == []
    labelled.put("b.pem", [Label("env", ["prod"])])
    assert labelled.get("b.pem") == [Label("env", ["prod"])]
    labelled.put("b.pem", [Label("env", ["prod", "eu"]), Label("team", ["ops"])])
    labelled.patch("b.pem", "ADD", [Label("region", ["eu10"])])
    assert labelled.get("b.pem") == [Label("env", ["prod", "eu"]), Label("team", ["ops"]), Label("region", ["eu10"])]
    labelled.patch("b.pem", "DELETE", [Label("env", ["prod", "eu"]), Label("absent", ["x"])])
    assert labelled.get("b.pem") == [Label("team", ["ops"]), Label("region", ["eu10"])]
    labelled.put("b.pem", [])
    assert labelled.get("b.pem") == []
    assert labelled.get("a") == []


def test_filter_by_labels(labelled: Labelled) -> None:
    labelled.put("a", [Label("env", ["prod", "eu"]), Label("team's key", ["a, b"])])
    labelled.put("b.pem", [Label("env", ["test"]), Label("team's key", ["a, b"])])
    assert labelled.names_of(Label("env", ["prod"])) == {"a"}
    assert labelled.names_of(Label("env", ["prod", "test"])) == {"a", "b.pem"}
    assert labelled.names_of(Label("team's key", ["a, b"])) == {"a", "b.pem"}
    assert labelled.names_of(Label("team's key", ["a, b"]), Label("env", ["test"])) == {"b.pem"}
    assert labelled.names_of(Label("env", ["dev"])) == set()


def test_limits(labelled: Labelled) -> None:
    ten = [Label(f"key{number}", [f"value{value}" for value in range(10)]) for number in range(10)]
    labelled.put("a", ten)
    assert labelled.get("a") == ten
    for action in (
        lambda: labelled.put("a", [*ten, Label("key10", ["value"])]),
        lambda: labelled.put("a", [Label("key", [f"value{value}" for value in range(11)])]),
        lambda: labelled.patch("a", "ADD", [Label("key10", ["value"])]),
        lambda: labelled.patch("a", "REPLACE", [Label("key0", ["value"])]),
        lambda: labelled.put("a", [Label("key", ["value"]), Label("key", ["other"])]),
    ):
        with pytest.raises(HttpError) as refused:
            action()
        assert refused.value.status_code == 400
    assert labelled.get("a") == ten


def test_labels_survive_a_replacement(labelled: Labelled) -> None:
    """As in the local stand-in that SAP's client brings along."""
    labelled.put("a", [Label("env", ["prod"])])
    labelled.replace("a")
    assert labelled.get("a") == [Label("env", ["prod"])]


def test_labels_of_nothing(labelled: Labelled) -> None:
    with pytest.raises(DestinationOperationError, match="404"):
        labelled.get("absent")
    with pytest.raises(HttpError) as missing:
        labelled.put("absent", [Label("env", ["prod"])])
    assert missing.value.status_code == 404
