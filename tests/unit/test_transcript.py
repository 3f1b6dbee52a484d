# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the documentation shows of commands: what is run, what is shown of it, and that it is the same in every run."""

from __future__ import annotations

import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).resolve().parent.parent.parent / "tools"))

from outputs import Steady
from transcript import Transcript, TranscriptError, selected

RST = """\
Title
=====

.. run: greeting
   exit: 2

.. code-block:: console

   $ greet \\
       --loudly
   what it said before

Text.
"""
MARKDOWN = """\
<!-- quote: greeting -->
```console
```

Text.
"""
OUTPUT = """
PLAY [One]

TASK [role : First thing]
ok: [dev]

TASK [role : Second thing]
changed: [dev]

TASK [role : Third thing]
ok: [dev]

PLAY RECAP
dev : ok=3
"""
ONE, TWO = ":".join(["AB"] * 32), ":".join(["CD"] * 32)


class Echo:
    """A shell that says what it was given."""

    def __init__(self, status: int = 2) -> None:
        self.status = status
        self.commands: list[str] = []
        self.edits: list[tuple[str, str, str]] = []

    def run(self, command: str) -> tuple[str, int]:
        """Answer with the number of the command."""
        self.commands.append(command)
        return f"answer {len(self.commands)} {ONE}", self.status

    def edit(self, path: str, replaced: str, text: str) -> None:
        """Take note of it."""
        self.edits.append((path, replaced, text))


def test_output_takes_the_place_of_what_was_there() -> None:
    shell = Echo()
    titles: list[str] = []
    page = Transcript(shell, titles.append).page(RST, ".rst")
    assert shell.commands == ["greet \\\n    --loudly"]
    assert page == RST.replace("what it said before", f"answer 1 {ONE}")
    assert titles == ["Title"]
    assert Transcript(Echo()).page(page, ".rst") == page


def test_quote_runs_nothing() -> None:
    shell = Echo()
    shown = Transcript(shell)
    shown.page(RST, ".rst")
    page = shown.page(MARKDOWN, ".md")
    assert page == MARKDOWN.replace("console\n", f"console\n$ greet \\\n    --loudly\nanswer 1 {ONE}\n")
    assert len(shell.commands) == 1


def test_quote_of_what_has_not_run() -> None:
    with pytest.raises(TranscriptError, match="Nothing is called greeting"):
        Transcript(Echo()).page(MARKDOWN, ".md")


def test_another_status_is_an_error() -> None:
    with pytest.raises(TranscriptError, match="ended with 0, not 2"):
        Transcript(Echo(status=0)).page(RST, ".rst")


def test_what_somebody_else_does_is_not_shown() -> None:
    shell = Echo(status=0)
    text = "Text.\n\n.. act: portal upload dev\n\nText.\n"
    assert Transcript(shell).page(text, ".rst") == text
    assert shell.commands == ["portal upload dev"]
    with pytest.raises(TranscriptError, match="portal upload dev"):
        Transcript(Echo(status=1)).page(text, ".rst")


def test_edit_takes_the_fingerprint_of_a_run() -> None:
    edit = (
        ".. edit: main.yml\n   replace: listed:\n   take: greeting\n\n.. code-block:: yaml\n\n   listed: {}\n\nText.\n"
    )
    shell = Echo()
    page = Transcript(shell).page(RST + "\n" + edit.format(TWO), ".rst")
    assert page.endswith(edit.format(ONE))
    assert shell.edits == [("main.yml", "listed:", f"listed: {ONE}\n")]


@pytest.mark.parametrize(
    "patterns, shown",
    [
        ([], OUTPUT.strip("\n")),
        (["Second"], "…\nTASK [role : Second thing]\nchanged: [dev]\n…"),
        (
            ["First", "Second"],
            "…\nTASK [role : First thing]\nok: [dev]\n\nTASK [role : Second thing]\nchanged: [dev]\n…",
        ),
        (["RECAP"], "…\nPLAY RECAP\ndev : ok=3"),
        (["changed"], "…"),
    ],
)
def test_selected(patterns: list[str], shown: str) -> None:
    assert selected(OUTPUT, patterns) == shown


def test_same_text_in_every_run() -> None:
    today = datetime.now(timezone.utc)
    due = (today + timedelta(days=730)).date().isoformat()
    steady = Steady(Path("/home/jane/fsm"))
    text = f"{ONE} {TWO} {ONE[:11]} dev-{ONE.replace(':', '').lower()[:8]}.pem /home/jane/fsm/x {due} {due}T11:22:33"
    shown = steady.shown(text)
    assert ONE[:11] not in shown
    assert shown.endswith("…/x 2029-01-14 2029-01-14T09:30:00")
    first, second, short, name, *_rest = shown.split()
    assert short == first[:11]
    assert name == f"dev-{first.replace(':', '').lower()[:8]}.pem"
    assert steady.real(f"{first} {second}") == f"{ONE} {TWO}"
    assert Steady(Path("/home/jane/fsm")).shown(text.replace(ONE, TWO.replace("C", "0"))).split()[0] == first


def test_task_that_is_not_there_any_more() -> None:
    page = RST.replace("   exit: 2\n", "   exit: 2\n   show: Second\n")
    shown = Transcript(Echo())
    shown.page(page, ".rst")
    assert shown.problems == ["No head of a task in the output of greeting matches 'Second'."]


def test_place_of_an_error_is_left_out() -> None:
    text = "TASK [x]\n[ERROR]: Task failed: no\nOrigin: /srv/x.yml:3:3\n\n3 - name: x\n    ^ column 3\n\nfatal: [dev]\n"
    assert Steady(Path("/none")).shown(text) == "TASK [x]\nfatal: [dev]\n"
