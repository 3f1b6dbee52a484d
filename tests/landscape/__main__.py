# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The landscape as a program."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import threading
import typing as t
from pathlib import Path

from .config import ConfigError, load_config
from .landscape import Landscape

DESCRIPTION = """\
Serve a simulated landscape of SAP systems over HTTPS on this machine: XSUAA, the Destination Service, SAP Field Service
Management and SAP Task Center, for the environments that a YAML file names. The systems answer under their real host
names through the landscape's own forward proxy, and directly on a port, distinguished by the Host header."""

EPILOG = """\
When everything listens, the ready file is written (JSON, readable by its owner only): the proxy, the CA file, the port,
the landscape's own switches (faults, clock, Task Center's refresh, arrived requests) with their token, and per
environment the service keys of the Destination Service and of Task Center, the FSM parameters, the log-on of the FSM
administrator, the users, and the credentials of an application to which they log on. SIGINT and SIGTERM end the
landscape; it removes the ready file and the CA file again. Its state is kept in memory alone."""


def main(arguments: t.Sequence[str] | None = None) -> int:
    """Run the landscape until a signal ends it; return the process's exit status."""
    parser = argparse.ArgumentParser(prog="python -m landscape", description=DESCRIPTION, epilog=EPILOG)
    parser.add_argument("--config", type=Path, required=True, help="YAML file that names the environments")
    parser.add_argument("--ready", type=Path, required=True, help="JSON file to write when everything listens")
    parser.add_argument("--directory", type=Path, help="folder for the CA file (default: the ready file's)")
    parser.add_argument("--port", type=int, default=0, help="HTTPS port on loopback (default: any free one)")
    parser.add_argument("--proxy-port", type=int, default=0, help="proxy port on loopback (default: any free one)")
    options = parser.parse_args(arguments)

    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: ended.set())
    directory = options.directory or options.ready.parent
    try:
        config = load_config(options.config)
        with Landscape(config, directory.resolve(), port=options.port, proxy_port=options.proxy_port) as landscape:
            write_private(options.ready, json.dumps(landscape.ready(), indent=2) + "\n")
            try:
                names = ", ".join(landscape.environments) or "no environments"
                print(f"The landscape is ready: {names}; proxy {landscape.proxy_url}; see {options.ready}", flush=True)
                ended.wait()
            finally:
                options.ready.unlink(missing_ok=True)
    except ConfigError as error:
        print(f"The landscape cannot be built: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"The landscape cannot be started: {error}", file=sys.stderr)
        return 1
    return 0


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, so that it appears complete or not at all."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    unfinished.touch(mode=0o600, exist_ok=False)
    unfinished.write_text(text, encoding="utf-8")
    unfinished.replace(path)


if __name__ == "__main__":
    sys.exit(main())
