# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The exported file is as the task describes it, replaced in one step, and its former content kept on request."""

from __future__ import annotations

import errno
import grp
import os
import pwd
import typing as t
from pathlib import Path

import pytest

from ansible_collections.btp_ops.task_center.plugins.module_utils._core import public_file as files
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.errors import InputError, OperatorError


def desired(path: Path | str, **options: t.Any) -> files.DesiredFile:
    """Return the desired file that options describe."""
    wanted = files.desired_file({"path": str(path), "mode": "0644", **options})
    assert wanted is not None
    return wanted


def bring(wanted: files.DesiredFile, content: str) -> str | None:
    """Bring a file to its target state and return the backup's path."""
    current = files.read_state(wanted.path)
    return files.write(wanted, files.desired_state(wanted, content, current), current)


@pytest.mark.parametrize(
    "mode, bits",
    [("0644", 0o644), ("644", 0o644), ("0600", 0o600), ("01777", 0o1777), (0o640, 0o640), (420, 0o644)],
)
def test_forms_of_mode(mode: str | int, bits: int, tmp_path: Path) -> None:
    assert desired(tmp_path / "file", mode=mode).mode == bits


@pytest.mark.parametrize("mode", ["u=rw", "0689", "64", "", None, True, 6.44, "0644x"])
def test_what_is_no_mode_is_named(mode: t.Any, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=f"mode {mode} is not octal"):
        desired(tmp_path / "file", mode=mode)


@pytest.mark.parametrize("path", [None, ""])
def test_no_path_no_desired_file(path: str | None) -> None:
    assert files.desired_file({"path": path, "mode": "0644"}) is None


def test_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is a directory"):
        desired(tmp_path)


def test_path_may_begin_at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert desired("~/file").path == str(tmp_path / "file")


def test_owner_and_group_by_name_or_number(tmp_path: Path) -> None:
    user, group = pwd.getpwuid(os.getuid()), grp.getgrgid(os.getgid())
    by_name = desired(tmp_path / "file", owner=user.pw_name, group=group.gr_name)
    by_number = desired(tmp_path / "file", owner=str(user.pw_uid), group=str(group.gr_gid))
    assert (by_name.owner, by_name.group) == (by_number.owner, by_number.group) == (os.getuid(), os.getgid())


@pytest.mark.parametrize("option", ["owner", "group"])
def test_unknown_owner_or_group_is_named(option: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=f"The {option} nobody-of-this-name does not exist"):
        desired(tmp_path / "file", **{option: "nobody-of-this-name"})


def test_new_file_and_missing_folders(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "file.pem"
    assert files.read_state(str(path)) == files.FileState()
    assert bring(desired(path, mode="0640"), "one\n") is None
    assert path.read_text(encoding="utf-8") == "one\n"
    assert path.stat().st_mode & 0o7777 == 0o640
    assert [item.name for item in path.parent.iterdir()] == ["file.pem"]


def test_written_file_is_as_wanted(tmp_path: Path) -> None:
    wanted = desired(tmp_path / "file", owner=str(os.getuid()), group=str(os.getgid()))
    bring(wanted, "one\r\ntwo")
    current = files.read_state(wanted.path)
    assert current == files.desired_state(wanted, "one\r\ntwo", current)


def test_file_is_replaced_in_one_step(tmp_path: Path) -> None:
    """Who has the old file open reads it to its end: the new one is another file under the same name."""
    path = tmp_path / "file"
    bring(desired(path), "old")
    with path.open(encoding="utf-8") as reader:
        bring(desired(path), "new")
        assert reader.read() == "old"
    assert path.read_text(encoding="utf-8") == "new"
    assert [item.name for item in tmp_path.iterdir()] == ["file"]


def test_only_the_mode_changes(tmp_path: Path) -> None:
    path = tmp_path / "file"
    bring(desired(path), "same")
    before = path.stat().st_ino
    assert bring(desired(path, mode="0600", backup=True), "same") is None
    assert (path.stat().st_ino, path.stat().st_mode & 0o7777) == (before, 0o600)


@pytest.mark.parametrize("backup", [True, False])
def test_former_content_is_kept_on_request(backup: bool, tmp_path: Path) -> None:
    path = tmp_path / "file"
    bring(desired(path), "old")
    kept = bring(desired(path, backup=backup), "new")
    assert path.read_text(encoding="utf-8") == "new"
    others = [other for other in tmp_path.iterdir() if other != path]
    if backup:
        assert kept is not None
        assert others == [Path(kept)]
        assert others[0].read_text(encoding="utf-8") == "old"
    else:
        assert (kept, others) == (None, [])


def test_first_file_has_no_backup(tmp_path: Path) -> None:
    assert bring(desired(tmp_path / "file", backup=True), "new") is None


def test_target_keeps_what_the_task_leaves_open(tmp_path: Path) -> None:
    current = files.FileState("old", 0o600, 1, 2)
    assert files.desired_state(desired(tmp_path / "file"), "new", current) == files.FileState("new", 0o644, 1, 2)


def test_diff_shows_what_is_there() -> None:
    assert files.FileState().shown() == {}
    shown = files.FileState("text", 0o644, 0, 5).shown()
    assert shown == {"content": "text", "mode": "0644", "owner": 0, "group": 5}


def test_parent_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "parent").write_text("", encoding="utf-8")
    path = tmp_path / "parent" / "file"
    with pytest.raises(OperatorError, match="cannot be read: Not a directory"):
        files.read_state(str(path))
    with pytest.raises(OperatorError, match="cannot be written"):
        files.write(desired(path), files.FileState("x", 0o644), files.FileState())


