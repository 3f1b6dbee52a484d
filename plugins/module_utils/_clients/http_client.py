# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The wire: one HTTP session with TLS, client certificates and timeouts, and errors an operator understands."""

from __future__ import annotations

import base64
import http.cookiejar
import ssl
import time
import typing as t
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from ansible_collections.btp_ops.task_center.plugins.module_utils._clients import limits, proxy, tls
from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.answers import json_value, quoted
from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.retries import (
    BACKOFF,
    RETRIED,
    PatientRetry,
    TooPatient,
    broken,
    causes,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.errors import (
    AnswerLost,
    ServiceError,
    Unreachable,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.secrets import redact
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.words import option_name

try:
    import requests
    from requests.adapters import HTTPAdapter
    from requests.auth import AuthBase
except ImportError:
    # The module's shell reports missing libraries before a session is made.
    HTTPAdapter = AuthBase = object  # type: ignore[assignment,misc]

OUTAGE = "That is an outage or an overload of this system, and says nothing of keys, secrets or what was asked for. "
TOLERANCE = timedelta(seconds=5)  # by which two clocks may differ and still count as the same time
NONSENSE = timedelta(days=366)  # from which on a difference is no clock's
ANY_METHOD = None
REPEATABLE = frozenset({"GET", "PUT", "DELETE"})


@dataclass
class Settings:
    """How a module talks to every system.

    :param ca_path: file with the certificate authorities to trust, or None for the system's
    :param connect_timeout: seconds
    :param read_timeout: seconds
    :param request_timeout: seconds for one request, with its repetitions and the waiting between them
    :param task_timeout: seconds for all requests of the session together
    :param retries: how often a request that failed is repeated
    :param max_answer_mib: size of the largest answer that is accepted, unpacked, in MiB
    :param max_pages: pages of a list that are read at most
    """

    ca_path: str | None = None
    connect_timeout: float = 5.0
    read_timeout: float = 30.0
    request_timeout: float = 120.0
    task_timeout: float = 600.0
    retries: int = 4
    max_answer_mib: int = 16
    max_pages: int = 200


NOTHING_SENT = (
    ()
    if HTTPAdapter is object
    else (
        requests.exceptions.ProxyError,
        requests.exceptions.ConnectTimeout,
        # The proxy's URL, or one for which a library is missing.
        requests.exceptions.InvalidURL,
        requests.exceptions.InvalidSchema,
    )
)


class Bearer(AuthBase):
    """Shows a token."""

    def __init__(self, token: str) -> None:
        self.token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Add the header."""
        request.headers["Authorization"] = f"Bearer {self.token}"
        return request


# TLS errors of OpenSSL that come before the first byte of a request: of the authorities' file and of the handshake.
# What may come later as well, such as WRONG_VERSION, counts as a lost answer.
BEFORE_SENDING = ("CERTIFICATE", "X509", "HANDSHAKE")


@dataclass
class Http:
    """A session shared by all clients of one module run.

    :param environ: environment variables of the task: inside Ansible's worker they are not those of the process
    :param secrets: what no message may quote: client secrets, tokens, assertions
    :param ahead: by how much the clock of the system that answered last is ahead of this machine's
    """

    settings: Settings
    environ: t.Mapping[str, str]
    secrets: set[str] = field(default_factory=set)
    ahead: timedelta = timedelta()

    def __post_init__(self) -> None:
        """Open the session."""
        self.session = requests.Session()
        # Proxies and authorities come from `environ`, credentials from nowhere else than the service key.
        self.session.trust_env = False
        self.session.headers["User-Agent"] = "btp_ops.task_center"
        self.session.headers["Accept-Encoding"] = limits.PACKINGS
        # No system has a reason to recognise a client by anything but its token.
        self.session.cookies.set_policy(http.cookiejar.DefaultCookiePolicy(allowed_domains=()))
        self._time_left = self.settings.task_timeout
        self._connections: _Adapter | None = None
        self._unmounted: list[tuple[str, frozenset[str] | None, ssl.SSLContext | None]] = []
        self.retry("https://", REPEATABLE)

    def retry(self, prefix: str, methods: frozenset[str] | None, context: ssl.SSLContext | None = None) -> None:
        """Set which methods are repeated below a URL prefix.

        :param methods: names of methods, or :data:`ANY_METHOD`
        :param context: a TLS context with a client certificate, to use there
        """
        self._unmounted.append((prefix, methods, context))

    def _mount(self) -> None:
        """Put into force what was set.

        :raises OSError: the authorities to trust cannot be read
        """
        authorities = tls.authorities(self.settings.ca_path, self.environ)
        while self._unmounted:
            prefix, methods, context = self._unmounted[0]
            trusting = tls.trusting(authorities)
            if context:
                own = tls.load_authorities(context, authorities)
                adapter = _Adapter(own, trusting, self._policy(methods), self._largest)
            else:
                adapter = _Adapter(trusting, trusting, self._policy(methods), self._largest, self._connections)
                self._connections = adapter
            self.session.mount(prefix, adapter)
            del self._unmounted[0]

    @property
    def _largest(self) -> int:
        return self.settings.max_answer_mib * limits.MIB

    def _policy(self, methods: frozenset[str] | None) -> PatientRetry:
        return PatientRetry(
            total=self.settings.retries,
            allowed_methods=methods,
            status_forcelist=RETRIED,
            backoff_factor=BACKOFF,
            raise_on_status=False,
        )

    def request(self, system: str, what: str, method: str, url: str, **options: t.Any) -> requests.Response:
        """Send one request and return the answer, whatever its status.

        :param system: how messages name the system
        :param what: what the request is for, as messages name it: "read destination FSM"
        :param options: params, json, data, headers, auth as in requests; user and password as UTF-8
        :raises Unreachable: the request did not arrive
        :raises AnswerLost: it may have arrived, but there is no complete answer
        """
        if isinstance(options.get("auth"), tuple):
            # Of a short secret, nothing else would tell what a system quotes in base64.
            self.secrets.add(base64.b64encode(b":".join(options["auth"])).decode())
        if self._time_left <= 0:
            raise Unreachable(
                f"{system} was not asked to {what}: the requests before have taken the {self.settings.task_timeout:g} "
                f"seconds of {option_name('task_timeout')}.",
                "Run again later; if the system is always that slow, raise the limit.",
            )
        started = time.monotonic()
        limit = min(self.settings.request_timeout, self._time_left)
        try:
            self._mount()
            with limits.over_within(limit):
                answer = self._answer(method, url, options)
        except limits.TooLarge:
            raise AnswerLost(
                f"{system} answered with more than {self.settings.max_answer_mib} MiB, "
                f"{option_name('max_answer_mib')}, to: {what}.",
                "See whether something else answers in its place.",
            ) from None
        except (requests.exceptions.RequestException, TooPatient, OSError, ValueError) as error:
            if time.monotonic() - started >= limit and not _never_sent(error):
                raise self._late(system, what, url, limit) from None
            raise self._failure(system, what, url, error) from None
        finally:
            self._time_left -= time.monotonic() - started
        self._note_time(answer)
        return answer

    def _answer(self, method: str, url: str, options: dict[str, t.Any], earlier: int = 0) -> requests.Response:
        """Send a request; a read of which the answer breaks off is sent again, which urllib3 does not do.

        :param earlier: how often that has happened before
        """
        try:
            return self.session.request(
                method,
                url,
                timeout=(self._patience(self.settings.connect_timeout), self.settings.read_timeout),
                proxies=self._proxies(url),
                # A redirect would carry token and secrets to another host.
                allow_redirects=False,
                **options,
            )
        except requests.exceptions.ChunkedEncodingError:
            if method != "GET" or earlier >= self.settings.retries:
                raise
        time.sleep(BACKOFF * 2**earlier)
        return self._answer(method, url, options, earlier + 1)

    @staticmethod
    def _patience(seconds: float) -> float:
        """Return how long to wait for a connection: no longer than the request may last."""
        return max(min(seconds, limits.seconds_left()), 0.001)

    def now(self) -> datetime:
        """Return the time by the clock of the system that answered last; by this machine's when the answer has none."""
        return datetime.now(timezone.utc) + self.ahead

    def _note_time(self, answer: requests.Response) -> None:
        try:
            reported = parsedate_to_datetime(answer.headers.get("Date", ""))
        except (TypeError, ValueError):
            return
        if reported.tzinfo:
            difference = reported - datetime.now(timezone.utc)
            if abs(difference) > NONSENSE:
                return
            self.ahead = difference if abs(difference) > TOLERANCE else timedelta()

    def _proxies(self, url: str) -> dict[str, str]:
        """Return the proxy for a URL, as requests takes it."""
        named = proxy.proxy_for(url, self.environ)
        # Its password is nobody's business, however much of the URL an error quotes.
        self.secrets |= proxy.secrets_in(named)
        return {"https": named} if named else {}

    def refused(self, system: str, what: str, answer: requests.Response, remedy: str) -> ServiceError:
        """Make the error of an answer that is no success, quoting what the system said."""
        words = quoted(answer, self.secrets)
        if answer.status_code in RETRIED:
            remedy = f"{OUTAGE}Run again {_later(answer)}; if it goes on, report it to SAP."
        return ServiceError(f"{system} refused to {what}: {answer.status_code} {words}", remedy, answer.status_code)

    def json(self, system: str, what: str, answer: requests.Response) -> t.Any:
        """Return the JSON value of an answer.

        :raises ServiceError: it holds none
        """
        try:
            return json_value(answer)
        except ValueError:
            raise ServiceError(
                f"{system} answered what is no JSON to: {what} ({answer.status_code}, {len(answer.content)} bytes).",
                "See whether a proxy or a portal answers in its place.",
                answer.status_code,
            ) from None

    def _failure(self, system: str, what: str, url: str, error: Exception) -> ServiceError:
        """Make the error of a request without an answer: whether it may have been carried out is what counts."""
        if isinstance(error, TooPatient):
            return ServiceError(f"{system} did not {what}: {error}.", f"{OUTAGE}Run again after that.", error.status)
        if isinstance(error, requests.exceptions.InvalidHeader):
            return _unfit(system, what)
        if isinstance(error, NOTHING_SENT):
            never_sent = not broken(error)
        elif isinstance(error, requests.exceptions.SSLError):
            never_sent = any(sign in str(error) for sign in BEFORE_SENDING)
        elif isinstance(error, requests.exceptions.RequestException):
            never_sent = _never_sent(error)
        elif isinstance(error, OSError):
            # requests: a CA file or client certificate that does not exist.
            named = next((name for name in tls.BUNDLE_VARIABLES if self.environ.get(name)), "REQUESTS_CA_BUNDLE")
            source = option_name("ca_path") if self.settings.ca_path else f"the variable {named}"
            return Unreachable(
                f"{system}: {what}: {error}.", f"Correct {source}: a file that can be read, in PEM form."
            )
        else:
            return _unfit(system, what)
        return (self._unreachable if never_sent else self._lost)(system, what, url, error)

    def _late(self, system: str, what: str, url: str, limit: float) -> AnswerLost:
        """Make the error of a request that took too long: whatever has arrived of its answer, it is not known whole."""
        whole = limit == self.settings.request_timeout
        name = option_name("request_timeout") if whole else f"what is left of {option_name('task_timeout')}"
        return AnswerLost(
            f"{system} gave no complete answer to: {what}{_place(system, url)} within {max(limit, 0):.0f} seconds, "
            f"{name}.",
            "Run again later; if the system is always that slow, raise the limit.",
        )

    def _lost(self, system: str, what: str, url: str, error: Exception) -> AnswerLost:
        remedy = "Run the task again; if it keeps failing, check the service's availability."
        if isinstance(error, requests.exceptions.SSLError):
            remedy = "Run the task again; if it keeps failing, check that the URL and a proxy in between speak TLS."
        where = _place(system, url)
        return AnswerLost(
            redact(f"{system} gave no complete answer to: {what}{where}: {_reason(error)}.", self.secrets), remedy
        )

    def _unreachable(self, system: str, what: str, url: str, error: Exception) -> Unreachable:
        remedy = "Check the URL, name resolution and the variable HTTPS_PROXY."
        if isinstance(error, requests.exceptions.SSLError):
            option = option_name("ca_path")
            remedy = f"If a private CA or a TLS-inspecting proxy is in between, name its CA file in {option}."
        elif self._proxies(url) and not isinstance(error, requests.exceptions.ConnectTimeout):
            named = proxy.without_secrets(self._proxies(url)["https"])
            remedy = f"Check the proxy {named}, which the variable HTTPS_PROXY (or ALL_PROXY) names."
        where = _place(system, url)
        return Unreachable(
            redact(f"{system} cannot be reached to {what}{where}: {_reason(error)}.", self.secrets), remedy
        )


class _Adapter(HTTPAdapter):
    """Speaks TLS with a context that holds all that is to be trusted or shown, directly and through a proxy.

    :param to_proxy: the context to speak with a proxy, which gets no client certificate
    :param largest: bytes of the largest answer that is accepted
    :param other: one with the same context, whose connections are used too: another prefix has only another policy
    """

    def __init__(
        self,
        context: ssl.SSLContext,
        to_proxy: ssl.SSLContext,
        policy: PatientRetry,
        largest: int,
        other: _Adapter | None = None,
    ) -> None:
        self.context = context
        self.to_proxy = to_proxy
        self.largest = largest
        super().__init__(max_retries=policy)
        if other is not None:
            self.poolmanager, self.proxy_manager = other.poolmanager, other.proxy_manager

    def init_poolmanager(self, *args: t.Any, **options: t.Any) -> None:
        """Hand the context to direct connections."""
        super().init_poolmanager(*args, ssl_context=self.context, **options)
        _on_time(self.poolmanager)

    def proxy_manager_for(self, proxy: str, **options: t.Any) -> t.Any:
        """Hand the context to connections through a proxy."""
        options |= {"ssl_context": self.context, "proxy_ssl_context": self.to_proxy}
        return _on_time(super().proxy_manager_for(proxy, **options))

    def build_response(self, req: t.Any, resp: t.Any) -> requests.Response:
        """Hand on no more of an answer than is accepted."""
        response = super().build_response(req, resp)
        response.raw = limits.LimitedBody(resp, self.largest)
        return response

    def cert_verify(self, conn: t.Any, url: str, verify: t.Any, cert: t.Any) -> None:
        """Add no other authorities: requests would read them again, and trust Python's, too."""
        conn.cert_reqs = "CERT_REQUIRED"


def _on_time(manager: t.Any) -> t.Any:
    """Let a manager of connections make only such ones that are on time; return it."""
    manager.pool_classes_by_scheme = {**manager.pool_classes_by_scheme, "https": limits.PunctualPool}
    return manager


def _later(answer: requests.Response) -> str:
    """Return when to try again, as far as an answer says so."""
    demanded = answer.headers.get("Retry-After", "")
    return f"after {demanded} seconds" if demanded.isdigit() and len(demanded) < 8 else "in some minutes"


def _unfit(system: str, what: str) -> Unreachable:
    """Make the error of what cannot be sent in a header; the library quotes the value, which may be a secret."""
    return Unreachable(
        f"{system} did not {what}: the request cannot be built.",
        "See whether a credential holds a line end or other signs that do not belong to it.",
    )


def _place(system: str, url: str) -> str:
    """Return the URL of a request for a message, unless the system's name says where it is."""
    parts = urlsplit(url)
    return "" if f"{parts.scheme}://{parts.netloc}" in system else f" ({url})"


def _never_sent(error: BaseException) -> bool:
    names = {type(cause).__name__ for cause in causes(error)}
    return bool(names & {"NewConnectionError", "NameResolutionError", "ConnectTimeoutError", "InvalidURL"})


def _reason(error: BaseException) -> str:
    """Return the innermost cause in a few words."""
    text = str(list(causes(error))[-1])
    return text.split(">: ", 1)[-1].rstrip(".") or type(error).__name__
