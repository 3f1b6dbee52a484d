# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Values that are of the type that is meant, or text that says the same: ``-e`` and surveys know only text.

Text is parsed exactly or refused, never guessed: Ansible's own conversion takes ``key=value`` for a mapping, and loses
quotes of a password.
"""

from __future__ import annotations

import json
import re
import typing as t

try:
    import yaml

    class _Exact(yaml.SafeLoader):
        """Takes for text what is no text only by YAML's rules for numbers, dates and words such as "yes"."""

        yaml_implicit_resolvers: dict[str, t.Any] = {}

        def construct_mapping(self, node: t.Any, deep: bool = False) -> dict[t.Any, t.Any]:
            """Return a mapping.

            :raises yaml.YAMLError: a name occurs twice
            """
            found = super().construct_mapping(node, deep)
            if len(found) != len(node.value):
                raise yaml.YAMLError("a name occurs twice")
            return found

    _Exact.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("(?i)^(true|false)$"), list("tTfF"))
    _Exact.add_implicit_resolver("tag:yaml.org,2002:null", re.compile("^(~|null|)$"), ["~", "n", ""])
except ImportError:
    # Only JSON text is taken for a mapping or a list then.
    yaml = None  # type: ignore[assignment]


class Unfit(ValueError):
    """A value cannot be meant; the message says what it may be."""


def _without_doubles(pairs: list[tuple[str, t.Any]]) -> dict[str, t.Any]:
    """Return a JSON object.

    :raises ValueError: it has two values of one name
    """
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a name occurs twice")
    return dict(pairs)


def _has_comment(text: str) -> bool:
    """Return whether YAML takes a part of a text for a comment: it may have been meant as the end of a password.

    :raises yaml.YAMLError: it is no YAML
    """
    covered = 0
    for token in yaml.scan(text, Loader=yaml.SafeLoader):
        if "#" in text[covered : token.start_mark.index]:
            return True
        covered = max(covered, token.end_mark.index)
    return False


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
    """Return the value of a JSON or YAML text; None where it is neither, or where something of it would be lost.

    In YAML text, what is not in quotes is text as well, but for true, false and null: a password of digits would lose
    its zeros, and 1_000 or 12:30:45 would become other numbers.
    """
    try:
        return json.loads(text, object_pairs_hook=_without_doubles)
    except (ValueError, RecursionError):
        pass
    try:
        return yaml.load(text, Loader=_Exact) if yaml and not _has_comment(text) else None
    # The latter two for what has the form of a date and is none, and for what is nested too deep.
    except (yaml.YAMLError, ValueError, RecursionError):
        return None
