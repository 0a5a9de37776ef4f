"""The settings of one operation: frozen, one section per room, unknown keys refused."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal, cast, get_args, get_origin
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    Strict,
    ValidationError,
    model_validator,
)
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails, PydanticCustomError

from dispatch import yaml_source
from dispatch.errors import ConfigError
from dispatch.language import Language, text
from dispatch.map_settings import MapSettings
from dispatch.model.units import DAY_MIN
from dispatch.regular_file import read_regular
from dispatch.yaml_source import Document, Where


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


def _known_zone(name: str) -> str:
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise PydanticCustomError("timezone", "unknown time zone") from error


Clock = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
ZoneName = Annotated[str, AfterValidator(_known_zone)]

# A config of a thousand squares has 50 kB; the parser, careful and slow, would take seconds for what is larger.
MAX_BYTES = 100_000
# Of a config with more problems than that the first are enough.
MAX_PROBLEMS = 100
SHOWN = 200  # characters of a value
LEAST_KEY = 16

# A longer horizon is a slip of the pen in a year, and would make a departure of every offer on each of its days.
MAX_HORIZON_DAYS = 400


def _several(value: Any) -> Any:  # noqa: ANN401 - whatever stands in the file
    return tuple(value) if isinstance(value, list | tuple) else (value,)


class InputPaths(_Section):
    """Files to read, relative to the config. The register holds everybody of whom ``workers`` travel this time.

    ``workers`` is one path or several, each a file, a folder of files or a pattern (``lists/*.xlsx``): one roster.
    ``headings`` answers what a heading means, by the column's name, or ``-`` where it is not to be read; a path is that
    of a table with the columns ``heading`` and ``column``. ``ledger`` says who withdrew; operations may share one.

    The register is called ``register`` in the file; the class of all settings has a method of that name.
    """

    workers: Annotated[tuple[Annotated[Path, Strict(False)], ...], BeforeValidator(_several), Field(min_length=1)]
    employers: Path
    stops: Path
    offers: Path
    calls: Path | None = None
    travel_times: Path | None = None
    person_register: Annotated[Path | None, Field(alias="register")] = None
    headings: dict[str, str] | Path = Field(default_factory=dict)
    ledger: Path | None = None


class Horizon(_Section):
    """First and last day on which anybody may travel."""

    from_date: Annotated[date, Field(alias="from")]
    to_date: Annotated[date, Field(alias="to")]

    @model_validator(mode="after")
    def _in_order(self) -> Horizon:
        if not 0 <= (self.to_date - self.from_date).days < MAX_HORIZON_DAYS:
            raise PydanticCustomError("horizon", "the horizon ends before it begins, or is too long")
        return self


class DrivePolicy(_Section):
    """``drive.*`` rules in minutes, kilometres and clock times (DOMAIN: rules).

    A second driver is due above ``second_driver_km``; where the coaches keep to expressways (``expressway``), above
    ``second_driver_expressway_km``.
    """

    continuous_min: int = Field(default=240, gt=0)
    continuous_night_min: int = Field(default=120, gt=0)
    rest_min: int = Field(default=20, gt=0)
    night_from: Clock = "22:00"
    night_to: Clock = "06:00"
    daily_min: int = Field(default=480, gt=0)
    weekly_min: int = Field(default=2640, gt=0)
    curfew_from: Clock = "02:00"
    curfew_to: Clock = "05:00"
    curfew_exempt_km: float = Field(default=200, ge=0)
    expressway: bool = False
    second_driver_km: float = Field(default=400, gt=0)
    second_driver_expressway_km: float = Field(default=600, gt=0)
    swap_min: int = Field(default=5, gt=0)


class CoachPolicy(_Section):
    """``coach.*`` rules. The longest rides are minutes one person may sit in one coach; none by default."""

    long_haul_warning_km: float = Field(default=800, gt=0)
    dwell_min: int = Field(default=5, ge=0)
    feeder_ride_max_min: int | None = Field(default=None, gt=0)
    last_mile_ride_max_min: int | None = Field(default=None, gt=0)
    direct_ride_max_min: int | None = Field(default=None, gt=0)


class ConnectPolicy(_Section):
    """``connect.min`` in minutes."""

    coach_to_rail_min: int = Field(default=60, ge=0)
    coach_to_air_min: int = Field(default=120, ge=0)
    rail_to_coach_min: int = Field(default=30, ge=0)
    air_to_coach_min: int = Field(default=45, ge=0)


class LoadPolicy(_Section):
    """``load.cap``: share of the seats that may be filled."""

    cap: float = Field(default=1.0, gt=0, le=1)


class TravelServer(_Section):
    """A running Valhalla or OSRM server that gives the road times in place of the estimate; it is sent coordinates of
    stops and nothing else.

    ``profile`` is Valhalla's costing or OSRM's profile; ``batch`` the stops on each side of one request, which the
    server's own limits must allow. A stop more than ``off_road_km`` from any road has none. Times are multiplied by
    ``time_factor``, as a coach is slower than the car of most profiles. ``cache`` is relative to the config.
    """

    kind: Literal["valhalla", "osrm"]
    url: str = Field(pattern=r"^https?://[^\s@?#]+$")
    profile: str = Field(default="", pattern=r"^[A-Za-z0-9_-]*$")
    timeout_s: float = Field(default=30, gt=0)
    retries: int = Field(default=3, ge=0, le=20)
    batch: int = Field(default=50, ge=1)
    off_road_km: float = Field(default=5, gt=0)
    time_factor: float = Field(default=1, gt=0)
    cache: Path | None = None


class TravelPolicy(_Section):
    """Where road times come from: a server, or the estimate of great circle times ``detour`` at one of two speeds.

    ``fast_kmh`` holds on legs whose great circle exceeds ``fast_over_km``, ``slow_kmh`` on the others.
    """

    detour: float = Field(default=1.25, ge=1)
    fast_kmh: float = Field(default=75, gt=0)
    slow_kmh: float = Field(default=45, gt=0)
    fast_over_km: float = Field(default=60, ge=0)
    server: TravelServer | None = None

    def source(self, *, table: bool) -> str:
        """The label of the road times, of which some come from the user's ``table``: ``"estimate+table"``."""
        return (self.server.kind if self.server else "estimate") + "+table" * table


class PeoplePolicy(_Section):
    """Ages on the day of travel: under ``guardian_age`` only with a guardian, a warning outside min to max.

    Nobody below ``fly_alone_age`` flies without a guardian; a guardian has at most ``children_per_escort`` minors. A
    telephone number that more than ``people_per_phone`` share is a note.
    """

    guardian_age: int = Field(default=14, ge=0)
    children_per_escort: int = Field(default=4, ge=1)
    fly_alone_age: int = Field(default=18, ge=0)
    min_age: int = Field(default=16, ge=0)
    max_age: int = Field(default=65, ge=0)
    people_per_phone: int = Field(default=4, ge=1)


class SquarePolicy(_Section):
    """``square.hour``: the most people, and the most coaches, that may leave one boarding stop in a clock hour."""

    people_per_hour: int | None = Field(default=None, gt=0)
    coaches_per_hour: int | None = Field(default=None, gt=0)

    @model_validator(mode="after")
    def _limits_something(self) -> SquarePolicy:
        if self.people_per_hour is None and self.coaches_per_hour is None:
            raise PydanticCustomError("square", "neither people nor coaches are limited")
        return self


class QuotePolicy(_Section):
    """What a quote or a road time may say before it is doubted: speeds by great circle, seats, CNY a seat."""

    coach_kmh: float = Field(default=110, gt=0)
    train_kmh: float = Field(default=350, gt=0)
    flight_kmh: float = Field(default=1000, gt=0)
    coach_seats: int = Field(default=65, gt=0)
    train_seats: int = Field(default=2500, gt=0)
    flight_seats: int = Field(default=500, gt=0)
    seat_cost: float = Field(default=5000, gt=0)
    hire_per_seat: float = Field(default=5000, gt=0)


class Policy(_Section):
    """One section per rule family, each number with its default; ``squares`` by stop id."""

    access_max_km: float = Field(default=40, ge=0)
    coach_base_km: float = Field(default=150, ge=0)
    drive: DrivePolicy = DrivePolicy()
    coach: CoachPolicy = CoachPolicy()
    connect: ConnectPolicy = ConnectPolicy()
    load: LoadPolicy = LoadPolicy()
    travel: TravelPolicy = TravelPolicy()
    people: PeoplePolicy = PeoplePolicy()
    quotes: QuotePolicy = QuotePolicy()
    squares: dict[str, SquarePolicy] = Field(default_factory=dict)


class Objective(_Section):
    """Lexicographic tiers and the price of an hour of a passenger's time in CNY."""

    tiers: tuple[Literal["unserved", "generalised_cost"], ...] = (
        "unserved",
        "generalised_cost",
    )
    value_of_time_per_hour: float = Field(default=15, ge=0)


class Solver(_Section):
    """Limits of the search. ``rounds`` > 0 ends it after so many rounds, which is reproducible; a time limit is not.

    With ``resume`` a search limited by rounds that was cut off goes on where it was. With ``warm_start`` it begins from
    the stored plan, on which the new one then depends.
    """

    time_limit_s: float = Field(default=60, gt=0)
    rounds: int = Field(default=0, ge=0)
    gap: float = Field(default=0.0, ge=0, lt=1)
    seed: int = 1
    threads: int = Field(default=2, ge=1)
    engine: Literal["local"] = "local"
    resume: bool = False
    warm_start: bool = False

    @model_validator(mode="after")
    def _resumes_rounds(self) -> Solver:
        if self.resume and not self.rounds:
            raise PydanticCustomError("resume", "resume has an effect only where rounds are the limit")
        return self


def _each_once(names: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(names)) < len(names):
        raise PydanticCustomError("repeated", "a name stands there twice")
    return names


Check = Literal["temperature", "security"]
Pack = Annotated[str, Field(pattern=r"\S", max_length=20)]


class Messages(_Section):
    """A file for a text-message gateway per sending day: ``days_before`` the day of travel, at the local time ``at``.

    ``signature`` is the sender that the gateway wants in front of each text, without its brackets.
    """

    signature: str = Field(default="", max_length=20, pattern=r"^[^【】\[\]]*$")
    days_before: int = Field(default=1, ge=1, le=30)
    at: Clock = "18:00"


class Publish(_Section):
    """What is written, for whom it is masked, in which language.

    ``checks`` are made at the door of each coach: a column each to fill in, and the order of boarding. People are to be
    where a coach leaves ``gate_lead_min`` before it does. Of each of ``packs`` one is handed to everybody who sets out.
    ``feed_url`` stands in the GTFS feed for the office and each operator; ``subsidy_key`` is a file, relative to the
    config, with the key under which the subsidy lists code ID numbers. ``slips`` prints one for everybody, an A6
    page each or nine to a page of A4, with the office's number ``hotline``; ``messages`` are texts to everybody's
    phone. ``passwords`` is a CSV file, relative to the config, of who gets protected files.
    """

    language: Literal["zh", "en"] = "zh"
    mask: bool = True
    formats: tuple[Literal["xlsx", "csv", "pdf", "html", "ics"], ...] = ("xlsx", "pdf", "csv", "html", "ics")
    checks: Annotated[tuple[Check, ...], AfterValidator(_each_once)] = ()
    gate_lead_min: int = Field(default=30, ge=0, lt=DAY_MIN)
    packs: Annotated[tuple[Pack, ...], Field(max_length=6), AfterValidator(_each_once)] = ()
    feed_url: str = Field(default="https://example.org/", pattern=r"^https?://[^\s/]+\.[^\s]+$")
    subsidy_key: Path | None = None
    map: MapSettings = MapSettings()
    slips: Literal["none", "a6", "nine"] = "none"
    messages: Messages | None = None
    hotline: str = Field(default="", max_length=20, pattern=r"^[0-9+() -]*$")
    passwords: Path | None = None

    @model_validator(mode="after")
    def _prints_slips(self) -> Publish:
        if self.slips != "none" and "pdf" not in self.formats:
            raise PydanticCustomError("slips", "slips are printed, and pdf is not among the formats")
        return self


class Reading(_Section):
    """How input files are read: none larger than ``max_file_mb`` is, and none that unpacks to more than
    ``max_unpacked_mb`` (by default 64 and a hundred times the file).

    ``hidden_rows`` of a sheet are read like others, or left out; either way they are told.
    """

    max_file_mb: int = Field(default=300, gt=0, le=4000)
    max_unpacked_mb: int | None = Field(default=None, gt=0, le=100_000)
    hidden_rows: Literal["read", "leave_out"] = "read"


class Privacy(_Section):
    """How long data of people is kept after the last day of travel (``dispatch purge``), and the file, relative to the
    config, with the key that seals the access log.
    """

    retention_days: int | None = Field(default=None, gt=0)
    access_key: Path | None = None


class Settings(_Section):
    """A whole ``configs/NAME.yaml``. ``path`` is the file it came from; relative input paths start at its folder."""

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,79}$")
    path: Path
    sha256: str
    timezone: ZoneName = "Asia/Shanghai"
    datum: Literal["wgs84", "gcj02", "bd09"] = "wgs84"
    inputs: InputPaths
    reading: Reading = Reading()
    horizon: Horizon
    policy: Policy = Policy()
    objective: Objective = Objective()
    solver: Solver = Solver()
    publish: Publish = Publish()
    privacy: Privacy = Privacy()

    @property
    def plan_sha256(self) -> str:
        """A digest of all that a plan hangs on: what is published of it, and how, may change afterwards."""
        kept = self.model_dump_json(exclude={"path", "sha256", "publish"})
        return hashlib.sha256(kept.encode()).hexdigest()

    @property
    def workspace(self) -> Path:
        """The folder that holds ``configs/``, ``data/``, ``out/`` and ``maps/``."""
        return self.path.resolve().parent.parent

    @property
    def out(self) -> Path:
        """Where a run writes: ``out/NAME``."""
        return self.workspace / "out" / self.name

    @property
    def access_log(self) -> Path:
        """The record of unmasked exports and purges."""
        return self.out / "access.log"

    @property
    def solve_cache(self) -> Path:
        """Where a search keeps what it found until its plan is complete."""
        return self.out / "solve-cache"

    @property
    def road_cache(self) -> Path:
        """Where a road server's answers are kept."""
        server = self.policy.travel.server
        return self.path.resolve().parent / server.cache if server and server.cache else self.out / "roads.sqlite"

    @property
    def subsidy_key(self) -> Path | None:
        """The file of the key under which the subsidy lists code ID numbers, if there is one."""
        key = self.publish.subsidy_key
        return self.path.resolve().parent / key if key else None

    @property
    def boundary(self) -> Path | None:
        """The user's boundary file, where one is drawn."""
        given = self.publish.map.boundary
        return self.path.resolve().parent / given if given else None

    @property
    def passwords(self) -> Path | None:
        """The file of the recipients' passwords, where there is one."""
        named = self.publish.passwords
        return (self.path.resolve().parent / named).resolve() if named else None

    @property
    def ledger(self) -> Path:
        """Who withdrew from the roster, whatever its lists are called: by the operation, where no file is named."""
        named = self.inputs.ledger
        return self.path.resolve().parent / named if named else self.workspace / "data" / f"{self.name}.ledger.jsonl"

    @property
    def maps(self) -> Path:
        """Where the maps go: ``maps/NAME``."""
        return self.workspace / "maps" / self.name


def access_key(settings: Settings) -> bytes:
    """The key of the access log, empty where none is configured; raises ``ConfigError`` where it cannot be used."""
    named = settings.privacy.access_key
    if named is None:
        return b""
    path = settings.path.resolve().parent / named
    try:
        key = read_regular(path, MAX_BYTES)
    except OSError as error:
        values = {"file": path, "reason": error.strerror, "least": LEAST_KEY}
        raise ConfigError(text(settings.publish.language, "config.access_key", **values)) from error
    if len(key) < LEAST_KEY:
        values = {"file": path, "reason": f"{len(key)} bytes", "least": LEAST_KEY}
        raise ConfigError(text(settings.publish.language, "config.access_key", **values))
    return key


def load_settings(path: Path) -> Settings:
    """The settings of a config file; one ``ConfigError`` names every problem with its line, in the file's language."""
    try:
        content = read_regular(path, MAX_BYTES)
    except OSError as error:
        raise ConfigError(text("zh", "config.unreadable", file=path, reason=error.strerror)) from error
    document = yaml_source.read(_decode(content))
    problems = [(p.line, p.code, {"value": p.value}) for p in document.problems]
    if problems and not document.data:
        raise ConfigError(_message(path, "zh", problems))
    own = dict(zip(_OWN, (str(path), hashlib.sha256(content).hexdigest()), strict=True))
    try:
        # Strict JSON mode: a date may be text, but "0755" is no integer and "no" no truth value.
        settings = Settings.model_validate_json(json.dumps(document.data | own), strict=True)
    except ValidationError as error:
        problems += [_problem(document, details) for details in error.errors()[:MAX_PROBLEMS]]
    problems += [_unknown_key(document, (key,)) for key in own if key in document.data]
    if problems:
        raise ConfigError(_message(path, _language(document), problems))
    return settings


# Fields of ``Settings`` that describe the file and do not stand in it.
_OWN = ("path", "sha256")
_Problem = tuple[int, str, dict[str, str]]
_KNOWN_PROBLEMS = frozenset(
    {"missing", "literal_error", "timezone", "horizon", "resume", "slips", "square", "tiles", "attribution"}
)


def _decode(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("gb18030", errors="replace")


def _problem(document: Document, details: ErrorDetails) -> _Problem:
    where, kind = details["loc"], details["type"]
    if kind == "extra_forbidden":
        return _unknown_key(document, where)
    value = json.dumps(details["input"], ensure_ascii=False, default=str)
    values = {"name": ".".join(map(str, where)), "value": value if len(value) <= SHOWN else f"{value[:SHOWN]}…"}
    values |= {"reason": details["msg"], "expected": str(details.get("ctx", {}).get("expected", ""))}
    return document.line(where), kind if kind in _KNOWN_PROBLEMS else "wrong_value", values


def _unknown_key(document: Document, where: Where) -> _Problem:
    valid = _keys(where[:-1])
    nearest = (get_close_matches(str(where[-1]), valid, 1, 0.0) or [""])[0]
    values = {"name": ".".join(map(str, where)), "nearest": nearest, "valid": ", ".join(valid)}
    return document.line(where), "unknown_key", values


def _keys(section: Where) -> list[str]:
    """The keys a section of the file may hold."""
    model: type[BaseModel] = Settings
    keys = iter(section)
    for key in keys:
        kind = next(f.annotation for n, f in model.model_fields.items() if key == _key(n, f))
        if get_origin(kind) is dict:  # sections by names of the user's own
            next(keys)
            model = get_args(kind)[1]
            continue
        # a section that may be absent is a union with None
        model = cast("type[BaseModel]", next(iter(get_args(kind)), kind))
    return [_key(name, f) for name, f in model.model_fields.items() if model is not Settings or name not in _OWN]


def _key(name: str, info: FieldInfo) -> str:
    return info.alias or name


def _language(document: Document) -> Language:
    publish = document.data.get("publish")
    return "en" if isinstance(publish, dict) and publish.get("language") == "en" else "zh"


def _message(path: Path, language: Language, problems: list[_Problem]) -> str:
    lines = [
        text(language, "config.line", file=path, line=line, problem=text(language, f"config.{code}", **values))
        for line, code, values in sorted(problems, key=lambda p: p[0])[:MAX_PROBLEMS]
    ]
    return "\n".join(lines)
