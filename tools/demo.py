# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Show the collection at work: run all commands of the tutorial, from the empty subaccount to three connections.

Usage: python tools/demo.py
Everything that it makes lies in .work/demo and is removed at the end.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from outputs import session
from playground import CONFIG, ROOT
from transcript import TranscriptError

BAR = "─" * 100


def say(title: str) -> None:
    """Print what happens next."""
    print(f"\n{BAR}\n{title}\n{BAR}", flush=True)


def show(folder: Path, config: Path = CONFIG) -> dict[Path, str]:
    """Run and print all; return the pages that show it, as they have to be.

    :param folder: for all that is made
    :param config: the landscape's environments
    :raises TranscriptError: a command does not do what the tutorial says
    """
    started = time.monotonic()
    pages = session("tutorial", folder, config, narrate=say)
    say(f"Three environments are connected. {time.monotonic() - started:.0f} seconds; everything is removed again.")
    return pages


def main() -> int:
    """Entry point of the command line."""
    try:
        show(ROOT / ".work" / "demo")
    except TranscriptError as error:
        print(f"\nThe demo failed: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
