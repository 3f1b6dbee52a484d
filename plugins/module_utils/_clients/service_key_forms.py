# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The forms in which people have a service key: what can be meant by one only is read, everything else is refused.

- the JSON object, as the cockpit shows it; wrapped in ``{"credentials": {...}}``, also as JSON text, as some tools do
- what ``cf service-key`` prints, with its heading
- a Kubernetes Secret as SAP's service operator writes it: a field each, or all of them in one, in base64
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import re
import typing as t

from ansible_collections.btp_ops.task_center.plugins.module_utils._core.encodings import marked_encoding
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.errors import InputError
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.words import kind_of

try:
    import yaml
except ImportError:
    # Only JSON is read then.
    yaml = None  # type: ignore[assignment]

Fields = dict[str, t.Any]

VAULT = "$ANSIBLE_VAULT"  # how an encrypted text begins
# A message names the file, unless the name may be a secret that was taken for one.
TOLD_FILE = re.compile(r"[^\n]{1,400}\.(json|txt|ya?ml|key|pem)", re.IGNORECASE)
# Of these, white space around them is no part: an editor or a shell has added it. A certificate ends with a line end.
BARE_FIELDS = ("clientid", "clientsecret", "url", "uri", "certurl", "identityzone")


def is_file_name(text: str) -> bool:
    """Return whether a service key that is text names a file, and does not hold the key itself."""
    bare = text.strip().lstrip("\ufeff")
    return "\n" not in bare and not bare.startswith(("{", "[", '"', "'", VAULT))


def read_fields(value: t.Any, name: str, remedy: str) -> Fields:
    """Return the fields of a service key, in whatever form it is.

    :param value: a mapping, text, or the path of a file with text
    :param name: how messages name it
    :param remedy: how to get a right one
    :raises InputError: it has none of the forms; what it is, is said
    """
    where = name
    if isinstance(value, str):
        if is_file_name(value):
            where = f"The file {value}, which {name} names," if TOLD_FILE.fullmatch(value) else f"The file of {name}"
            value = _file(value, where)
        value = _of_text(value, where, name, remedy)
    if not isinstance(value, dict):
        raise InputError(f"{name} is {kind_of(value)}, not a JSON object.", remedy)
    if value.get("kind") == "Secret":
        value = _of_secret(value, where, remedy)
    inner = value.get("credentials")
    if isinstance(inner, str) and inner.lstrip().startswith("{"):
        inner = _of_text(inner, f"credentials of {where}", name, remedy)
    fields = inner if isinstance(inner, dict) else value
    return _without_line_ends(fields)


def _file(path: str, where: str) -> str:
    try:
        with open(os.path.expanduser(path), "rb") as file:
            content = file.read()
        return content.decode(marked_encoding(content) or "utf-8")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a text file"
        raise InputError(
            f"{where} cannot be read: {reason}.",
            "Give the absolute path of a file that can be read, a mapping or JSON text.",
        ) from error


def _of_text(text: str, where: str, name: str, remedy: str) -> t.Any:
    """Return the value of a text."""
    text = text.lstrip("\ufeff").strip()
    if text.startswith(VAULT):
        raise InputError(
            f"{where} is encrypted with Ansible Vault, and was not decrypted.",
            f"Keep the file as it is and load it like this: {name}: "
            "\"{{ lookup('ansible.builtin.unvault', '/path/of/the/file') }}\"; or put the key into a vaulted file of "
            "variables.",
        )
    with contextlib.suppress(ValueError, RecursionError):
        found = json.loads(text)
        # Quoted once more, as a survey or a filter does it.
        return _object(found) or found
    found = _below_a_heading(text)
    if found is None:
        found = _of_yaml(text)
    if found is None:
        raise InputError(f"{where} is not valid JSON.", remedy)
    return found


def _below_a_heading(text: str) -> Fields | None:
    """Return the only JSON object in a text of several lines, as cf prints it."""
    begin = re.search(r"^\{", text, re.MULTILINE)
    if begin is None or begin.start() == 0:
        return None
    try:
        value, end = json.JSONDecoder().raw_decode(text, begin.start())
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) and "{" not in text[end:] else None


def _of_yaml(text: str) -> Fields | None:
    """Return a mapping in YAML, such as a Kubernetes Secret."""
    if yaml is None or text.startswith("{"):
        return None
    try:
        value = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _of_secret(secret: Fields, where: str, remedy: str) -> Fields:
    """Return the fields in a Kubernetes Secret.

    :raises InputError: it holds no service key
    """
    plain = secret.get("stringData") if isinstance(secret.get("stringData"), dict) else {}
    encoded = secret.get("data") if isinstance(secret.get("data"), dict) else {}
    fields: Fields = {**{key: _decoded(key, value, where) for key, value in (encoded or {}).items()}, **(plain or {})}
    if "clientid" in fields or "uaa" in fields:
        # The operator writes what is an object in the service key as JSON text.
        return {key: _object(value) or value for key, value in fields.items()}
    whole = [found for found in map(_object, fields.values()) if found and ("clientid" in found or "uaa" in found)]
    if len(whole) == 1:
        return whole[0]
    names = ", ".join(sorted(map(str, fields))) or "nothing"
    raise InputError(f"{where} is a Kubernetes Secret, and no service key is in it, only: {names}.", remedy)


def _decoded(key: t.Any, value: t.Any, where: str) -> str:
    """Return the text that a Kubernetes Secret has in base64.

    :raises InputError: it is none; a part of it that was decoded by hand cannot be told from one that was not
    """
    try:
        return base64.b64decode("".join(str(value).split()), validate=True).decode()
    except ValueError:
        raise InputError(
            f"{where} is a Kubernetes Secret, and {key} in its data is no text in base64.",
            "Give the Secret as Kubernetes prints it, or the service key itself.",
        ) from None


def _object(value: t.Any) -> Fields | None:
    """Return the mapping that a text holds as JSON."""
    if not isinstance(value, str) or not value.lstrip().startswith("{"):
        return None
    try:
        found = json.loads(value)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _without_line_ends(fields: Fields) -> Fields:
    return {
        key: value.strip()
        if isinstance(value, str) and key in BARE_FIELDS
        else _without_line_ends(value)
        if isinstance(value, dict)
        else value
        for key, value in fields.items()
    }
