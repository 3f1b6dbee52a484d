# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the documentation shows of commands: their output is written by running them, and a test runs them again.

A comment before a block of code says what is done with the block. In reStructuredText::

    .. run: first-run
       exit: 2
       show: Report the findings

    .. code-block:: console

       $ ansible-playbook -i inventories/dev btp_ops.task_center.connect_fsm

In Markdown, the same lines are in ``<!-- -->`` before a fenced block. These are done:

run: NAME
    The commands, which begin with ``$``, are run, and their output is put below them. NAME is what ``quote`` calls it;
    ``exit`` is the status of the last one, 0 if nothing else is said.
quote: NAME
    Nothing is run: the block shows what the block of that name has run.
act: COMMAND
    The command is run and not shown: it is what somebody else does meanwhile. There is no block.
edit: PATH
    The reader changes a file: the line that begins with what ``replace`` names becomes the text of the block; without
    it, the text is added.

``take`` names the block that was run whose output has the fingerprint in a command or edit; ``take: NAME 2`` is its
second one. ``show`` selects parts of the output by regular expressions that the heads of tasks match, one per line; the
rest becomes "…". Without it, all is shown.
"""

from __future__ import annotations

import re
import textwrap
import typing as t
from dataclasses import dataclass, field

LEFT_OUT = "…"
FINGERPRINT = re.compile(r"\b[0-9A-F]{2}(?::[0-9A-F]{2}){31}\b")

ACT = r"act: (?P<act>.+?)"
COMMENT = r"(?P<kind>run|quote|edit): (?P<name>\S+)(?P<options>(?:\n\s*\w+: .*)*)"
COMMENTS = {
    ".rst": re.compile(
        rf"^\.\. (?:{ACT}$|{COMMENT}\n\n"
        r"\.\. code-block:: \w+\n(?: +:\w+:.*\n)*\n(?P<block>(?:   .*\n|\n)+))",
        re.MULTILINE,
    ),
    ".md": re.compile(
        rf"^<!-- (?:{ACT} -->$|{COMMENT}\s*-->\n```\w+\n(?P<block>(?:.*\n)*?)```\n)",
        re.MULTILINE,
    ),
}
HEAD = re.compile(r"^(?:PLAY|TASK|RUNNING HANDLER)\b.*", re.MULTILINE)
TITLE = re.compile(r"^(.+)\n[-=]{3,}$", re.MULTILINE)
INDENT = {".rst": "   ", ".md": ""}


class TranscriptError(Exception):
    """A command of the documentation did not do what the page says."""


class Shell(t.Protocol):
    """Where the commands of a page are run."""

    def run(self, command: str) -> tuple[str, int]:
        """Run a command; return what it printed, the same in every run, and its exit status."""

    def edit(self, path: str, replaced: str, text: str) -> None:
        """Replace the line of a file that begins with a text."""


@dataclass(frozen=True)
class Block:
    """A block of a page that shows commands.

    :param options: what the comment says in addition, by its word
    """

    kind: str
    name: str
    options: dict[str, list[str]]
    text: str

    @property
    def commands(self) -> list[str]:
        """The commands in the block; one that goes on in the next line ends with a backslash."""
        return [found[0] for found in re.finditer(r"(?m)^\$ (?:.*\\\n)*.*$", self.text)]

    @property
    def status(self) -> int:
        """The exit status that the last command has to have."""
        return int(self.options.get("exit", ["0"])[0])


@dataclass
class Transcript:
    """What the commands of several pages printed, run in one shell.

    :param narrate: is called with the title of each section that runs something
    :param outputs: by the name of the block, per command
    :param problems: what a page asks for that is in no output
    """

    shell: Shell
    narrate: t.Callable[[str], None] | None = None
    outputs: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    _title: str = ""

    def page(self, text: str, suffix: str) -> str:
        """Run the commands of a page, and return the page with what they printed.

        :param suffix: of the page's file
        :raises TranscriptError: a command ends with another status than the page says
        """
        return COMMENTS[suffix].sub(lambda match: self._render(match, suffix), text)

    def _render(self, match: re.Match[str], suffix: str) -> str:
        if match["act"]:
            self._act(match["act"])
            return match[0]
        block = read(match)
        if block.kind == "edit":
            return self._edit(block, match[0])
        if block.kind == "run":
            self._announce(match)
            self.outputs[block.name] = self._run(block)
        if block.name not in self.outputs:
            raise TranscriptError(f"Nothing is called {block.name} before it is quoted.")
        begin, end = (place - match.start() for place in match.span("block"))
        after = "\n" * max(1, len(match["block"]) - len(match["block"].rstrip("\n")))
        shown = textwrap.indent(self._shown(block), INDENT[suffix])
        return match[0][:begin] + shown + after + match[0][end:]

    def _announce(self, match: re.Match[str]) -> None:
        titles = TITLE.findall(match.string[: match.start()])
        if self.narrate and titles and titles[-1] != self._title:
            self._title = titles[-1]
            self.narrate(self._title)

    def _taken(self, block: Block, text: str) -> str:
        """Return a text of a block with the fingerprint that the block takes."""
        for take in block.options.get("take", []):
            name, _blank, number = take.partition(" ")
            shown = "\n".join(output for _command, output in self.outputs[name])
            taken = list(dict.fromkeys(FINGERPRINT.findall(shown)))[int(number or 1) - 1]
            text = FINGERPRINT.sub(taken, text)
        return text

    def _edit(self, block: Block, text: str) -> str:
        """Change a file as the block says; return the page's text of the block."""
        replaced = (*block.options.get("replace", []), "")[0]
        self.shell.edit(block.name, replaced, self._taken(block, block.text))
        return self._taken(block, text)

    def _shown(self, block: Block) -> str:
        patterns = block.options.get("show", [])
        printed = "\n".join(output for _command, output in self.outputs[block.name])
        heads = HEAD.findall(printed)
        for pattern in patterns:
            if not any(re.search(pattern, head) for head in heads):
                self.problems.append(f"No head of a task in the output of {block.name} matches {pattern!r}.")
        parts = ((command, selected(output, patterns)) for command, output in self.outputs[block.name])
        return "\n".join(part for pair in parts for part in pair if part)

    def _act(self, command: str) -> None:
        output, status = self.shell.run(command)
        if status:
            raise TranscriptError(f"{command}\n{output}\nended with {status}.")

    def _run(self, block: Block) -> list[tuple[str, str]]:
        done: list[tuple[str, str]] = []
        status = 0
        for command in (self._taken(block, one) for one in block.commands):
            output, status = self.shell.run(re.sub(r"^\$ ", "", command))
            done.append((command, output))
        if status != block.status:
            raise TranscriptError(f"{block.commands[-1]}\n{done[-1][1]}\nended with {status}, not {block.status}.")
        return done


