# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The known defects of SAP's OpenAPI description: places where the service cannot be, or is not, as it says.

Each is a change of the description in memory. A change says what is there now: it fails as soon as SAP corrects it.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from judges.openapi.specification import ABSENT, Change, admits_text
from landscape.destination_service.certificate_generation import COMMON_NAME_LENGTH, MAXIMUM_VALIDITY, TIME_UNITS
from landscape.destination_service.lookup import EXCLUSIVE_HEADERS

if t.TYPE_CHECKING:
    from judges.openapi.judging import Finding

LIMITS = "The file describes in words, or not at all, what the service refuses. "

NAME = {"type": "string", "pattern": "^[A-Za-z0-9_-]+$", "minLength": 1, "maxLength": 200}
CERTIFICATE_NAME = {"type": "string", "pattern": "^[A-Za-z0-9_.' ()-]+$", "minLength": 1, "maxLength": 200}
BASE64 = {"type": "string", "pattern": "^([A-Za-z0-9+/]{4})+([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"}
TEXTS = {"type": "string"}

IN_LIST = r"Name in \('[A-Za-z0-9_%.-]+'(, '[A-Za-z0-9_%.-]+')*\)"
AFFIX = r"(startswith|endswith)\(Name, '[A-Za-z0-9_-]*'\)"
MODIFIED_WITHIN = r"modifiedwithin\('[1-9][0-9]{0,2}', 'minutes'\)"

ENTITY_LISTS = ("/v1/*Destinations", "/v1/*Certificates")
COLLECTIONS = (*ENTITY_LISTS, "/v1/*DestinationFragments")
LOOKUPS = ("/v?/destinations/*",)


@dataclass(frozen=True)
class Defect:
    """A place or several of the description that have to be changed, and why."""

    name: str
    reason: str
    # An operation in which a judge that takes the description literally stumbles over the defect.
    shows_in: str
    changes: tuple[Change, ...]
    # Whether the judge does not stumble over it, but stops checking authentication.
    hides_authentication: bool = False


def _schema(name: str, *below: str) -> tuple[str, ...]:
    return ("components", "schemas", name, *below)


def _parameter(name: str, *below: str) -> tuple[str, ...]:
    return ("components", "parameters", name, *below)


def _starts_with(key: str, value: str) -> t.Callable[[t.Any], bool]:
    return lambda found: isinstance(found, dict) and found.get(key) == value


def _string(found: t.Any) -> bool:
    """Say whether a schema admits any string."""
    return (
        isinstance(found, dict) and set(found) <= {"type", "description", "example"} and found.get("type") == "string"
    )


