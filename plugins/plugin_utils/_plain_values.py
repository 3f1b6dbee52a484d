# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Values without Ansible's own types of text and mapping, as JSON would carry them."""

from __future__ import annotations

import typing as t


def plain(value: t.Any) -> t.Any:
    """Return arguments as JSON would carry them to a module: without Ansible's own types of text and mapping."""
    if isinstance(value, t.Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, (int, float)):
        return value + 0
    # Vaulted text included, which is no str before ansible-core 2.19.
    return str(value)
