# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Deliberate faults in the landscape, each of which a judge has to catch: they show that the judges work.

A fault is a function that changes the landscape's classes in the process at hand. Its name says what is wrong, its
docstring what users of such a service would suffer. ``make mutations`` tries all of them; by hand, one is tried with
``pytest tests/judges --mutation "any client secret is accepted"``.
"""

from __future__ import annotations

from . import access, configurations, fsm, lookup, propagation, task_center, trust, xsuaa
from .mutation import Mutation, by_name

__all__ = ["MUTATIONS", "Mutation"]

MUTATIONS: dict[str, Mutation] = by_name(xsuaa, access, configurations, lookup, trust, propagation, fsm, task_center)
