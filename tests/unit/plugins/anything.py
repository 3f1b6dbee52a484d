# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever YAML, a survey or a command line can make of a value, for tests that let hypothesis choose it."""

from __future__ import annotations

import re
import typing as t

from hypothesis import strategies as st

# Texts that some program on the way might take for something else.
STRANGE = (
    *("", " ", "\n", "yes", "no", "null", "~", "0o17", "007", "1e3", "1_000", "2024-01-01", ".inf", "nan", "=", "<<"),
    *(
        "{{ fsm_url }}",
        "{% raw %}",
        "!unsafe x",
        "!vault |",
        "$ANSIBLE_VAULT;1.1;AES256\n6162",
        "{",
        "[",
        "- ",
    ),
    "a: b: c",
    *("Description=x", '{"a": 1}', "{'a': 1}", "[1, 2]", "a,b", "\ufeff{}", "\0", "\x1b[31m", "\ud800", "²", "\uff19"),
    *("9" * 400, "x" * 4000, "%s", "\\", "'\"", "äöü€𝄞", "https://[", "https://x:99999", "//", "https://"),
)
texts = st.one_of(st.sampled_from(STRANGE), st.text(st.characters(), max_size=30))
scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.sampled_from([10**400, -(2**63)]), st.floats(), texts)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(texts, inner, max_size=3)),
    max_leaves=6,
)
# What no message of ours says.
FOREIGN = re.compile(r"<class |Traceback|_Ansible|NoneType|\bdict\b|object at 0x|Error\(")


def assert_in_our_words(message: t.Any) -> None:
    """Make sure that an operator can read a message."""
    assert isinstance(message, str)
    assert message.strip()
    assert not FOREIGN.search(message), message
