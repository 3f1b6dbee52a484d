# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run what the documentation shows, and write the output into its pages: make outputs.

What differs from run to run is made up: fingerprints, IDs and dates are the same in every run. So a page changes only
when the collection does.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import subprocess
import sys
import textwrap
import typing as t
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

from playground import CONFIG, ROOT, Playground
from transcript import FINGERPRINT, LEFT_OUT, Transcript, TranscriptError

PAGES = ROOT / "docs" / "docsite" / "rst"
# What runs in one landscape, in its order: what a page needs, one before it has done.
SESSIONS = {
    "tutorial": [PAGES / "tutorial.rst", ROOT / "README.md"],
    "howto": [
        PAGES / f"howto_{name}.rst"
        for name in (
            "connect",
            "check",
            "audit",
            "pause",
            "secret",
            "trust",
            "adopt",
            "rename",
            "repopulate",
            "failure",
            "disconnect",
            "systems",
        )
    ],
}
TODAY = date(2027, 1, 15)  # when all of it happens, on the pages
TIME_OF_DAY = "09:30:00"
TIMEOUT = 300  # seconds that a command may take
END = "~~~ end of the output:"

UUID = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")
# The message a second time, with the place in the role, as only newer releases of ansible-core print it.
PLACE_OF_ERROR = re.compile(r"^\[ERROR\]: .*?^ +\^ column \d+\n\n", re.MULTILINE | re.DOTALL)
DAY = re.compile(r"\b(?P<day>20\d\d-\d\d-\d\d)(?P<time>T\d\d:\d\d(?::\d\d(?:\.\d+)?)?)?")


class Steady:
    """The same text for the same things in every run, and the way back."""

    def __init__(self, folder: Path) -> None:
        self._folder = str(folder)
        self._made_up: dict[str, str] = {}

    def shown(self, text: str) -> str:
        """Return what a page shows of an output."""
        text = text.replace(self._folder, LEFT_OUT).replace(str(ROOT), "~/task_center")
        text = PLACE_OF_ERROR.sub("", text)
        text = FINGERPRINT.sub(lambda match: self._made(match[0], _fingerprint), text)
        text = UUID.sub(lambda match: self._made(match[0], _uuid), text)
        for real, made in self._made_up.items():
            # Tables and names of files have only the beginning of a fingerprint.
            if ":" in real:
                text = re.sub(rf"\b{real[:11]}\b", made[:11], text)
                text = text.replace(_compact(real)[:8], _compact(made)[:8])
        return DAY.sub(_day, re.sub(r" \*{3,}$|[ \t]+$", "", text, flags=re.MULTILINE))

    def real(self, text: str) -> str:
        """Return what is meant by a text of a page."""
        for real, made in self._made_up.items():
            text = text.replace(made, real)
        return text

    def _made(self, real: str, make: t.Callable[[int], str]) -> str:
        return self._made_up.setdefault(real, make(len(self._made_up)))


def _fingerprint(number: int) -> str:
    return hashlib.sha256(f"certificate {number}".encode()).digest().hex(":").upper()


def _uuid(number: int) -> str:
    """Return one that no search for secrets takes for something real."""
    return f"{number:08}-1111-4222-8333-444444444444"


def _compact(fingerprint: str) -> str:
    return fingerprint.replace(":", "").lower()


def _day(match: re.Match[str]) -> str:
    """Return a date as far from that of the pages as it is from today."""
    away = date.fromisoformat(match["day"]) - datetime.now(timezone.utc).date()
    shown = (TODAY + away).isoformat() if abs(away) < timedelta(days=2000) else match["day"]
    return shown + (f"T{TIME_OF_DAY}"[: len(match["time"])] if match["time"] else "")


class Bash:
    """The shell of a reader, who is in the folder of the repository.

    :param playground: where the landscape of the session is
    :param config: the landscape's environments
    :param echo: whether to print what is run and what it prints, as it is
    """

    def __init__(self, playground: Playground, config: Path = CONFIG, echo: bool = False) -> None:
        self._playground = playground
        self._steady = Steady(playground.operator)
        self._echo = echo
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
        environment |= {
            "LANDSCAPE": str(playground.folder),
            "OPTIONS": f"--config '{config}'",
            # One host after the other, so that their order is always the same.
            "ANSIBLE_FORKS": "1",
            "ANSIBLE_NOCOLOR": "1",
            "COLUMNS": "80",
        }
        self._process = subprocess.Popen(  # pylint: disable=consider-using-with
            ["bash", "--noprofile", "--norc"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def run(self, command: str) -> tuple[str, int]:
        """Run a command as a reader does."""
        real = self._steady.real(command).replace(".work/landscape/", f"'{self._playground.folder}'/")
        given, printed = (t.cast("t.IO[str]", pipe) for pipe in (self._process.stdin, self._process.stdout))
        given.write(f"{{ {real}\n}} </dev/null; status=$?; echo; echo '{END}' $status\n")
        given.flush()
        self._say(f"$ {command}\n")
        lines: list[str] = []
        for line in printed:
            if line.startswith(END):
                return self._steady.shown("".join(lines)).rstrip("\n"), int(line.split()[-1])
            self._say(line)
            lines.append(line)
        raise TranscriptError(f"The shell ended with {command}")

    def edit(self, path: str, replaced: str, text: str) -> None:
        """Replace a line of a file in the operator's folder, or add to the file."""
        file = self._playground.operator / path
        before = file.read_text(encoding="utf-8") if file.exists() else ""
        text = self._steady.real(text)
        lines = before.splitlines(keepends=True)
        after = "".join(text if line.startswith(replaced) else line for line in lines) if replaced else before + text
        if after == before:
            raise TranscriptError(f"No line of {path} begins with {replaced}")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(after, encoding="utf-8")
        self._say(f"An editor writes into {path}:\n\n{textwrap.indent(text, '    ')}")
        self._say("")

    def _say(self, text: str) -> None:
        if self._echo:
            # Ansible fills the heads of tasks up with asterisks.
            print(re.sub(r" \*{3,}$", "", text.rstrip("\n")), flush=True)

    def close(self) -> None:
        """End the shell."""
        self._process.kill()
        self._process.communicate()


def session(
    name: str, folder: Path, config: Path = CONFIG, narrate: t.Callable[[str], None] | None = None
) -> dict[Path, str]:
    """Run the commands of a session's pages in a landscape of their own; return the pages as they have to be.

    :param folder: for the landscape, which is removed at the end
    :param config: the landscape's environments
    :param narrate: if all is to be printed while it happens: what prints the title of a section
    :raises TranscriptError: a command does not do what its page says
    """
    playground = Playground(folder)
    shell = Bash(playground, config, echo=narrate is not None)
    transcript = Transcript(shell, narrate)
    try:
        pages = {path: transcript.page(path.read_text(encoding="utf-8"), path.suffix) for path in SESSIONS[name]}
    finally:
        shell.close()
        playground.stop()
    if transcript.problems:
        raise TranscriptError("\n".join(transcript.problems))
    return pages


def main(arguments: t.Sequence[str] | None = None) -> int:
    """Entry point of the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("session", nargs="*", default=list(SESSIONS))
    try:
        for name in parser.parse_args(arguments).session:
            for path, text in session(name, ROOT / ".work" / f"outputs-{name}").items():
                path.write_text(text, encoding="utf-8")
    except TranscriptError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
