"""Who gets protected files: a CSV file that its owner alone can read, apart from the config, names the passwords."""

from __future__ import annotations

import csv
import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path

from dispatch.config import Settings
from dispatch.errors import ConfigError
from dispatch.language import text
from dispatch.model.demand import Home
from dispatch.model.notice import Notice, Severity
from dispatch.model.plan import Trip
from dispatch.model.supply import Employer
from dispatch.publish.view import View

SHORTEST = 8
ANYBODY = "*"
PROTECTED = ("xlsx", "pdf")
_HEADINGS = {"audience": "对象", "recipient": "接收方", "password": "口令"}


@dataclass(frozen=True, slots=True)
class Secret:
    """A password that no traceback and no log shows."""

    value: str = field(repr=False)


class Kind(StrEnum):
    """Whose files can be protected."""

    EMPLOYER = "employer"
    TOWNSHIP = "township"
    COUNTY = "county"
    CITY = "city"
    VEHICLE = "vehicle"


_KINDS = {
    **{kind.value: kind for kind in Kind},
    "用工企业": Kind.EMPLOYER,
    "乡镇": Kind.TOWNSHIP,
    "县": Kind.COUNTY,
    "接收城市": Kind.CITY,
    "班次": Kind.VEHICLE,
}


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody who gets files, by every name that the password file may use."""

    kind: Kind
    names: tuple[str, ...]

    @classmethod
    def employer(cls, employer: Employer) -> Recipient:
        """By id or by name."""
        return cls(Kind.EMPLOYER, (_bare(employer.employer_id), _bare(employer.name)))

    @classmethod
    def township(cls, home: Home) -> Recipient:
        """By the name of county and township, with or without blanks; a county's people without a township by its."""
        return cls(Kind.TOWNSHIP, (_bare(home.county_name + home.township_name),))

    @classmethod
    def county(cls, name: str) -> Recipient:
        """The desk of a sending county that checks subsidies, by the county's name."""
        return cls(Kind.COUNTY, (_bare(name),))

    @classmethod
    def city(cls, name: str) -> Recipient:
        """By name."""
        return cls(Kind.CITY, (_bare(name),))

    @classmethod
    def leader(cls, trip: Trip) -> Recipient:
        """The leader of a trip, by its id."""
        return cls(Kind.VEHICLE, (_bare(trip.trip_id),))


@dataclass(frozen=True, slots=True)
class Passwords:
    """Secrets by kind and name of the recipient; the name ``*`` is for all of a kind that have none of their own."""

    secrets: Mapping[tuple[Kind, str], Secret]

    def of(self, recipient: Recipient) -> Secret | None:
        """The recipient's secret, None for whom files stay open."""
        own = (self.secrets.get((recipient.kind, name)) for name in (*recipient.names, ANYBODY))
        return next(filter(None, own), None)


def read_passwords(view: View, settings: Settings) -> Passwords:
    """The secrets of ``publish.passwords``, none without that key.

    Raises ``ConfigError`` naming every bad line of the file, also for a recipient the operation does not know: a slip
    of the pen there would leave files open. No cell is ever quoted, since a password may stand in the wrong one.
    """
    file = settings.passwords
    if file is None:
        return Passwords({})
    _require_private(file, settings)
    if not set(PROTECTED) & set(settings.publish.formats):
        raise ConfigError(_say(settings, "no_format", formats=", ".join(PROTECTED)))
    known = _known(view)
    secrets: dict[tuple[Kind, str], Secret] = {}
    problems = []
    for line, (audience, name, password) in _rows(file, settings):
        kind, recipient = _KINDS.get(audience), _bare(name)
        if found := _problem(settings, kind, recipient, password, known, secrets):
            problems.append(_say(settings, "line", file=file, line=line, problem=found))
        elif kind:
            secrets[kind, recipient] = Secret(password)
    if problems:
        raise ConfigError("\n".join(problems))
    return Passwords(secrets)


def withheld(passwords: Passwords, settings: Settings) -> tuple[Notice, ...]:
    """A note for each kind of recipient with passwords, who get no .csv although the config asks for it."""
    kinds = sorted({kind for kind, _ in passwords.secrets}) if "csv" in settings.publish.formats else []
    file = settings.passwords.name if settings.passwords else ""
    return tuple(Notice("publish_protected", Severity.NOTE, file, column="audience", value=kind) for kind in kinds)


def _problem(
    settings: Settings,
    kind: Kind | None,
    recipient: str,
    password: str,
    known: Mapping[Kind, frozenset[str]],
    secrets: Mapping[tuple[Kind, str], Secret],
) -> str:
    """What is wrong with a row, empty if nothing is."""
    if kind is None:
        return _say(settings, "unknown_audience", known=", ".join(Kind))
    if recipient != ANYBODY and recipient not in known[kind]:
        nearest = get_close_matches(recipient, sorted(known[kind]), 1)
        return _say(settings, f"unknown_{kind}") + "".join(_say(settings, "nearest", name=name) for name in nearest)
    if (kind, recipient) in secrets:
        return _say(settings, "twice")
    return _say(settings, "short", least=SHORTEST) if len(password) < SHORTEST else ""


def _known(view: View) -> dict[Kind, frozenset[str]]:
    recipients = [
        *map(Recipient.employer, view.employers.values()),
        *(Recipient.city(employer.city) for employer in view.employers.values()),
        *(Recipient.township(worker.home) for worker in view.workers.values()),
        *(Recipient.county(worker.home.county_name) for worker in view.workers.values()),
        *map(Recipient.leader, view.plan.trips),
    ]
    return {kind: frozenset(name for r in recipients if r.kind is kind for name in r.names if name) for kind in Kind}


def _require_private(file: Path, settings: Settings) -> None:
    """The file is there, is no publication, and only its owner reads it, where the system knows owners."""
    published = (settings.out.resolve(), settings.maps.resolve())
    if any(file.resolve().is_relative_to(folder) for folder in published):
        raise ConfigError(_say(settings, "published", file=file))
    try:
        mode = file.stat().st_mode
    except OSError as error:
        raise ConfigError(_say(settings, "unreadable", file=file, reason=error.strerror)) from error
    if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise ConfigError(_say(settings, "open", file=file))


def _rows(file: Path, settings: Settings) -> Iterator[tuple[int, tuple[str, str, str]]]:
    """Line and cells (audience, recipient, password) of each row that is not blank."""
    try:
        content = file.read_bytes()
    except OSError as error:
        raise ConfigError(_say(settings, "unreadable", file=file, reason=error.strerror)) from error
    try:
        written = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        written = content.decode("gb18030", errors="replace")
    reader = csv.reader(written.splitlines())
    heading = [cell.strip() for cell in next(reader, [])]
    places = [next((i for i, cell in enumerate(heading) if cell in names), None) for names in _HEADINGS.items()]
    if None in places:
        raise ConfigError(_say(settings, "headings", file=file, headings=",".join(_HEADINGS)))
    for row in reader:
        if any(cell.strip() for cell in row):
            cells = [row[i] if i is not None and i < len(row) else "" for i in places]
            yield reader.line_num, (cells[0].strip(), cells[1], cells[2].strip())


def _bare(name: str) -> str:
    return "".join(name.split())


def _say(settings: Settings, key: str, **values: object) -> str:
    return text(settings.publish.language, f"publish.passwords.{key}", **values)
