# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the landscape shall contain: a mapping (or the YAML file that holds it), checked and typed."""

from __future__ import annotations

import re
import secrets
import typing as t
from dataclasses import MISSING, dataclass, field, fields

import yaml

from .assumptions import Assumptions
from .fsm.accounts import FsmConfig
from .subaccount.users import ADMINISTRATOR_ROLE

if t.TYPE_CHECKING:
    from pathlib import Path

CREDENTIAL_TYPES = ("binding-secret", "x509")
ROLES = (ADMINISTRATOR_ROLE,)
# Lifetime of XSUAA's and FSM's access tokens in seconds: twelve hours, less one second, as XSUAA hands them out.
TOKEN_LIFETIME = 43199

_DNS_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_DIGITS = re.compile(r"[0-9]+")


class ConfigError(ValueError):
    """A configuration that the landscape cannot be built from; the message names the place and the remedy."""


@dataclass(frozen=True)
class UserConfig:
    """One user of an environment's subaccount and FSM account."""

    email: str = field(default_factory=lambda: f"user-{secrets.token_hex(4)}@simulated.example")
    given_name: str = "Jo"
    family_name: str = "Doe"
    # As the identity provider calls the user; made up when None.
    user_name: str | None = None
    # Names of roles.
    roles: tuple[str, ...] = ()
    # Whether the user exists in FSM as well.
    in_fsm: bool = True


def _default_users() -> tuple[UserConfig, ...]:
    return (UserConfig(roles=ROLES), UserConfig())


@dataclass(frozen=True)
class EnvironmentConfig:
    """One environment: a subaccount with a Destination Service instance, and its FSM."""

    name: str = field(default_factory=lambda: f"environment-{secrets.token_hex(6)}")
    region: str = "eu10"
    subdomain: str | None = None
    # Type of the service key that the environment's operators use.
    credential_type: str = CREDENTIAL_TYPES[0]
    # The client secrets of that service key, if it has one, and of Task Center's; made up when None.
    service_key_secret: str | None = None
    task_center_secret: str | None = None
    # Whether SAP Task Center's initial setup was done in the subaccount.
    initial_setup: bool = True
    fsm: FsmConfig = field(default_factory=FsmConfig)
    # Without any, there are two: one with all roles, and one with none.
    users: tuple[UserConfig, ...] = field(default_factory=_default_users)
    # Alternatives of assumptions (assumptions.py) by name, where they differ from the landscape's.
    assumptions: t.Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class LandscapeConfig:
    """The whole landscape."""

    # Bits of the trust key pairs. Real ones have 4096; 2048 are made in a twentieth of the time.
    key_size: int = 4096
    # Lifetime of access tokens in seconds.
    token_lifetime: int = TOKEN_LIFETIME
    # Whether every environment also gets an X.509 service key. Each costs an RSA key pair: leave it out for hundreds.
    x509_service_keys: bool = True
    # Seconds of real time between two refreshes of Task Center; 0 for refreshes on demand only.
    task_center_refresh_seconds: int = 0
    # How many requests a minute Task Center answers per subaccount; one more gets 429. The real number is not public.
    task_center_requests_per_minute: int = 600
    # Alternatives of assumptions (assumptions.py) by name, where they differ from the defaults.
    assumptions: t.Mapping[str, str] = field(default_factory=dict)
    environments: tuple[EnvironmentConfig, ...] = ()


def load_config(path: Path) -> LandscapeConfig:
    """Return the configuration in a YAML file.

    Raises:
        ConfigError: the file cannot be read, is no YAML, or describes no landscape.
    """
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}") from error
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigError(f"{path} is not a YAML file: {error}") from error
    try:
        return parse_config({} if content is None else content)
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}") from error


def parse_config(data: t.Any) -> LandscapeConfig:
    """Return the configuration that a mapping describes.

    Raises:
        ConfigError: something in it is unknown, of the wrong type, or impossible.
    """
    values = _checked(LandscapeConfig, data, "the configuration")
    entries = values.pop("environments", ())
    if not isinstance(entries, (list, tuple)):
        raise ConfigError("environments must be a list")
    environments = tuple(parse_environment(entry, f"environments[{index}]") for index, entry in enumerate(entries))
    _check_assumptions(values.get("assumptions", {}), "assumptions")
    config = LandscapeConfig(**values, environments=environments)
    if config.key_size < 2048 or config.key_size % 8:
        raise ConfigError("key_size must be at least 2048 and a multiple of 8")
    if config.token_lifetime < 1:
        raise ConfigError("token_lifetime must be at least 1 second")
    if config.task_center_refresh_seconds < 0:
        raise ConfigError("task_center_refresh_seconds must not be negative")
    if config.task_center_requests_per_minute < 1:
        raise ConfigError("task_center_requests_per_minute must be at least 1")
    return config


