# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the Destination Service accepts as a destination fragment."""

from __future__ import annotations

import typing as t

from ..platform.web import ServiceError
from .destination_rules import text_properties, validate_name
from .operations import Draft

if t.TYPE_CHECKING:
    from .operations import Call

# What would turn a fragment into a destination of its own.
FORBIDDEN_PROPERTIES = ("Name", "Type")


async def fragment_draft(_call: Call, data: t.Any) -> Draft:
    """Return the fragment that a request's JSON describes.

    Raises:
        ServiceError: 400 when the service would not store it.
    """
    properties = text_properties(data, "fragment")
    validate_name(properties, "FragmentName")
    for key in FORBIDDEN_PROPERTIES:
        if key in properties:
            raise ServiceError(400, f"A fragment must not contain the property {key}")
    return Draft(properties)
