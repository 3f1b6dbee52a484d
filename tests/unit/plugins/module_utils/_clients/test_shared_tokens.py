# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tokens are shared by the processes of a run and by nobody else, and only with those who have the client's secret."""

from __future__ import annotations

import multiprocessing
import typing as t

import pytest

from ansible_collections.btp_ops.task_center.plugins.module_utils._clients import shared_tokens
from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.shared_tokens import SharedTokens, owner
from unit.plugins.gateway import Fault

if t.TYPE_CHECKING:
    from unit.plugins.gateway import Gateway

    Client = t.Callable[..., t.Any]

FORK = multiprocessing.get_context("fork")
TOKEN = "/oauth/token"
WORKERS, TOKENS = 4, 50


def _local_action(work: t.Callable[..., None], *arguments: t.Any) -> t.Any:
    """Start a process as Ansible starts a worker."""
    process = FORK.Process(target=work, args=arguments)
    process.start()
    return process


def test_what_one_worker_keeps_another_one_finds() -> None:
    tokens = SharedTokens()
    _local_action(tokens.put, owner("a"), "token-a", 7.5).join()
    tokens.put(owner("b"), "token-b", 8.5)
    assert tokens.get(owner("a")) == ("token-a", 7.5)
    assert tokens.get(owner("b")) == ("token-b", 8.5)
    assert tokens.get(owner("c")) is None


def test_the_last_one_counts_and_can_be_dropped() -> None:
    tokens = SharedTokens()
    tokens.put(owner("a"), "old", 1)
    tokens.put(owner("a"), "new", 2)
    assert tokens.get(owner("a")) == ("new", 2)
    tokens.drop(owner("a"))
    assert tokens.get(owner("a")) is None


def test_without_room_all_are_forgotten() -> None:
    tokens = SharedTokens(size=4096)
    tokens.put(owner("a"), "a" * 3000, 1)
    tokens.put(owner("b"), "b" * 3000, 2)
    assert tokens.get(owner("a")) is None
    assert tokens.get(owner("b")) == ("b" * 3000, 2)
    tokens.put(owner("c"), "c" * 5000, 3)
    assert tokens.get(owner("c")) is None


def keep_many(tokens: SharedTokens, worker: int) -> None:
    """Keep tokens of one worker, of different lengths."""
    for number in range(TOKENS):
        tokens.put(owner(worker, number), f"{worker}-{number}-" + "x" * number, number)


def test_workers_do_not_disturb_each_other() -> None:
    tokens = SharedTokens()
    for process in [_local_action(keep_many, tokens, worker) for worker in range(WORKERS)]:
        process.join()
    for worker in range(WORKERS):
        for number in range(TOKENS):
            assert tokens.get(owner(worker, number)) == (f"{worker}-{number}-" + "x" * number, number)


def test_owner_depends_on_every_fact() -> None:
    assert owner({"secret": "a"}) == owner({"secret": "a"})
    assert len({owner({"secret": "a"}), owner({"secret": "b"}), owner({"id": "a"})}) == 3


@pytest.fixture
def sharing(monkeypatch: pytest.MonkeyPatch) -> SharedTokens:
    """Let tasks share tokens, as they do in Ansible's workers."""
    tokens = SharedTokens()
    monkeypatch.setattr(shared_tokens, "_shared", tokens)
    return tokens


def issued(token: str, expires_in: int) -> Fault:
    """Return the token service's answer with a token that is good for some seconds."""
    content = {"access_token": token, "expires_in": expires_in}
    return Fault(200, content, {"Content-Type": "application/json"})


def test_tasks_of_a_run_fetch_one_token(sharing: SharedTokens, client: Client, gateway: Gateway) -> None:
    assert len({client(gateway.service_key).tokens.bearer().token for _task in range(3)}) == 1
    assert gateway.count("POST", TOKEN) == 1


def test_wrong_secret_gets_no_shared_token(sharing: SharedTokens, client: Client, gateway: Gateway) -> None:
    client(gateway.service_key).tokens.bearer()
    with pytest.raises(Exception, match="401"):
        client({**gateway.service_key, "clientsecret": "wr0ng-s3cret"}).tokens.bearer()


def test_refused_token_is_fetched_again(sharing: SharedTokens, client: Client, gateway: Gateway) -> None:
    """A token may be revoked before its time; then no later task uses it either."""
    gateway.fail("POST", TOKEN, issued("revoked", 3600))
    assert client(gateway.service_key).tokens.bearer().token == "revoked"
    assert isinstance(client(gateway.service_key).destinations("subaccount"), list)
    assert gateway.count("POST", TOKEN) == 2
    assert client(gateway.service_key).tokens.bearer().token != "revoked"
    assert gateway.count("POST", TOKEN) == 2


def test_expired_token_is_not_used(sharing: SharedTokens, client: Client, gateway: Gateway) -> None:
    gateway.fail("POST", TOKEN, issued("about to expire", 30))
    assert client(gateway.service_key).tokens.bearer().token == "about to expire"
    assert client(gateway.service_key).tokens.bearer().token != "about to expire"
    assert gateway.count("POST", TOKEN) == 2


def test_sharing_is_set_up_once(monkeypatch: pytest.MonkeyPatch) -> None:
    shared_tokens.share()
    first = shared_tokens.shared()
    shared_tokens.share()
    assert first is not None
    assert shared_tokens.shared() is first


def test_without_memory_nothing_is_shared(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: t.Any) -> None:
        raise OSError("no memory")

    monkeypatch.setattr("mmap.mmap", refuse)
    shared_tokens.share()
    assert shared_tokens.shared() is None
