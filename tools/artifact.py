# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Build the collection's artifact so that the same files give the same bytes, whoever builds it, where and when.

ansible-galaxy packs the files in the order of the file system, with their times and that of the build, and folders too
in which nothing is, which git does not know. So what it built is packed once more: in the order of the names, with one
time for all, and without empty folders.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import io
import json
import subprocess
import sys
import tarfile
import tempfile
import typing as t
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parent.parent
MANIFEST, FILES = "MANIFEST.json", "FILES.json"
TIME = 315532800  # 1980-01-01, the earliest that every archiver knows

Member = tuple[tarfile.TarInfo, bytes]


def build(folder: Path, source: Path = ROOT) -> Path:
    """Build the artifact of a checkout into a folder, and return its path.

    :raises subprocess.CalledProcessError: ansible-galaxy could not build it
    """
    with tempfile.TemporaryDirectory() as scratch:
        command = [sys.executable, "-m", "ansible", "galaxy", "collection", "build", "--output-path", scratch]
        subprocess.run(command, cwd=source, check=True, stdout=subprocess.DEVNULL)
        (built,) = Path(scratch).glob("*.tar.gz")
        folder.mkdir(parents=True, exist_ok=True)
        artifact = folder / built.name
        artifact.write_bytes(_packed(_sorted(_without_empty_folders(_read(built)))))
    return artifact


def _read(artifact: Path) -> dict[str, Member]:
    """Return what an artifact holds, by its name in there."""
    with tarfile.open(artifact) as archive:
        return {
            member.name: (member, file.read() if (file := archive.extractfile(member)) else b"") for member in archive
        }


def _without_empty_folders(members: dict[str, Member]) -> dict[str, Member]:
    """Return the same without the folders in which no file is, neither as members nor in the list of files."""
    files = [name for name, (member, _content) in members.items() if not member.isdir()]
    used = {str(folder) for name in files for folder in PurePosixPath(name).parents}
    listing = json.loads(members[FILES][1])
    listing["files"] = [entry for entry in listing["files"] if entry["ftype"] != "dir" or entry["name"] in used]
    kept = {name: one for name, one in members.items() if name in used or not one[0].isdir()}
    return {**kept, FILES: (members[FILES][0], _text(listing))}


def _sorted(members: dict[str, Member]) -> dict[str, Member]:
    """Return the same with a list of files in the order of their names, and the checksum of that list."""
    listing = json.loads(members[FILES][1])
    listing["files"].sort(key=lambda entry: entry["name"])
    files = _text(listing)
    manifest = json.loads(members[MANIFEST][1])
    manifest["file_manifest_file"]["chksum_sha256"] = hashlib.sha256(files).hexdigest()
    changed = {MANIFEST: (members[MANIFEST][0], _text(manifest)), FILES: (members[FILES][0], files)}
    return {**changed, **{name: members[name] for name in sorted(members.keys() - changed.keys())}}


def _text(value: t.Any) -> bytes:
    """Return JSON in ansible-galaxy's layout."""
    return json.dumps(value, indent=True).encode()


def _packed(members: dict[str, Member]) -> bytes:
    packed = io.BytesIO()
    # Neither a name nor a time of its own.
    with (
        gzip.GzipFile(fileobj=packed, mode="wb", filename="", mtime=0) as compressed,
        tarfile.open(fileobj=compressed, mode="w", format=tarfile.USTAR_FORMAT) as archive,
    ):
        for name, (member, content) in members.items():
            entry = tarfile.TarInfo(name)
            # A link as the file to which it leads.
            entry.type = tarfile.DIRTYPE if member.isdir() else tarfile.REGTYPE
            entry.mode, entry.size, entry.mtime = member.mode, len(content), TIME
            archive.addfile(entry, io.BytesIO(content))
    return packed.getvalue()


def main() -> int:
    """Entry point of the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where to put it")
    artifact = build(parser.parse_args().folder)
    print(f"{hashlib.sha256(artifact.read_bytes()).hexdigest()}  {artifact}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
