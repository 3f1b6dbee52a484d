# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists hold what their conditions and modes ask for: the expressions are the examples of SAP's OpenAPI description.

The description says in words what an expression means, which no schema can check.
"""

from __future__ import annotations

import typing as t

import pytest

from judges.openapi.specification import load

if t.TYPE_CHECKING:
    from landscape import Environment, Landscape
    from unit.landscape.conftest import Http

LISTS = [f"{level}{kind}" for level in ("subaccount", "instance") for kind in ("Destinations", "Certificates")]
# The names in the examples; those that the description speaks of come first.
NAMES = {
    "Destinations": ("our-team's-app", "SAP_John's_destination", "SAP_John", "s_destination", "SAP_John's"),
    "Certificates": ("our-team's-app.pem", "SAP_John's_certificate", "SAP_John", "SAP_John's", "our-team"),
}
# Which of them an example means.
SELECTED = {
    "in-list": lambda name: name.startswith(("our-team's", "SAP_John's_")),
    "starts-with": lambda name: name.startswith("SAP_John's"),
    "ends-with": lambda name: name.endswith("John's_destination"),
    "modified-within": lambda name: name == "s_destination",
}


def examples(parameter: str) -> dict[str, str]:
    """Return the expressions that the description gives as examples of a parameter."""
    described = load()["components"]["parameters"][parameter]
    if "examples" in described:
        return {kind: example["value"] for kind, example in described["examples"].items()}
    return {"in-list": described["schema"]["example"]}


CASES = [
    (path, kind, expression)
    for path in LISTS
    for kind, expression in examples(f"{'destinations' if 'Dest' in path else 'certificates'}_getAll_filter").items()
]


@pytest.fixture
def names(request: pytest.FixtureRequest, landscape: Landscape, environment: Environment) -> list[str]:
    """The names of what is in the list; all but one were written more than an hour ago."""
    path = request.getfixturevalue("path")
    subaccount = environment.subaccount
    level = subaccount.level if path.startswith("sub") else subaccount.instances[0].level(subaccount)
    kind = path.removeprefix("subaccount").removeprefix("instance")
    stored = level.destinations if kind == "Destinations" else level.certificates
    stored.clear()
    landscape.clock.advance(-3600)
    stored.update({name: {"Type": "HTTP", "Content": "eA=="} for name in NAMES[kind]})
    landscape.clock.advance(3600)
    stored.update({name: stored[name] for name in NAMES[kind] if name == "s_destination"})
    return list(stored)


@pytest.mark.parametrize("path, kind, expression", CASES, ids=lambda value: value)
def test_conditions(service: Http, names: list[str], path: str, kind: str, expression: str) -> None:
    found = service("GET", f"/{path}", params={"$filter": expression})
    assert found.status_code == 200, found.text
    assert [item["Name"] for item in found.json()] == list(filter(SELECTED[kind], names))
    assert 0 < len(found.json()) < len(names)


@pytest.mark.parametrize("path", LISTS)
def test_selection_of_names(service: Http, names: list[str], path: str) -> None:
    assert service("GET", f"/{path}", params={"$select": "Name"}).json() == [{"Name": name} for name in names]
    assert all(len(item) > 1 for item in service("GET", f"/{path}").json())