def test_system_that_refuses_leaves_no_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file"
    bring(desired(path), "old")

    def refuse(*_paths: str) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(OperatorError, match=f"The file {path} cannot be written: Permission denied"):
        bring(desired(path), "new")
    assert path.read_text(encoding="utf-8") == "old"
    assert [item.name for item in tmp_path.iterdir()] == ["file"]


def test_file_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_path: str) -> os.stat_result:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "stat", refuse)
    with pytest.raises(OperatorError, match="cannot be read: Permission denied"):
        files.read_state(str(tmp_path / "file"))


def test_colleagues_file_becomes_that_of_the_user_who_writes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the administrator may give files away."""

    def refuse(*_arguments: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr("os.chown", refuse)
    path = tmp_path / "dev.pem"
    path.write_text("old", encoding="utf-8")
    of_colleague = files.FileState("old", 0o644, os.getuid() + 1, os.getgid())
    target = files.desired_state(files.DesiredFile(str(path), 0o644), "new", of_colleague)
    files.write(files.DesiredFile(str(path), 0o644), target, of_colleague)
    assert path.read_text(encoding="utf-8") == "new"

    asked_for = files.DesiredFile(str(path), 0o644, owner=os.getuid() + 1)
    with pytest.raises(OperatorError, match="cannot be written: Operation not permitted"):
        files.write(asked_for, target, of_colleague)


@pytest.mark.parametrize("interruption", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()])
def test_interrupted_write_leaves_the_former_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, interruption: BaseException
) -> None:
    path = tmp_path / "dev.pem"
    bring(desired(path), "former")

    def fail(_handle: int) -> None:
        raise interruption

    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises((OperatorError, KeyboardInterrupt)) as caught:
        bring(desired(path), "new")

    assert path.read_text(encoding="utf-8") == "former"
    assert list(tmp_path.iterdir()) == [path]
    if isinstance(interruption, OSError):
        assert f"The file {path} cannot be written: No space left on device." in str(caught.value)


@pytest.mark.parametrize(
    "path, job, outlives",
    [
        ("/a/7/certificates", None, True),
        ("/a/7/certificates", "", True),
        ("/a/7/certificates", "/a/7", False),
        ("/a/7", "/a/7/", False),
        ("/a/77", "/a/7", True),
        ("~/fsm", "/a/7", True),
    ],
)
def test_which_files_outlive_a_job(path: str, job: str | None, outlives: bool) -> None:
    environ = {} if job is None else {files.OF_JOB: job}
    assert files.outlives_job(path, environ) is outlives
