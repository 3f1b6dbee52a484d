# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A simulated landscape of SAP systems over real HTTPS: XSUAA, Destination Service, FSM and Task Center.

Started as a program (``python -m landscape --help``) or inside a test process::

    with Landscape({"key_size": 2048}, directory=tmp_path) as landscape:
        environment = landscape.add_environment({"region": "eu10"})
        requests.get(url, proxies={"https": landscape.proxy_url}, verify=landscape.ca_file)
        assert environment.subaccount.destinations["FSM"]["tc.enabled"] == "true"
"""

from __future__ import annotations

from .config import ConfigError, UserConfig
from .environments import Environment
from .faults import Matching
from .landscape import Landscape
from .platform.recorder import RecordedRequest

__all__ = ["ConfigError", "Environment", "Landscape", "Matching", "RecordedRequest", "UserConfig"]
