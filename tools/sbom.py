# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write the software bill of materials of the artifact (CycloneDX, JSON), checked against the standard's own schema.

The artifact brings no library along. So the bill names those that its users install, in the releases with which the
collection was tested (requirements/runtime.lock). The same artifact gives the same bytes.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import sys
import uuid
from pathlib import Path

import yaml
from cyclonedx.model import HashAlgorithm, HashType, Property
from cyclonedx.model.bom import Bom, BomMetaData
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.license import LicenseExpression
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL

from locks import FOLDER, ROOT, Pin, pins


def bill(artifact: Path) -> str:
    """Return the bill of an artifact, as JSON text.

    :raises ValueError: it is not as the standard's schema has it
    """
    digest = hashlib.sha256(artifact.read_bytes()).hexdigest()
    product = _product(digest)
    tested = pins(FOLDER / "runtime.lock")
    libraries = [(pin, _library(pin)) for pin in tested]
    bom = Bom(
        serial_number=uuid.uuid5(uuid.NAMESPACE_URL, digest),
        metadata=BomMetaData(component=product),
        components=[library for _pin, library in libraries],
    )
    direct = re.findall(r"^([\w.-]+)>=", (ROOT / "requirements.txt").read_text(encoding="utf-8").lower(), re.MULTILINE)
    bom.register_dependency(product, [library for pin, library in libraries if pin.name in direct])
    for needed, parent in libraries:
        bom.register_dependency(parent, [library for pin, library in libraries if needed.name in pin.wanted_by])
    # That of the build would differ each time.
    bom.metadata.timestamp = None  # type: ignore[assignment]
    text = JsonV1Dot6(bom).output_as_string(indent=1)
    problem = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    if problem:
        raise ValueError(f"the bill is no CycloneDX: {problem}")
    return text + "\n"


def _product(digest: str) -> Component:
    galaxy = yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))
    name, version = f"{galaxy['namespace']}.{galaxy['name']}", galaxy["version"]
    return Component(
        type=ComponentType.APPLICATION,
        bom_ref=name,
        name=name,
        version=version,
        description=galaxy["description"],
        licenses=[LicenseExpression(" AND ".join(galaxy["license"]))],
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=digest)],
        purl=PackageURL("generic", name=name, version=version),
    )


def _library(pin: Pin) -> Component:
    purl = PackageURL("pypi", name=pin.name, version=pin.version)
    where = [Property(name="btp_ops:installed where", value=pin.condition)] if pin.condition else []
    return Component(
        type=ComponentType.LIBRARY,
        bom_ref=purl.to_string(),
        name=pin.name,
        version=pin.version,
        purl=purl,
        properties=where,
    )


def main() -> int:
    """Entry point of the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("artifact", type=Path)
    artifact = parser.parse_args().artifact
    artifact.with_name(artifact.name.replace(".tar.gz", ".cdx.json")).write_text(bill(artifact), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