def _validity(unit: str, days: int) -> dict[str, t.Any]:
    value = {"type": "integer", "minimum": 1, "maximum": MAXIMUM_VALIDITY.days // days}
    return {
        "type": "object",
        "required": ["TimeUnit", "Value"],
        "properties": {"TimeUnit": {"type": "string", "enum": [unit]}, "Value": value},
    }


def _undocumented(status: str, method: str, *paths: str) -> tuple[Change, ...]:
    response = {"description": "Undocumented", "content": {"*/*": {"schema": {}}}}
    return tuple(Change(("paths", path, method, "responses", status), was=ABSENT, to=response) for path in paths)


DEFECTS = (
    Defect(
        "security scheme",
        "The OAuth scheme's token URL is a template in no known syntax: tools skip the scheme, and with it every check "
        "of authentication, without a word.",
        "GET /v1/subaccountDestinations",
        (
            Change(
                ("components", "securitySchemes", "OAuth2"),
                was=_starts_with("type", "oauth2"),
                to={"type": "http", "scheme": "bearer"},
            ),
        ),
        hides_authentication=True,
    ),
    Defect(
        "list items",
        "oneOf[entity, name only]: every entity has a name as well, so an entity always matches both.",
        "GET /v1/subaccountDestinations",
        tuple(
            Change(
                ("paths", f"/v1/*{kind}s", "get", "responses", "200", "content", "application/json", "schema", "items"),
                was={"oneOf": [{"$ref": f"#/components/schemas/{kind}"}, {"$ref": "#/components/schemas/NameOnly"}]},
                to={"anyOf": [{"$ref": f"#/components/schemas/{kind}"}, {"$ref": "#/components/schemas/NameOnly"}]},
            )
            for kind in ("Destination", "Certificate")
        ),
    ),
    Defect(
        "bulk delete",
        "The answer to a bulk deletion is declared a string with properties.",
        "DELETE /v1/subaccountDestinations",
        (Change(_schema("BulkDelete", "type"), was="string", to="object"),),
    ),
    Defect(
        "created without body",
        "Creating one configuration answers 201 with an empty body (the file's own example), where the schema wants an "
        "array. A body that is there for arrays only cannot be declared.",
        "POST /v1/subaccountDestinations",
        tuple(
            Change(
                ("paths", path, "post", "responses", "201", "content"),
                was=lambda found: list(found) == ["*/*"],
                to=ABSENT,
            )
            for path in ENTITY_LISTS
        ),
    ),
    Defect(
        "chain variables",
        "X-chain-var-<variable-name> is a placeholder, and no legal name of a header.",
        "GET /v1/destinations/{name}",
        tuple(
            Change(
                ("paths", path, "get", "parameters", "name=X-chain-var-<variable-name>"),
                was=_starts_with("in", "header"),
                to=ABSENT,
            )
            for path in LOOKUPS
        ),
    ),
    Defect(
        "chain names",
        LIMITS + "Destination chains are predefined; the file names none of them, and none is known here.",
        "GET /v1/destinations/{name}",
        tuple(
            Change(
                ("paths", path, "get", "parameters", "name=X-chain-name"), was=_starts_with("in", "header"), to=ABSENT
            )
            for path in LOOKUPS
        ),
    ),
    Defect(
        "levels",
        LIMITS + "The four levels are named in the description of the operation alone.",
        "GET /v2/destinations/{name}@{level}",
        (
            Change(
                ("paths", "/v2/destinations/{name}@{level}", "get", "parameters", "name=level", "schema"),
                was={"type": "string"},
                to={"type": "string", "enum": ["provider_subaccount", "provider_instance", "subaccount", "instance"]},
            ),
        ),
    ),
    Defect(
        "metadata of consumed destinations",
        "The example, modification_time;etag, is not among the values that the description names: owner alone.",
        "GET /v2/destinations/{name}",
        (
            Change(
                _parameter("includeMetadataConsumeAPI", "schema"),
                was={"type": "string", "example": "modification_time;etag"},
                to={"type": "string", "enum": ["owner"], "example": "owner"},
            ),
        ),
    ),
    Defect(
        "filters",
        LIMITS + "The syntax of filters is given in words, as any string in the schema.",
        "DELETE /v1/subaccountDestinations",
        (
            Change(
                _parameter("destinations_getAll_filter", "schema"),
                was=_string,
                to={"type": "string", "pattern": f"^({IN_LIST}|{AFFIX}|{MODIFIED_WITHIN})$"},
            ),
            *(
                Change(_parameter(name, "schema"), was=_string, to={"type": "string", "pattern": f"^{IN_LIST}$"})
                for name in ("certificates_getAll_filter", "*_bulkDelete_filter")
            ),
        ),
    ),
    Defect(
        "destinations",
        LIMITS
        + "Property names are open, values are text, an HTTP destination has a URL, names have a form and a length; "
        "Type lacks TCP. Properties that an authentication type demands are in no schema.",
        "POST /v1/subaccountDestinations",
        (
            Change(_schema("Destination", "properties", "Name"), was=_string, to=NAME),
            Change(
                _schema("Destination", "properties", "Type", "enum"),
                was=["HTTP", "RFC", "MAIL", "LDAP"],
                to=["HTTP", "RFC", "MAIL", "LDAP", "TCP"],
            ),
            Change(_schema("Destination", "additionalProperties"), was=ABSENT, to=TEXTS),
            Change(
                _schema("Destination", "properties", "$metadata"), was=ABSENT, to={"type": "object", "readOnly": True}
            ),
            Change(
                _schema("Destination", "anyOf"),
                was=ABSENT,
                to=[
                    {"properties": {"Type": {"enum": ["RFC", "MAIL", "LDAP", "TCP"]}}},
                    {
                        "properties": {"URL": {"type": "string", "pattern": "^https://[a-z]{1,20}\\.example$"}},
                        "required": ["URL"],
                    },
                ],
            ),
        ),
    ),
    Defect(
        "fragments",
        LIMITS + "Values are text, names have a form and a length, and Name and Type are forbidden.",
        "POST /v1/subaccountDestinationFragments",
        (
            Change(_schema("Fragment", "properties", "FragmentName"), was=_string, to=NAME),
            Change(_schema("Fragment", "additionalProperties"), was=ABSENT, to=TEXTS),
            Change(
                _schema("Fragment", "not"), was=ABSENT, to={"anyOf": [{"required": ["Name"]}, {"required": ["Type"]}]}
            ),
        ),
    ),
    Defect(
        "certificates",
        LIMITS + "Values are text, names have a form and a length, and the content is Base64.",
        "POST /v1/subaccountCertificates",
        (
            Change(_schema("Certificate", "properties", "Name"), was=_string, to=CERTIFICATE_NAME),
            Change(_schema("Certificate", "properties", "Content"), was=_string, to=BASE64),
            Change(_schema("Certificate", "additionalProperties"), was=ABSENT, to=TEXTS),
        ),
    ),
    Defect(
        "certificate attributes",
        LIMITS
        + "A common name has 1 to 64 characters (X.509), a certificate request a form that no schema can express, "
        "a validity both its parts and an end. A request with Attributes has no Content, or it would be both at once.",
        "POST /v1/subaccountCertificates",
        (
            Change(_schema("Attributes", "properties", "Name"), was=_string, to=CERTIFICATE_NAME),
            Change(_schema("Attributes", "not"), was=ABSENT, to={"required": ["Content"]}),
            Change(_schema("Attributes", "additionalProperties"), was=ABSENT, to=TEXTS),
            Change(
                _schema("Attributes", "properties", "Attributes", "properties", "CN"),
                was=_string,
                to={"type": "string", "minLength": 1, "maxLength": COMMON_NAME_LENGTH},
            ),
            Change(_schema("Attributes", "properties", "Attributes", "properties", "CSR"), was=_string, to=ABSENT),
            Change(
                _schema("Attributes", "properties", "Attributes", "properties", "Validity"),
                was=_starts_with("type", "object"),
                to={"anyOf": [_validity(unit, days) for unit, days in TIME_UNITS.items()]},
            ),
        ),
    ),
    Defect(
        "media types of requests",
        "415 is documented nowhere.",
        "POST /v1/subaccountDestinations",
        (*_undocumented("415", "post", *COLLECTIONS), *_undocumented("415", "put", *COLLECTIONS)),
    ),
    Defect(
        "malformed requests",
        "400 is missing where a filter can be malformed.",
        "DELETE /v1/subaccountCertificates",
        _undocumented("400", "delete", "/v1/*Certificates"),
    ),
    Defect(
        "unknown fragments",
        "404 is missing where a fragment is deleted.",
        "DELETE /v1/subaccountDestinationFragments/{fragment name}",
        _undocumented("404", "delete", "/v1/*DestinationFragments/*"),
    ),
)


@dataclass(frozen=True)
class Tolerance:
    """Findings that no change of the description can prevent, and why they are none."""

    name: str
    reason: str
    # An operation in which schemathesis finds them.
    shows_in: str
    covers: t.Callable[[Finding], bool]


def _several_modes(finding: Finding) -> bool:
    query = set(finding.query)
    pagination = {"$pageSize", "$pageCount", "$entityCount"}
    return finding.check == "RejectedPositiveData" and (
        len(query & {"$filter", "$select", "$page"}) > 1
        or bool(query & pagination and "$page" not in query)
        or ("$includeMetadata" in query and bool(query & {"$select", "$page"}))
    )


def _exclusive_headers(finding: Finding) -> bool:
    return finding.check == "RejectedPositiveData" and any(
        {one.lower(), other.lower()} <= finding.headers for one, other in EXCLUSIVE_HEADERS
    )


TOLERANCES = (
    Tolerance(
        "bare text as JSON",
        "Errors are bare text or JSON, whatever the content type says (recorded answers of the service), wherever the "
        "description admits both.",
        "GET /v1/subaccountDestinations/{destination name}",
        lambda finding: (
            finding.check == "MalformedJson"
            and (finding.status or 0) >= 400
            and admits_text(finding.operation, finding.status or 0)
        ),
    ),
    Tolerance(
        "bulk requests",
        "The items of an array are accepted or refused one by one: 207 says nothing of any of them.",
        "POST /v1/subaccountDestinations",
        lambda finding: finding.check == "AcceptedNegativeData" and finding.status == 207,
    ),
    Tolerance(
        "modes of lists",
        "Which query parameters exclude each other, no OpenAPI description can express; this one says it in words.",
        "GET /v1/subaccountCertificates",
        _several_modes,
    ),
    Tolerance(
        "exclusive headers",
        "Which headers exclude each other, no OpenAPI description can express; this one says it in words.",
        "GET /v2/destinations/{name}",
        _exclusive_headers,
    ),
)
