"""Who gets protected files: a CSV file that its owner alone can read, apart from the config, names the passwords."""

from __future__ import annotations

import csv
import os
import stat
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path

from dispatch.config import Settings
from dispatch.errors import ConfigError
from dispatch.language import text
from dispatch.model.demand import Home, Inputs
from dispatch.model.notice import Notice, Severity
from dispatch.model.plan import Trip
from dispatch.model.supply import Employer
from dispatch.regular_file import read_regular

SHORTEST = 8
ANYBODY = "*"
PROTECTED = ("xlsx", "pdf")
_MOST_BYTES = 10_000_000
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
    """Somebody who gets files: a key that nobody else of the kind has, and every name that the file may use."""

    kind: Kind
    key: str
    names: tuple[str, ...]

    @classmethod
    def employer(cls, employer: Employer) -> Recipient:
        """By id or by name."""
        return cls(Kind.EMPLOYER, employer.employer_id, (employer.employer_id, employer.name))

    @classmethod
    def township(cls, home: Home) -> Recipient:
        """By county, its name or code, and township; a county's people without a township by the county."""
        county, township = home.county_name, home.township_name
        key = "/".join((home.county_code, county, township))
        return cls(Kind.TOWNSHIP, key, (home.county_code + township, county + township))

    @classmethod
    def county(cls, home: Home) -> Recipient:
        """The desk of a sending county that checks subsidies, by the county's code or name."""
        return cls(Kind.COUNTY, f"{home.county_code}/{home.county_name}", (home.county_code, home.county_name))

    @classmethod
    def city(cls, name: str) -> Recipient:
        """By name."""
        return cls(Kind.CITY, name, (name,))

    @classmethod
    def leader(cls, trip: Trip) -> Recipient:
        """The leader of a trip, by its id."""
        return cls(Kind.VEHICLE, trip.trip_id, (trip.trip_id,))


@dataclass(frozen=True, slots=True)
class Passwords:
    """Secrets by kind and key of the recipient; the key ``*`` is for all of a kind that have none of their own."""

    secrets: Mapping[tuple[Kind, str], Secret]

    def of(self, recipient: Recipient) -> Secret | None:
        """The recipient's secret, None for whom files stay open."""
        own = (self.secrets.get((recipient.kind, key)) for key in (recipient.key, ANYBODY))
        return next(filter(None, own), None)


# Who answers to a name, blanks left out, by the kind; the keys, since one recipient may have a name twice.
Known = Mapping[Kind, Mapping[str, frozenset[str]]]


def read_passwords(inputs: Inputs, trips: Sequence[Trip] | None, settings: Settings) -> Passwords:
    """The secrets of ``publish.passwords``, none without that key; ``trips`` is None before there is a plan.

    Raises ``ConfigError`` naming every bad line of the file, also for a recipient the operation does not know: a slip
    of the pen there would leave files open. No cell is ever quoted, since a password may stand in the wrong one.
    """
    file = settings.passwords
    if file is None:
        return Passwords({})
    _require_private(file, settings)
    if not set(PROTECTED) & set(settings.publish.formats):
        raise ConfigError(_say(settings, "no_format", formats=", ".join(PROTECTED)))
    known = _known(inputs, trips)
    secrets: dict[tuple[Kind, str], Secret] = {}
    problems = []
    for line, (audience, name, password) in _rows(file, settings):
        kind = _KINDS.get(audience)
        key, found = _whom(settings, kind, _bare(name), known)
        if kind and not found:
            found = _say(settings, "twice") if (kind, key) in secrets else _weak(settings, password)
        if found:
            problems.append(_say(settings, "line", file=file, line=line, problem=found))
        elif kind:
            secrets[kind, key] = Secret(password)
    if problems:
        raise ConfigError("\n".join(problems))
    return Passwords(secrets)


def withheld(passwords: Passwords, settings: Settings) -> tuple[Notice, ...]:
    """A note for each kind of recipient with passwords, who get no .csv although the config asks for it."""
    kinds = sorted({kind for kind, _ in passwords.secrets}) if "csv" in settings.publish.formats else []
    file = settings.passwords.name if settings.passwords else ""
    return tuple(Notice("publish_protected", Severity.NOTE, file, column="audience", value=kind) for kind in kinds)


def _whom(settings: Settings, kind: Kind | None, name: str, known: Known) -> tuple[str, str]:
    """The key of whom a row is for, and what is wrong with that, empty if nothing is.

    A trip is taken as it stands while no trip is known.
    """
    if kind is None:
        return "", _say(settings, "unknown_audience", known=", ".join(Kind))
    if name == ANYBODY or (name and kind not in known):
        return name, ""
    names = known.get(kind, {})
    keys = names.get(name, frozenset())
    if len(keys) > 1:
        sole = sorted(other for other, own in names.items() if len(own) == 1 and own <= keys)
        return "", _say(settings, "ambiguous", names=", ".join((*sole, ANYBODY)))
    if keys:
        return next(iter(keys)), ""
    nearest = get_close_matches(name, sorted(names), 1)
    return "", _say(settings, f"unknown_{kind}") + "".join(_say(settings, "nearest", name=near) for near in nearest)


def _weak(settings: Settings, password: str) -> str:
    return _say(settings, "short", least=SHORTEST) if len(password) < SHORTEST else ""


def _known(inputs: Inputs, trips: Sequence[Trip] | None) -> Known:
    """Who may be named, by kind; without the kind of the trips before there is a plan."""
    recipients = {
        *map(Recipient.employer, inputs.employers),
        *(Recipient.city(employer.city) for employer in inputs.employers),
        *(Recipient.township(worker.home) for worker in inputs.workers),
        *(Recipient.county(worker.home) for worker in inputs.workers),
        *map(Recipient.leader, trips or ()),
    }
    keys: dict[Kind, defaultdict[str, set[str]]] = {
        kind: defaultdict(set) for kind in Kind if kind is not Kind.VEHICLE or trips is not None
    }
    for recipient in recipients:
        for name in filter(None, map(_bare, recipient.names)):
            keys[recipient.kind][name].add(recipient.key)
    return {kind: {name: frozenset(own) for name, own in names.items()} for kind, names in keys.items()}


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
        content = read_regular(file, _MOST_BYTES)
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
