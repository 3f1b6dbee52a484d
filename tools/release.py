# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Make a release: its changelog from the fragments, its artifact, and the artifact's bill of materials.

All of it is made in a clone. The checkout gets the changelog, and .work/dist the files to publish, once everything has
succeeded. Nothing is committed, tagged or published.
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import typing as t
from pathlib import Path

import yaml

import artifact

ROOT = Path(__file__).resolve().parent.parent
DIST = ROOT / ".work" / "dist"
FRAGMENTS = "changelogs/fragments"
CHANGELOG = "changelogs/changelog.yaml"
# A release has three numbers; what follows a hyphen is for those before one.
VERSION = r"\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?"
# How many parts of a name make a group of files, by its first part; one for all others.
DEPTH = {"docs": 3, "examples": 2, "extensions": 3, "plugins": 2, "roles": 2}


def refusals(version: str, checkout: Path = ROOT) -> list[str]:
    """Return why this version cannot be released from a checkout.

    :param version: that was asked for
    """
    stated = _load(checkout / "galaxy.yml")["version"]
    released = _load(checkout / CHANGELOG)["releases"] if (checkout / CHANGELOG).exists() else {}
    reasons = {
        f"{version} is no version, such as 1.0.0": not re.fullmatch(VERSION, version),
        f"galaxy.yml says version: {stated}": stated != version,
        f"{CHANGELOG} has {version} already": version in released,
        f"{FRAGMENTS} is empty: there is nothing to release": not list((checkout / FRAGMENTS).glob("*.yml")),
        f"there are changes that are not committed:\n{_uncommitted(checkout)}": bool(_uncommitted(checkout)),
    }
    return [reason for reason, holds in reasons.items() if holds]


def contents(path: Path) -> str:
    """Return what is in an artifact: its files by group, with their sizes in bytes."""
    with tarfile.open(path) as archive:
        sizes = sorted((_group(member.name), member.name, member.size) for member in archive if member.isfile())
    lines = [f"{sum(size for *_names, size in sizes):>9}  {len(sizes)} files in {path.name}"]
    for group, entries in itertools.groupby(sizes, key=lambda entry: entry[0]):
        files = [(name, size) for _group_name, name, size in entries]
        lines.append(f"{sum(size for _name, size in files):>9}  {group}: {len(files)}")
        lines += [f"{size:>9}    {name}" for name, size in files]
    return "\n".join(lines)


def release(version: str) -> Path:
    """Make the release in a clone, take over what came of it, and return the artifact.

    :raises subprocess.CalledProcessError: a step failed; the checkout is as it was
    """
    with tempfile.TemporaryDirectory() as scratch:
        galaxy = _load(ROOT / "galaxy.yml")
        clone = Path(scratch) / "ansible_collections" / galaxy["namespace"] / galaxy["name"]
        _run("git", "clone", "--quiet", str(ROOT), str(clone))
        _write_changelog(clone, version, Path(scratch))
        built = artifact.build(Path(scratch) / "dist", clone)
        _build_again(built, clone, Path(scratch))
        _import(built)
        _run(sys.executable, str(ROOT / "tools" / "sbom.py"), str(built))
        shutil.rmtree(DIST, ignore_errors=True)
        shutil.copytree(built.parent, DIST)
        _take_over(clone)
    return DIST / built.name


def _write_changelog(clone: Path, version: str, collections: Path) -> None:
    """Write the changelog of a clone, and commit it there, so that it can be cloned in its turn."""
    command = ("antsibull-changelog", "release", "--version", version, "--reload-plugins")
    _run(*command, cwd=clone, ANSIBLE_COLLECTIONS_PATH=str(collections))
    _run("git", "add", "--all", cwd=clone)
    author = ("-c", "user.name=release", "-c", "user.email=release@localhost")
    _run("git", *author, "commit", "--quiet", "--message", version, cwd=clone)


def _build_again(built: Path, clone: Path, scratch: Path) -> None:
    """Build the artifact from another clone, as anybody else would, and compare the bytes."""
    other = scratch / "elsewhere"
    _run("git", "clone", "--quiet", str(clone), str(other))
    if artifact.build(scratch / "again", other).read_bytes() != built.read_bytes():
        raise SystemExit("The artifact has other bytes when it is built again: that is a fault of tools/artifact.py")


def _import(built: Path) -> None:
    """Check the artifact as Ansible Galaxy does."""
    settings = str(ROOT / "tests" / "galaxy-importer.cfg")
    command = (sys.executable, "-m", "galaxy_importer.main", str(built))
    with tempfile.TemporaryDirectory() as folder:
        _run(*command, cwd=Path(folder), GALAXY_IMPORTER_CONFIG=settings)


def _take_over(clone: Path) -> None:
    """Change in the checkout what the release has changed in the clone: the changelog, and the fragments in it."""
    listing = ("git", "diff", "--name-only", "--no-renames", "-z", "HEAD~1")
    changed = subprocess.run(listing, cwd=clone, check=True, capture_output=True, text=True).stdout
    for name in filter(None, changed.split("\0")):
        if (clone / name).exists():
            shutil.copyfile(clone / name, ROOT / name)
        else:
            (ROOT / name).unlink()


def _group(name: str) -> str:
    """Return the folder under which a file is listed."""
    *folders, _file = name.split("/")
    return "/".join(folders[: DEPTH.get(folders[0], 1)]) if folders else "top"


def _uncommitted(checkout: Path) -> str:
    command = ("git", "status", "--porcelain")
    return subprocess.run(command, cwd=checkout, check=True, capture_output=True, text=True).stdout.rstrip()


def _load(path: Path) -> t.Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def _run(*command: str, cwd: Path = ROOT, **variables: str) -> None:
    """Run a program of this environment, or git."""
    programs = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    subprocess.run(command, cwd=cwd, check=True, env={**os.environ, "PATH": programs, **variables})


def main(arguments: t.Sequence[str] | None = None) -> int:
    """Entry point of the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("version", help="that galaxy.yml says")
    version = parser.parse_args(arguments).version
    reasons = refusals(version)
    if reasons:
        print("Nothing was released:", *reasons, sep="\n- ", file=sys.stderr)
        return 2
    built = release(version)
    print(contents(built))
    print(f"{hashlib.sha256(built.read_bytes()).hexdigest()}  {built.relative_to(ROOT)}")
    print(
        f"Read the changelog, commit it, and tag the commit {version}. From it, `make artifact` builds the same bytes."
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
