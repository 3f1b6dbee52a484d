# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the project is made of, and what is made of it: pinned packages, no secrets, an artifact anybody can build."""

from __future__ import annotations

import os
import re
import shutil
import sys
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

sys.path.append(str(Path(__file__).resolve().parent.parent.parent / "tools"))

import artifact
import secret_scan
from locks import FOLDER, LOCKS, pins

ROOT = Path(__file__).resolve().parent.parent.parent
LOCK = pytest.mark.parametrize("name", LOCKS)


def required(path: Path) -> list[Requirement]:
    """Return what a file of requirements asks for, with those files that it takes in."""
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("-r "):
            found += required(path.parent / line[3:])
        elif line and not line.startswith("#"):
            found.append(Requirement(line))
    return found


@LOCK
def test_lock_pins_what_the_requirements_ask_for(name: str) -> None:
    pinned = pins(FOLDER / f"{name}.lock")
    for requirement in required(ROOT / LOCKS[name][0]):
        versions = [pin.version for pin in pinned if pin.name == canonicalize_name(requirement.name)]
        assert versions, f"{requirement} is not in {name}.lock: run make locks"
        wrong = [version for version in versions if not requirement.specifier.contains(version, prereleases=True)]
        assert wrong == [], f"{requirement} is not what {name}.lock pins: run make locks"


@LOCK
def test_lock_knows_the_hash_of_every_file_and_no_place(name: str) -> None:
    text = (FOLDER / f"{name}.lock").read_text(encoding="utf-8")
    assert [pin.name for pin in pins(FOLDER / f"{name}.lock") if not pin.hashes] == []
    assert re.findall(r"--hash=(?!sha256:[0-9a-f]{64}\b)", text) == []
    # Where packages come from, everybody's own pip decides.
    assert re.findall(r"://|^--", text, re.MULTILINE) == []


def test_artifact_is_the_same_on_every_machine(tmp_path: Path) -> None:
    """Elsewhere, from files of another age, with other rights and in another order, and between other empty folders."""
    built = []
    for number, names in enumerate((secret_scan.tracked(), secret_scan.tracked()[::-1])):
        copy = tmp_path / f"copy {number}"
        for name in names:
            target = copy / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, target)
            target.chmod(0o600 if number else 0o664)
            os.utime(target, (number * 10**9, number * 10**9))
        # As a release leaves the fragments' folder where git has no file in it.
        (copy / "changelogs" / f"empty-{number}").mkdir()
        built.append(artifact.build(tmp_path / f"built {number}", copy).read_bytes())

    assert built[0] == built[1]


def test_no_file_holds_a_secret(capsys: pytest.CaptureFixture[str]) -> None:
    assert secret_scan.main() == 0, capsys.readouterr().out


@pytest.mark.parametrize(
    "secret",
    [
        "-----BEGIN " + "PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQ",
        "-----BEGIN " + "RSA PRIVATE KEY-----\\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQ",
        "token: " + "eyJhbGciOiJSUzI1NiJ9" + ".eyJzdWIiOiJzb21lb25lIn0" + ".c2lnbmF0dXJlLW9mLWl0",
        '"clientsecret": "' + "8f3a91c2-7d4e-4b6a$Zq1xV9" + 'tKp0LmNcRw="',
        "fsm_client_secret: " + "aG9kZ2VwNzQzMjE5ODdmZGF6cXdl",
        "https_proxy=http://" + "operator:v3ryS3cretW0rds@proxy.example",
    ],
)
def test_secret_is_found_and_not_quoted(secret: str) -> None:
    found = list(secret_scan.findings("some.yml", f"# a line\n{secret}\n"))
    assert found
    assert all(message.startswith("some.yml:2: ") and secret[-12:-2] not in message for message in found)


@pytest.mark.parametrize(
    "text", ['client_secret: "{{ vault_fsm_client_secret }}"', "token_url: https://a.example/oauth"]
)
def test_names_of_secrets_alone_are_none(text: str) -> None:
    assert list(secret_scan.findings("some.yml", text)) == []


def test_what_is_allowed_is_still_there() -> None:
    for name, texts in secret_scan.ALLOWED.items():
        assert [text for text in texts if text not in (ROOT / name).read_text(encoding="utf-8")] == []


THREATS = (ROOT / "docs" / "docsite" / "rst" / "threats.rst").read_text(encoding="utf-8")


def test_every_threat_names_tests_that_exist() -> None:
    rows = re.split(r"^   \* - ", THREATS.partition("What is out of its reach")[0], flags=re.MULTILINE)[2:]
    assert len(rows) > 10
    for row in rows:
        named = re.findall(r"``(tests/[\w/]+\.py)::(\w+)``", row)
        assert named, row
        for file, test in named:
            text = (ROOT / file).read_text(encoding="utf-8")
            assert re.search(rf"^def {test}\(", text, re.MULTILINE), f"{file} has no {test}"
