"""
Every setting there is, in small groups. The only reader of the environment and of the config file.

A value comes from the environment (`DAYPASS_SLACK_BOT_TOKEN`), else from the TOML file that `DAYPASS_CONFIG` names
(`[slack] bot_token`), else from the default. A name that nobody knows is refused. AWS's SDK reads its own by itself.
"""

import dataclasses
import difflib
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from daypass.model.errors import BadInput, Misconfigured
from daypass.model.length import parse_length

_PREFIX = "DAYPASS_"  # _OTHERS are ours, and not the service's: the config file, and what the command line reads
_OTHERS = {f"{_PREFIX}{name}" for name in ("CONFIG", "URL", "TOKEN", "JOURNAL_VKEY", "DEBUG", "AWS_ENDPOINT_URL")}

_RANGES = {"port": range(1, 1 << 16), "metrics_port": range(1 << 16), "in_flight": range(1, 257)}
_RANGES |= {"patience_s": range(1, 31), "keep_words_days": range(36_526), "most_cards": range(1, 101)}
_RANGES |= {"connections_per_address": range(10, 10_001), "keep_days": range(36_526)}
"""What a number may be, by the setting's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """Where the service listens and how it is reached."""

    host: str = "127.0.0.1"
    """Address to bind. Anything but 127.0.0.1 wants a TLS proxy in front."""
    port: int = 8700
    """TCP port to listen on."""
    public_url: str = ""
    """How browsers and command lines reach it, without a slash at the end; by default http://HOST:PORT."""
    trusted_proxies: tuple[str, ...] = ()
    """Addresses whose X-Forwarded-For is believed when a link's visitor is journalled."""
    connections_per_address: int = 2_000
    """How many connections one address, or one visitor behind a trusted proxy, may have open at a time, of 10,000."""
    work: bool = True
    """Whether `daypass serve` also runs a worker; set false when `daypass work` runs elsewhere."""
    log: str = "json"
    """`json`, or `console` for people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """Where the ledger and the journal are kept."""

    url: str = "sqlite:///daypass.db"
    """A SQLite file (sqlite:///PATH) or PostgreSQL (postgresql://USER:PASSWORD@HOST/NAME; PgBouncer: operations.md)."""
    keep_days: int = 400
    """Days after which ended logins, failed rule changes and places of messages are deleted; 0 keeps them for good."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slack:
    """The Slack app. With an app token Slack is reached by Socket Mode, else it calls us by signed HTTP."""

    bot_token: str = field(default="", repr=False)
    """xoxb-..., from the app's “OAuth & Permissions” page."""
    signing_secret: str = field(default="", repr=False)
    """From the app's “Basic Information” page; needed for HTTP."""
    app_token: str = field(default="", repr=False)
    """xapp-..., with the scope connections:write; turns Socket Mode on."""
    api_url: str = "https://slack.com/api/"
    """Ends in /api/. https://slack-gov.com/api/ for GovSlack."""
    channel: str = ""
    """Channel id where requests are shown to those who decide; empty sends each of them a direct message."""
    most_cards: int = 10
    """Requests shown one by one in a channel within ten minutes; more are listed together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Aws:
    """What Daypass may use in AWS; see docs/aws.md for the identities and their permissions."""

    broker_role: str = ""
    """ARN of the role that sessions and links are opened on; empty leaves only the delivery `policy`."""
    source_identity: bool = True
    """Whether sessions carry the grant in aws:SourceIdentity; false only for servers that do not know it."""
    signin_url: str = ""
    """The federation endpoint behind console sign-in addresses; empty is AWS's own for the bucket's region."""
    console_url: str = ""
    """Where a console session lands; empty is AWS's own for the bucket's region, in China and GovCloud too."""
    identity_tags: bool = True
    """Whether the tag `daypass:slack-user-id` on an IAM user says whose it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesSettings:
    """Who decides."""

    file: Path = Path("rules.yaml")
    """The rules; read again whenever their text has changed."""
    people: Path | None = None
    """YAML map from Slack user id to the ARN of the person's IAM user or role; wins over tags."""
    lapse_after: timedelta = timedelta(days=1)
    """A request that nobody decided lapses after this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalSettings:
    """The journal's key and name."""

    key_file: Path = Path("daypass-journal.key")
    """Ed25519 signing key, made at the first start with mode 0600. Whoever has it can rewrite history."""
    origin: str = "daypass"
    """The log's name in its checkpoints; choose one of your own, such as daypass.example.com."""
    head: str = "daypass-journal.head"
    """File, or `s3://bucket/key`, where this process remembers the journal's newest head; see docs/journal.md."""
    keep_words_days: int = 0
    """Days after which what people wrote, and network addresses, are erased; 0 keeps them for good."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """How the loop works."""

    in_flight: int = 64
    """Calls to AWS at one time, 1 to 256."""
    sweep_every: timedelta = timedelta(minutes=5)
    """How often AWS is compared with the ledger."""
    metrics_port: int = 0
    """Port of 127.0.0.1 where `daypass work` shows what it measures; 0 leaves it out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BotSettings:
    """Programs that ask; see docs/robots.md."""

    issuers: tuple[str, ...] = ("https://token.actions.githubusercontent.com",)
    """Who may say which program is calling (OpenID Connect), each exactly as it names itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleSettings:
    """What is known of people besides Slack and AWS; see docs/people.md."""

    file: Path | None = None
    """YAML with groups, managers and second accounts; read again whenever its text has changed."""
    schedules: Path | None = None
    """YAML with the on-call schedules that rules name; read at the start."""
    patience_s: int = 2
    """How long one look-up may hold up somebody who waits: who is in a group, on call, or ends something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tickets:
    """The tracker in which rules look up the tickets of reasons; see docs/people.md."""

    jira_url: str = ""
    """https://acme.atlassian.net, or where a Jira Data Center is."""
    jira_user: str = ""
    """The e-mail address that an Atlassian Cloud token belongs to; empty for a Data Center token."""
    jira_token: str = field(default="", repr=False)
    """An API token that may read the projects whose tickets count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Glass:
    """Who is woken when glass is broken; see docs/break-glass.md."""

    security: tuple[str, ...] = ()
    """Whom Slack tells besides: a channel (C0...), user groups (S0...), people (U0...)."""
    hook_url: str = field(default="", repr=False)
    """An https address that is called, whatever Slack does: your pager's."""
    hook_secret: str = field(default="", repr=False)
    """What each call is signed with (HMAC-SHA256)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All groups together."""

    service: Service = Service()
    store: Store = Store()
    slack: Slack = Slack()
    aws: Aws = Aws()
    rules: RulesSettings = RulesSettings()
    journal: JournalSettings = JournalSettings()
    worker: Worker = Worker()
    robots: BotSettings = BotSettings()
    people: PeopleSettings = PeopleSettings()
    tickets: Tickets = Tickets()
    glass: Glass = Glass()

    @property
    def public_url(self) -> str:
        """How people reach this service; no slash at the end."""
        return (self.service.public_url or f"http://{self.service.host}:{self.service.port}").rstrip("/")


_GROUPS: dict[str, Any] = {group.name: group.default for group in dataclasses.fields(Settings)}


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings. Raises Misconfigured with every fault in one sentence each."""
    environ = os.environ if environ is None else environ
    written, groups = _written(environ.get("DAYPASS_CONFIG", "")), dict[str, Any]()
    faults = _unknown(environ, written)
    for name, default in _GROUPS.items():
        groups[name], wrong = _group(name, default, environ, written.get(name, {}))
        faults += wrong
    if faults:
        raise Misconfigured("\n".join(faults))
    return Settings(**groups)


def secret(variable: str) -> str:
    """Read a token that one of the operator's files names by its variable. Raises Misconfigured when it is not set."""
    if value := os.environ.get(variable, ""):
        return value
    raise Misconfigured(f"The environment variable {variable}, which should hold a token, is not set.")


def _written(path: str) -> dict[str, Any]:
    if not path:
        return {}
    try:
        return tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise Misconfigured(f"The config file {path} cannot be read: {error.strerror}. See DAYPASS_CONFIG.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Misconfigured(f"The config file {path} is not TOML: {error}.") from None


def _group(name: str, default: Any, environ: Mapping[str, str], written: Any) -> tuple[Any, list[str]]:
    values, faults = {}, []
    for setting in dataclasses.fields(default):
        variable = f"{_PREFIX}{name}_{setting.name}".upper()
        if (raw := environ.get(variable, written.get(setting.name) if isinstance(written, dict) else None)) is None:
            continue
        try:
            values[setting.name] = _read(raw, getattr(default, setting.name), setting.name)
        except (ValueError, BadInput) as error:
            shown = repr(raw) if setting.repr else "(not shown)"
            faults.append(f"{variable} (or [{name}] {setting.name}) cannot be {shown}: {error}")
    return dataclasses.replace(default, **values), faults


def _read(raw: object, default: object, name: str) -> object:
    """Turn what was written into the type of the default."""
    text = str(raw).strip()
    match default:
        case bool():
            return _switch(text)
        case int():
            return _number(text, _RANGES[name])
        case timedelta():
            return parse_length(text)
        case tuple():
            return tuple(str(one) for one in raw) if isinstance(raw, list) else tuple(text.replace(",", " ").split())
        case Path() | None:
            return Path(text) if text else None
        case _:
            return _address(text) if name.endswith("_url") and text else text


def _number(text: str, among: range) -> int:
    if not re.fullmatch(r"\d{1,9}", text) or int(text) not in among:
        raise ValueError(f"write a whole number from {among.start} to {among.stop - 1}.")
    return int(text)


def _switch(text: str) -> bool:
    words = {"true": True, "yes": True, "1": True, "on": True, "false": False, "no": False, "0": False, "off": False}
    if (said := words.get(text.lower())) is None:
        raise ValueError("write true or false.")
    return said


def _address(text: str) -> str:
    if not text.startswith(("http://", "https://")):
        raise ValueError("an address begins with https:// (or http://).")
    return text


def _unknown(environ: Mapping[str, str], written: Mapping[str, Any]) -> list[str]:
    """Every name in either place that no setting has."""
    known = {name: {one.name for one in dataclasses.fields(group)} for name, group in _GROUPS.items()}
    variables = {f"{_PREFIX}{group}_{name}".upper() for group, names in known.items() for name in names}
    faults = [_no_such(one, variables) for one in environ if one.startswith(_PREFIX) and one not in _OTHERS | variables]
    for group, values in written.items():
        if group not in known or not isinstance(values, dict):
            faults.append(_no_such(f"[{group}]", {f"[{name}]" for name in known}))
        else:
            names = {f"[{group}] {name}" for name in known[group]}
            faults += [_no_such(f"[{group}] {name}", names) for name in values if name not in known[group]]
    return faults


def _no_such(name: str, names: set[str]) -> str:
    near = difflib.get_close_matches(name, names, n=1)
    return f"There is no setting {name}" + (f"; did you mean {near[0]}?" if near else ".")
