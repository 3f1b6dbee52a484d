# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Secrets are known by the names of their properties, and are shown nowhere."""

from __future__ import annotations

import base64
import html
import json
from urllib.parse import quote, urlencode

import pytest

from ansible_collections.btp_ops.task_center.plugins.module_utils._core.secrets import HIDDEN, is_secret, masked, redact

# SAP BTP Connectivity, "HTTP Destinations", "RFC Destinations", "Mail Destinations", "LDAP Destinations".
SECRET_NAMES = [
    "Password",
    "clientSecret",
    "ClientSecret",
    "client_secret",
    "tokenServicePassword",
    "TOKENSERVICEPASSWORD",
    "KeyStorePassword",
    "TrustStorePassword",
    "tokenService.KeyStorePassword",
    "tokenService.body.client_secret",
    "mail.password",
    "mail.smtp.pass",
    "URL.headers.X-Pwd",
    "passcode",
    "accessKey",
    "connectionString",
    "service.credentials",
    "jwt",
    "bearer_token",
    "ldap.password",
    "jco.client.passwd",
    "jco.destination.repository.passwd",
    "refresh_token",
    "refreshToken",
    "accessToken",
    "apiKey",
    "privateKey",
    "private_key",
    "passphrase",
    "SAMLAssertion",
    "clientAssertion",
    "code",
    "URL.headers.Authorization",
    "URL.headers.Proxy-Authorization",
    "URL.headers.Cookie",
    "URL.headers.X-Api-Key",
    "URL.headers.apikey",
    "URL.headers.X-CSRF-Token",
    "URL.queries.token",
    "URL.queries.signature",
    "tokenServiceURL.headers.Authorization",
    "tokenServiceURL.queries.key",
]
PUBLIC_NAMES = [
    "Name",
    "Type",
    "URL",
    "User",
    "ProxyType",
    "Authentication",
    "clientId",
    "clientKey",
    "tokenServiceURL",
    "tokenServiceURLType",
    "tokenServiceUser",
    "tokenService.addClientCredentialsInBody",
    "audience",
    "authnContextClassRef",
    "userIdSource",
    "SAMLAssertionProvider",
    "clientAssertion.destinationName",
    "HTML5.ForwardAuthToken",
    "SkipSSOTokenGenerationWhenNoUser",
    "x_user_token.jwks_uri",
    "TrustAll",
    "TrustStoreLocation",
    "KeyStoreLocation",
    "jco.client.user",
    "tc.enabled",
    "tc.ui.label.de-DE",
    "tc.notifications.enabled",
    "URL.headers.X-Account-ID",
    "URL.headers.X-Client-Id",
    "URL.headers.X-Client-Version",
    "URL.headers.X-Company-ID",
    "URL.queries.sap-client",
]


@pytest.mark.parametrize("name", SECRET_NAMES)
def test_secret_property(name: str) -> None:
    assert is_secret(name)
    assert masked({name: "s3cr3t"}) == {name: HIDDEN}


@pytest.mark.parametrize("name", PUBLIC_NAMES)
def test_public_property(name: str) -> None:
    assert not is_secret(name)
    assert masked({name: "shown"}) == {name: "shown"}


def test_further_secrets_are_masked() -> None:
    assert masked({"a": "1", "b": "2"}, include=["b"]) == {"a": "1", "b": HIDDEN}


@pytest.mark.parametrize(
    "url, shown",
    [
        ("https://user:s3cr3t@host/path", f"https://{HIDDEN}@host/path"),
        ("https://user@host", f"https://{HIDDEN}@host"),
        ("https://user:s3@cr3t@host/path", f"https://{HIDDEN}@host/path"),
        ("https://host/path@2x", "https://host/path@2x"),
        ("https://host?mail=a@b", "https://host?mail=a@b"),
        ("mailto:someone@host", "mailto:someone@host"),
    ],
)
def test_user_info_of_a_url_is_masked(url: str, shown: str) -> None:
    assert masked({"URL": url}) == {"URL": shown}


def test_values_that_are_no_text_are_left() -> None:
    assert masked({"count": 1, "Password": None}) == {"count": 1, "Password": HIDDEN}


