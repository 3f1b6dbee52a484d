# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Signed JSON Web Tokens: issued by the landscape's authorization servers, verified where they are used."""

from __future__ import annotations

import functools
import secrets
import typing as t

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

if t.TYPE_CHECKING:
    from .clock import Clock

ALGORITHM = "RS256"
# Real signing keys have this length; it does not follow the configured size of trust keys.
SIGNING_KEY_BITS = 2048
VERIFIED_TOKENS = 4096


class InvalidToken(Exception):
    """A token that is malformed, not signed by this signer, or expired."""


class TokenSigner:
    """One signing key of an authorization server, with its key ID."""

    def __init__(self, key_id_prefix: str, clock: Clock) -> None:
        self._clock = clock
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=SIGNING_KEY_BITS)
        self.key_id = f"{key_id_prefix}-{secrets.token_hex(5)}"
        # Clients reuse their tokens, and a signature once verified stays so: that is most of a request's cost.
        self._signed_claims = functools.lru_cache(maxsize=VERIFIED_TOKENS)(self._verify_signature)

    @property
    def public_pem(self) -> str:
        """The public key as PEM text, as service keys carry it in ``verificationkey``."""
        return (
            self._key.public_key()
            .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
            .decode()
        )

    def key_set(self) -> dict[str, t.Any]:
        """Return the JSON Web Key Set (RFC 7517) that verifies this signer's tokens."""
        key = RSAAlgorithm.to_jwk(self._key.public_key(), as_dict=True)
        key.update(kid=self.key_id, use="sig", alg=ALGORITHM, value=self.public_pem)
        return {"keys": [key]}

    def sign(self, claims: t.Mapping[str, t.Any], lifetime: int, **headers: str) -> str:
        """Return a signed token with these claims, valid from now for ``lifetime`` seconds."""
        now = self._clock.timestamp()
        payload = {**claims, "iat": now, "exp": now + lifetime}
        return jwt.encode(payload, self._key, ALGORITHM, headers={"kid": self.key_id, **headers})

    def verify(self, token: str) -> dict[str, t.Any]:
        """Return the claims of a token that this signer issued and that has not expired.

        Raises:
            InvalidToken: for any other token.
        """
        claims = self._signed_claims(token)
        # The landscape's clock decides what has expired, not the machine's.
        if claims["exp"] <= self._clock.timestamp():
            raise InvalidToken("expired")
        return claims

    def _verify_signature(self, token: str) -> dict[str, t.Any]:
        try:
            if jwt.get_unverified_header(token).get("kid") != self.key_id:
                raise InvalidToken("unknown key")
            claims: dict[str, t.Any] = jwt.decode(
                token,
                self._key.public_key(),
                algorithms=[ALGORITHM],
                options={"verify_exp": False, "verify_iat": False, "verify_aud": False, "require": ["exp", "iat"]},
            )
        except jwt.PyJWTError as error:
            raise InvalidToken(str(error)) from error
        return claims
