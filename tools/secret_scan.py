# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Search the files of the repository for secrets: private keys, tokens, and long random texts behind names of secrets.

What is found by mistake, such as a made-up example, is listed in ALLOWED with the reason why it is no secret.
"""

from __future__ import annotations

import math
import re
import subprocess
import sys
import typing as t
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RANDOM = 3.8  # bits per character from which on a text is taken for a random one
PATTERNS = {
    "a private key": re.compile(r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----(?:\\n|\s)*[A-Za-z0-9+/]{40}"),
    "a JSON web token": re.compile(r"\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}"),
    "a token of a code host": re.compile(r"\b(?:gh[opsu]_\w{30,}|github_pat_\w{30,}|glpat-[\w-]{20,})"),
    "an access key of a cloud": re.compile(r"\bAKIA[0-9A-Z]{16}\b"),
    "a user and password in a URL": re.compile(r"https?://[^\s/:@{}<>\"']{3,}:[^\s/:@{}<>\"']{12,}@"),
}
# Such as clientsecret: "…", also where the name is a part of another.
NAMED = re.compile(
    r"(?i)(?:secret|passw(?:or)?d|token|api_?key)\w*[\"']?\s*[:=]\s*[\"']?(?P<value>[A-Za-z0-9+/=_$!.-]{20,})"
)
# By file: texts in it, and why each is no secret.
NO_ALGORITHM = "tokens without a signature, which no system takes"
ALLOWED = {
    "tests/unit/plugins/module_utils/_connection/test_rules.py": {"eyJhbGciOiJub25lIn0.": NO_ALGORITHM},
    "tests/unit/plugins/module_utils/_connection/test_verification.py": {
        "eyJhbGciOiJub25lIn0.eyJleHAiOjQxMDI0NDQ4MDB9.": NO_ALGORITHM
    },
}


def findings(name: str, text: str) -> t.Iterator[str]:
    """Find what looks like a secret in a file.

    :param name: of the file, as messages and :data:`ALLOWED` have it
    """
    for allowed in ALLOWED.get(name, ()):
        text = text.replace(allowed, "")
    for what, pattern in PATTERNS.items():
        for match in pattern.finditer(text):
            yield _message(name, text, match.start(), what)
    for match in NAMED.finditer(text):
        if _is_random(match["value"]):
            yield _message(name, text, match.start(), "a random text behind the name of a secret")


def _message(name: str, text: str, position: int, what: str) -> str:
    """Say where something is, without quoting it."""
    return f"{name}:{text.count(chr(10), 0, position) + 1}: looks like {what}"


def _is_random(value: str) -> bool:
    """Return whether a text has digits and letters in such a mixture that nobody has thought of it."""
    kinds = sum(bool(re.search(kind, value)) for kind in ("[a-z]", "[A-Z]", "[0-9]"))
    shares = [value.count(character) / len(value) for character in set(value)]
    return kinds >= 2 and re.search("[0-9]", value) is not None and -sum(p * math.log2(p) for p in shares) > RANDOM


def tracked() -> list[str]:
    """Return the names of the files that git tracks or would track."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listing, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
    return [name for name in names if (ROOT / name).is_file()]


def main() -> int:
    """Entry point of the command line: fails when something is found."""
    found = [
        message
        for name in tracked()
        for message in findings(name, (ROOT / name).read_text(encoding="utf-8", errors="replace"))
    ]
    print("\n".join(found), end="\n" if found else "")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
