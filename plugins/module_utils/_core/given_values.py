# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Values that are of the type that is meant, or text that says the same: ``-e`` and surveys know only text.

Text is parsed exactly or refused, never guessed: Ansible's own conversion takes ``key=value`` for a mapping, and loses
quotes of a password.
"""

from __future__ import annotations

import json
import typing as t

try:
    import yaml
except ImportError:
    # Only JSON text is taken for a mapping or a list then.
    yaml = None  # type: ignore[assignment]


class Unfit(ValueError):
    """A value cannot be meant; the message says what it may be."""


def is_blank(value: t.Any) -> bool:
    """Return whether a value counts as not set: an empty text is all that a survey can say."""
    return value is None or (isinstance(value, str) and not value.strip())


def mapping(value: t.Any) -> dict[str, t.Any]:
    """Return a mapping, given as such or as JSON or YAML text of one.

    :raises Unfit: it is none
    """
    parsed = parsed_text(value) if isinstance(value, str) else value
    if not isinstance(parsed, dict):
        raise Unfit('a mapping, such as {"Description": "Field Service"}')
    return parsed


def parsed_text(text: str) -> t.Any:
    """Return the value of a JSON or YAML text; None where it is neither."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        pass
    try:
        return yaml.safe_load(text) if yaml else None
    # The latter two for what has the form of a date and is none, and for what is nested too deep.
    except (yaml.YAMLError, ValueError, RecursionError):
        return None
