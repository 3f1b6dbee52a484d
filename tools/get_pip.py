# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Stand-in for get-pip.py: bootstrap pip from the interpreter's own bundled wheel, without a download.

ansible-test looks for a bootstrap script of this interface in ~/.ansible/test/cache before it fetches one, and starts
it with the requirements to install. It runs in an empty virtual environment, on whatever Python that has.
"""

from __future__ import annotations

import ensurepip
import pathlib
import sys

# get-pip.py's own switches; pip does not know them, and what they forbid is not installed here anyway.
arguments = [argument for argument in sys.argv[1:] if argument not in ("--no-setuptools", "--no-wheel")]
wheel = next((pathlib.Path(ensurepip.__file__).parent / "_bundled").glob("pip-*.whl"))
sys.path.insert(0, str(wheel))

from pip._internal.cli.main import main

sys.exit(main(["install", "--upgrade", *arguments]))
