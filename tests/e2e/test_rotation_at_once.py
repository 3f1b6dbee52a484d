# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Two rotations of one environment at once come to one outcome."""

from __future__ import annotations

import contextlib
import tempfile
import typing as t
from concurrent.futures import ThreadPoolExecutor

import pytest

from landscape import Matching
from operator_at_work import ROOT, Operator
from rotating import Rotating, report, rotate

if t.TYPE_CHECKING:
    from pathlib import Path

    from landscape import Environment, Landscape
    from operator_at_work import Run

PATIENCE = 60  # seconds


@pytest.fixture
def colleagues(landscape: Landscape, tmp_path: Path, environment: Environment) -> tuple[Rotating, Rotating]:
    """Two operators of the same environment, each with a folder of their own."""
    operators = []
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        operators.append(Operator(landscape, tmp_path / name, ROOT / ".work" / "tree"))
    first = Rotating(operators[0], environment)
    return first, first.with_operator(operators[1])


def both(colleagues: tuple[Rotating, Rotating], meet_at: str, *, apart: bool, **changes: t.Any) -> list[Run]:
    """Let both run at once, and meet before the same request.

    Args:
        meet_at: method and path of the request.
        apart: whether they sit at different controllers, which know nothing of each other.
        changes: variables that differ from the usual ones.
    """
    method, path = meet_at.split()
    faults = colleagues[0].operator.landscape.faults
    matching = Matching(environment=colleagues[0].environment.name, method=method, path=f"*{path}", origin="client")
    pauses = [faults.pause_before(matching, nth=number) for number in ((1, 2) if apart else (1,))]
    with contextlib.ExitStack() as folders, ThreadPoolExecutor(2) as pool:
        runs = []
        for number, one in enumerate(colleagues):
            # A short path: ansible-core 2.21 has a socket in it.
            surroundings = {"TMPDIR": folders.enter_context(tempfile.TemporaryDirectory())} if apart else {}
            runs.append(pool.submit(rotate, one, verifying=True, surroundings=surroundings, **changes))
            assert pauses[number if apart else 0].wait(PATIENCE)
        for pause in pauses:
            pause.release()
        finished = [run.result() for run in runs]
    faults.clear()
    return finished


def settled(colleague: Rotating, run: Run, *, apart: bool) -> Run:
    """Return a run, or the next one where the certificate that it staged was replaced before it could be exported.

    The service has no conditional call, so a controller that knows nothing of the other can be overtaken at any moment.
    It must say so, and go on with what stands when it is run again.
    """
    if run.code == 0 or not apart:
        return run
    assert "cannot be exported: it is not there" in run.failure("dev")
    return rotate(colleague, verifying=True)


@pytest.mark.parametrize("apart", [False, True], ids=["one controller", "two controllers"])
def test_staging(colleagues: tuple[Rotating, Rotating], apart: bool) -> None:
    one, _other = colleagues

    runs = both(colleagues, "POST saml2Metadata/certificate/passive", apart=apart)

    assert one.active == one.old
    assert one.passive
    final = [settled(colleague, run, apart=apart) for colleague, run in zip(colleagues, runs, strict=True)]
    for run in final:
        assert run.code == 0
        assert report(run)["outcome"] == "waiting for upload"
    # Whoever looked last tells what stands.
    reported = {report(run)["passive"]["fingerprint"] for run in final}
    assert one.passive.fingerprint in reported
    assert apart or len(reported) == 1


@pytest.mark.parametrize("apart", [False, True], ids=["one controller", "two controllers"])
def test_activating(colleagues: tuple[Rotating, Rotating], apart: bool) -> None:
    one, _other = colleagues
    new = one.environment.subaccount.trust.replace("passive")
    one.upload()

    runs = both(colleagues, "POST saml2Metadata/rotateCertificate", apart=apart)

    assert (one.active, one.passive) == (new, one.old)
    for run in runs:
        assert run.code == 0
        assert (report(run)["outcome"], report(run)["verified"]) == ("soaking", True)