@pytest.mark.parametrize(
    "text, secrets, shown",
    [
        ("the secret is abc", {"abc"}, f"the secret is {HIDDEN}"),
        ("abcdef and abc", {"abc", "abcdef"}, f"{HIDDEN} and {HIDDEN}"),
        ("abc", {"", "x"}, "abc"),
        ("a.c", {"a.c", "abc"}, HIDDEN),
    ],
)
def test_redact(text: str, secrets: set[str], shown: str) -> None:
    assert redact(text, secrets) == shown


SPELT = "p\"w\\d%+ ä/ü=&<x>'"


def in_forms(secret: str) -> dict[str, str]:
    """Return texts in which systems, logs and traces quote a secret."""
    content = secret.encode()
    forms = {
        "plain": secret,
        "JSON": json.dumps({"error": secret}),
        "JSON, not ASCII": json.dumps({"error": secret}, ensure_ascii=False),
        "JSON in JSON": json.dumps({"error": json.dumps({"cause": secret})}),
        "repr": repr([secret]),
        "HTML": html.escape(secret),
        "URL": quote(secret, safe=""),
        "URL, lower case": quote(secret, safe="").lower(),
        "path": quote(secret),
        "form": urlencode({"client_secret": secret}),
        "form of Java": urlencode({"client_secret": secret}).replace("~", "%7E").replace("%2A", "*"),
        "URI component of JavaScript": quote(secret, safe="!'()*"),
        "URI of JavaScript": quote(secret, safe="!'()*;,/?:@&=+$#"),
        "URL in a URL": quote(quote(secret, safe=""), safe=""),
        "JSON of PHP": json.dumps({"error": secret}).replace("/", "\\/"),
        "JSON in JSON in JSON": json.dumps(json.dumps(json.dumps(secret))),
        "HTML, digits": "".join(sign if sign.isalnum() else f"&#{ord(sign)};" for sign in secret),
        "HTML in HTML": html.escape(html.escape(secret)),
        "latin-1": content.decode("latin-1"),
        "latin-1 in JSON": json.dumps(content.decode("latin-1")),
        "hex": content.hex(),
        "HEX": content.hex().upper(),
    }
    for user in ("", "a", "ab", "abc", "sb-client!b12"):
        basic = base64.b64encode(f"{user}:{secret}".encode()).decode()
        forms[f"Basic header of {user or 'nobody'}"] = f"Authorization: Basic {basic}"
        forms[f"base64url, {user or 'nobody'}"] = base64.urlsafe_b64encode(f"{user}:{secret}.tail".encode()).decode()
    return forms


@pytest.mark.parametrize("secret", [SPELT, "a-simple-secret-0123456789", "éé??>>é~~~", "two\nlines\\\n\\n*!(𝄞)"])
@pytest.mark.parametrize("form", in_forms("x"))
def test_secret_is_found_in_whatever_form_it_is_quoted(secret: str, form: str) -> None:
    text = in_forms(secret)[form]
    shown = redact(f"before {text} after", {secret})
    assert shown.startswith("before ")
    assert shown.endswith(" after")
    assert HIDDEN in shown
    assert text not in shown
    # No more is left than what the form puts around a secret, and the signs of base64 at both ends.
    around = len(in_forms("")[form])
    assert len(shown.replace(HIDDEN, "")) <= len("before  after") + around + 6


def test_short_secret_is_not_looked_for_where_it_means_nothing() -> None:
    assert redact("bWFpbg== 6e6f", {"no"}) == "bWFpbg== 6e6f"


@pytest.mark.parametrize("secret", ['\\"' * 20, "\\\n" * 20, " +" * 20, "%25" * 20, "&amp;" * 20, "é" * 40])
@pytest.mark.parametrize("sign", ["\\", '\\"', "\\n", "%25", "&amp;", "+ "])
def test_no_text_keeps_anyone_searching(secret: str, sign: str) -> None:
    """It is the text of others: it ends, and at once."""
    assert redact(f"{sign * 5000}!", {secret}).endswith("!")


def test_sign_that_is_quoted_is_part_of_no_other_word() -> None:
    assert redact("q25 and q%25~ and q%2525~", {"q%~"}) == f"q25 and {HIDDEN} and {HIDDEN}"