def read(match: re.Match[str]) -> Block:
    """Return a block that was found in a page."""
    options: dict[str, list[str]] = {}
    for word, value in re.findall(r"^\s*(\w+): (.*?)\s*$", match["options"], re.MULTILINE):
        options.setdefault(word, []).append(value)
    text = match["block"]
    return Block(match["kind"], match["name"], options, textwrap.dedent(text).strip("\n") + "\n")


def blocks(text: str, suffix: str) -> list[Block]:
    """Return all blocks of a page, in their order."""
    return [read(match) for match in COMMENTS[suffix].finditer(text) if not match["act"]]


def selected(output: str, patterns: list[str]) -> str:
    """Return the parts of Ansible's output whose heads match one of the patterns; all of it without patterns."""
    if not patterns:
        return output.strip("\n")
    chosen = re.compile("|".join(patterns))
    shown: list[str] = []
    for part in re.split(rf"(?={HEAD.pattern})", output, flags=re.MULTILINE):
        if not chosen.search(part.split("\n", 1)[0]):
            shown += [] if shown[-1:] == [LEFT_OUT] else [LEFT_OUT]
            continue
        # As Ansible has it between two tasks.
        shown += ["", part.strip("\n")] if shown and shown[-1] != LEFT_OUT else [part.strip("\n")]
    return "\n".join(shown)
