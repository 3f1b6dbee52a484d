# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The conditions by which the Destination Service filters its lists, as its parameter ``$filter`` takes them.

By names: SAP's OpenAPI description of the service. By labels: SAP's own clients.
"""

from __future__ import annotations

import re
import typing as t
from urllib.parse import quote

from ansible_collections.btp_ops.task_center.plugins.module_utils._core.errors import InputError


def name_condition(pattern: str) -> str | None:
    """Return the condition that every name fulfils which a shell-style pattern matches, or None when there is none.

    The service compares beginnings and ends only, so what it finds still has to be matched with the pattern.
    """
    beginning = re.split(r"[*?\[]", pattern, maxsplit=1)[0]
    end = re.split(r"[*?\]]", pattern)[-1]
    if not beginning and not end:
        return None
    function, text = ("startswith", beginning) if beginning else ("endswith", end)
    quoted = text.replace("'", "''")
    return f"{function}(Name, '{quoted}')"


def label_conditions(labels: t.Mapping[str, t.Sequence[str]], accepted: t.Callable[[str], bool]) -> list[list[str]]:
    """Return the conditions for destinations that have each label with at least one of the values named for it.

    SAP does not document whether ``HAS ('a', 'b')`` needs one value or both, so each value has a condition of its own.

    :param labels: key to values
    :param accepted: returns whether a condition is short enough for a request
    :return: groups of conditions: of each group, a destination has to fulfil one
    :raises InputError: a label is too long for a request
    """
    together: list[str] = []
    groups: list[list[str]] = []
    for key, values in labels.items():
        clauses = [f"Label['{quote(key, safe='')}'] HAS ('{quote(value, safe='')}')" for value in values]
        if not all(map(accepted, clauses)):
            raise InputError(f"The label {key} is too long for a request.", "Name a shorter one.")
        if len(clauses) > 1:
            groups.append(clauses)
        elif together and accepted(f"{together[-1]} AND {clauses[0]}"):
            together[-1] += f" AND {clauses[0]}"
        else:
            together.append(clauses[0])
    return [[condition] for condition in together] + groups
