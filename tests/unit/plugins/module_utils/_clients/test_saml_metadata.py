# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Metadata are understood, and nothing else is taken for them."""

from __future__ import annotations

import pytest

from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.saml_metadata import (
    LARGEST,
    NoMetadata,
    entity_ids,
)

ENTITY = '<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{}"/>'
GROUP = '<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata">{}</md:EntitiesDescriptor>'
BILLION_LAUGHS = """<?xml version="1.0"?>
<!DOCTYPE lol [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>
<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="&c;"/>"""
READS_A_FILE = """<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/hostname">]>
<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="x">&f;</EntityDescriptor>"""


@pytest.mark.parametrize(
    "document, expected",
    [
        (ENTITY.format("https://x"), ["https://x"]),
        ('<?xml version="1.0" encoding="UTF-8"?>\n' + ENTITY.format("ä&amp;"), ["ä&"]),
        ("\ufeff" + ENTITY.format("x"), ["x"]),
        (GROUP.format(ENTITY.format("a") + GROUP.format(ENTITY.format("b"))), ["a", "b"]),
    ],
)
def test_metadata(document: str, expected: list[str]) -> None:
    assert entity_ids(document.encode()) == expected


@pytest.mark.parametrize(
    "document, reported",
    [
        (b"", "no element found"),
        (b"Not Found", "syntax error"),
        (b'{"a": "b"}', "not well-formed"),
        (b"<!DOCTYPE html><html></html>", "document type declaration"),
        (BILLION_LAUGHS.encode(), "document type declaration"),
        (READS_A_FILE.encode(), "document type declaration"),
        (BILLION_LAUGHS.encode("utf-16"), "no text in UTF-8"),
        (BILLION_LAUGHS.encode("utf-16-le"), "no text in UTF-8"),
        (BILLION_LAUGHS.encode("utf-16-be"), "no text in UTF-8"),
        (b'<?xml version="1.0" encoding="utf-16"?>' + BILLION_LAUGHS.encode(), "document type declaration"),
        (b"<EntityDescriptor entityID='x'/>", "root element is EntityDescriptor"),
        (ENTITY.format("").encode(), "no entity ID"),
        (GROUP.format("").encode(), "no entity ID"),
        (b"<a>&unknown;</a>", "undefined entity"),
        (b"<a>" + b" " * LARGEST + b"</a>", "more than any metadata"),
        (b"<a>" * 100000, "no element found"),
        (b"<a>\x00</a>", "no text in UTF-8"),
    ],
)
def test_something_else(document: bytes, reported: str) -> None:
    with pytest.raises(NoMetadata) as caught:
        entity_ids(document)
    assert reported in str(caught.value)
