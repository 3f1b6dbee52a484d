# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a SAML 2.0 metadata document says of the system that it describes. Pure: no I/O, no Ansible."""

from __future__ import annotations

# Why the standard library is enough here: all that is dangerous in XML (entities that multiply or that read files) has
# to be declared in a DTD, and a document with one is refused before it is parsed. What is left is bounded by the size.
from xml.etree import ElementTree as ET

NAMESPACE = "{urn:oasis:names:tc:SAML:2.0:metadata}"
LARGEST = 2**20  # bytes; real documents have a few thousand


class NoMetadata(ValueError):
    """A document is no SAML 2.0 metadata; the message says why, as the end of a sentence."""


def entity_ids(document: bytes) -> list[str]:
    """Return the entity IDs that a metadata document describes, in its order.

    :raises NoMetadata: it is something else
    """
    if len(document) > LARGEST:
        raise NoMetadata(f"it has {len(document)} bytes, more than any metadata")
    try:
        text = document.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise NoMetadata("it is no text in UTF-8") from None
    if "\0" in text:
        # The parser takes "<" and NUL for UTF-16, whatever encoding is declared, and would see what is not seen here.
        raise NoMetadata("it is no text in UTF-8")
    if "<!DOCTYPE" in text:
        raise NoMetadata("it has a document type declaration, such as a page for browsers")
    try:
        root = ET.fromstring(text)  # noqa: S314 - see the import
    except (ET.ParseError, ValueError) as error:
        raise NoMetadata(f"it is not well-formed XML ({error})") from None
    if root.tag not in (f"{NAMESPACE}EntityDescriptor", f"{NAMESPACE}EntitiesDescriptor"):
        raise NoMetadata(f"its root element is {root.tag}")
    found = [entity.get("entityID", "") for entity in root.iter(f"{NAMESPACE}EntityDescriptor")]
    if not all(found) or not found:
        raise NoMetadata("it names no entity ID")
    return found
