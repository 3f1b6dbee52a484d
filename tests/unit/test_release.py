# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is released, and when nothing is."""

from __future__ import annotations

import io
import subprocess
import sys
import tarfile
import typing as t
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).resolve().parent.parent.parent / "tools"))

import release


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout from which 1.0.0 can be released."""
    files = {
        "galaxy.yml": "version: 1.0.0\n",
        "changelogs/changelog.yaml": "releases:\n  0.1.0: {}\n",
        "changelogs/fragments/a-change.yml": "bugfixes:\n  - A change.\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    git(tmp_path, "init", "--quiet")
    commit(tmp_path)
    return tmp_path


def git(folder: Path, *arguments: str) -> None:
    """Run git in a folder."""
    subprocess.run(["git", "-c", "user.name=me", "-c", "user.email=me@example.com", *arguments], cwd=folder, check=True)


def commit(folder: Path) -> None:
    """Commit all that is there."""
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "All")


def test_what_is_ready_is_released(checkout: Path) -> None:
    assert release.refusals("1.0.0", checkout) == []


@pytest.mark.parametrize(
    "version, reasons",
    [
        ("1.0.1", ["galaxy.yml says version: 1.0.0"]),
        ("0.1.0", ["galaxy.yml says version: 1.0.0", "changelogs/changelog.yaml has 0.1.0 already"]),
        ("1.0", ["1.0 is no version, such as 1.0.0", "galaxy.yml says version: 1.0.0"]),
        ("", [" is no version, such as 1.0.0", "galaxy.yml says version: 1.0.0"]),
    ],
)
def test_another_version_is_refused(checkout: Path, version: str, reasons: list[str]) -> None:
    assert release.refusals(version, checkout) == reasons


def test_a_release_without_fragments_is_refused(checkout: Path) -> None:
    (checkout / "changelogs" / "fragments" / "a-change.yml").unlink()
    commit(checkout)

    assert release.refusals("1.0.0", checkout) == ["changelogs/fragments is empty: there is nothing to release"]


def test_what_is_not_committed_is_not_released(checkout: Path) -> None:
    (checkout / "new.txt").write_text("new", encoding="utf-8")

    assert release.refusals("1.0.0", checkout) == ["there are changes that are not committed:\n?? new.txt"]


def test_nothing_is_done_where_a_release_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(_version: str) -> t.NoReturn:
        raise AssertionError("a release was made")

    monkeypatch.setattr(release, "release", refuse)

    assert release.main(["0.0.1"]) == 2
    assert "Nothing was released:\n- galaxy.yml says version: " in capsys.readouterr().err


def test_contents_are_listed_by_group(tmp_path: Path) -> None:
    path = tmp_path / "artifact.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        for name, size in (("README.md", 5), ("plugins/modules/a.py", 10), ("plugins/modules/b.py", 20), ("meta/r", 7)):
            member = tarfile.TarInfo(name)
            member.size = size
            archive.addfile(member, io.BytesIO(b"x" * size))

    assert [line.split() for line in release.contents(path).splitlines()] == [
        ["42", "4", "files", "in", "artifact.tar.gz"],
        ["7", "meta:", "1"],
        ["7", "meta/r"],
        ["30", "plugins/modules:", "2"],
        ["10", "plugins/modules/a.py"],
        ["20", "plugins/modules/b.py"],
        ["5", "top:", "1"],
        ["5", "README.md"],
    ]