def parse_environment(data: t.Any, place: str = "environment") -> EnvironmentConfig:
    """Return the configuration of one environment that a mapping describes; ``place`` names it in errors.

    Raises:
        ConfigError: something in it is unknown, of the wrong type, or impossible.
    """
    values = _checked(EnvironmentConfig, data, place)
    _check_assumptions(values.get("assumptions", {}), f"{place}.assumptions")
    values["fsm"] = _parse_fsm(values.get("fsm", {}), f"{place}.fsm")
    if "users" in values:
        values["users"] = _parse_users(values["users"], f"{place}.users")
    config = EnvironmentConfig(**values)
    if config.credential_type not in CREDENTIAL_TYPES:
        raise ConfigError(f"{place}.credential_type must be one of {', '.join(CREDENTIAL_TYPES)}")
    _require(_DNS_LABEL, config.region, f"{place}.region", "a region such as eu10")
    if config.subdomain is not None:
        _require(_DNS_LABEL, config.subdomain, f"{place}.subdomain", "a DNS label: lower-case letters, digits, hyphens")
    return config


def _parse_fsm(data: t.Any, place: str) -> FsmConfig:
    if isinstance(data, t.Mapping):
        # IDs without leading zeros are integers in YAML.
        data = {
            key: str(value) if key in ("account_id", "company_id") and type(value) is int else value  # pylint: disable=unidiomatic-typecheck
            for key, value in data.items()
        }
    config = FsmConfig(**_checked(FsmConfig, data, place))
    _require(_DNS_LABEL, config.cluster, f"{place}.cluster", "a cluster such as de")
    _require(_DIGITS, config.account_id, f"{place}.account_id", "digits")
    _require(_DIGITS, config.company_id, f"{place}.company_id", "digits")
    if config.saml_name is not None:
        _require(_DNS_LABEL, config.saml_name, f"{place}.saml_name", "lower-case letters, digits and hyphens")
    return config


def _parse_users(data: t.Any, place: str) -> tuple[UserConfig, ...]:
    if not isinstance(data, (list, tuple)):
        raise ConfigError(f"{place} must be a list")
    users = []
    for index, entry in enumerate(data):
        values = _checked(UserConfig, entry, f"{place}[{index}]")
        roles = values.get("roles", ())
        if not isinstance(roles, (list, tuple)) or not set(roles) <= set(ROLES):
            raise ConfigError(f"{place}[{index}].roles must be a list of {', '.join(ROLES)}")
        users.append(UserConfig(**{**values, "roles": tuple(roles)}))
    names = [user.user_name for user in users if user.user_name]
    if len({user.email for user in users}) < len(users) or len(set(names)) < len(names):
        raise ConfigError(f"{place} has two users of one name or e-mail address")
    return tuple(users)


def _check_assumptions(data: t.Any, place: str) -> None:
    if not isinstance(data, t.Mapping):
        raise ConfigError(f"{place} must be a mapping of assumptions to alternatives")
    try:
        Assumptions(data)
    except ValueError as error:
        raise ConfigError(f"{place}: {error}") from error


def _require(pattern: re.Pattern[str], value: str, place: str, expected: str) -> None:
    if not pattern.fullmatch(value):
        raise ConfigError(f"{place} is {value!r} and must be {expected}")


def _checked(kind: type, data: t.Any, place: str) -> dict[str, t.Any]:
    """Return the mapping after checking its keys, and the types of its plain values, against a dataclass."""
    if not isinstance(data, t.Mapping):
        raise ConfigError(f"{place} must be a mapping")
    known = {item.name: item for item in fields(kind)}
    unknown = sorted(str(key) for key in data if key not in known)
    if unknown:
        raise ConfigError(f"{place} has unknown keys: {', '.join(unknown)}; known are: {', '.join(known)}")
    for key, value in data.items():
        default = known[key].default
        expected = str if default is None or default is MISSING else type(default)
        if key not in _NESTED and type(value) is not expected:  # pylint: disable=unidiomatic-typecheck
            raise ConfigError(f"{place}.{key} must be {_NAMES[expected]}, not {value!r}")
    return dict(data)


# Checked by functions of their own.
_NESTED = ("assumptions", "environments", "fsm", "roles", "users")
_NAMES = {str: "text", int: "a whole number", bool: "true or false"}
