"""The plan bundle on disk: five tables, the summary, the instance. Written whole or not at all."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from operator import attrgetter
from pathlib import Path
from typing import Any

from dispatch.errors import StorageError
from dispatch.formulas import inert, meant
from dispatch.model.plan import Call, CostLine, Leg, Plan, Trip, Unserved
from dispatch.model.supply import Mode, Role
from dispatch.model.units import Position, fen, yuan_text

HEADINGS = {
    "trips.csv": (
        "trip_id,offer_id,mode,role,operator,vehicle,seats,drivers,origin_stop,destination_stop,"
        "departs_at,arrives_at,passengers,distance_km,cost"
    ),
    "calls.csv": (
        "trip_id,seq,stop_id,stop_name,lat,lon,arrives_at,departs_at,board,alight,onboard_after,rest_minutes"
    ),
    "legs.csv": "worker_id,leg,trip_id,from_seq,to_seq,board_stop,alight_stop,departs_at,arrives_at,seat",
    "unserved.csv": "worker_id,reason,detail,remedy",
    "costs.csv": "trip_id,sending_county,receiving_city,employer_id,passengers,cost",
}
# Words of the user's files. What joins the tables, and those to the inputs, stands as it is: intake refuses an id that
# starts a formula.
WORDS = ("operator", "vehicle", "stop_name", "detail", "remedy", "sending_county", "receiving_city")
FIELDS = {"lat": "position.lat", "lon": "position.lon", "distance_km": "distance_m", "cost": "cost_fen"}


def write_bundle(plan: Plan, problem_json: str, folder: Path) -> None:
    """Write the bundle into ``folder``, replacing what was there once all is on disk; raises ``StorageError``."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        try:
            for name, content in _contents(plan, problem_json):
                _write_durably(fresh / name, content)
            _swap_in(fresh, folder)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
    except (OSError, UnicodeEncodeError) as error:
        raise StorageError(f"{folder}: the plan could not be written ({error})") from error


def _contents(plan: Plan, problem_json: str) -> Iterator[tuple[str, Iterable[str]]]:
    tables: dict[str, Iterable[object]] = {
        "trips.csv": plan.trips,
        "calls.csv": (call for trip in plan.trips for call in trip.calls),
        "legs.csv": plan.legs,
        "unserved.csv": plan.unserved,
        "costs.csv": plan.costs,
    }
    for name, rows in tables.items():
        yield name, _table(HEADINGS[name].split(","), rows)
    own = {"name": plan.name, "revision": plan.revision, "made_at": plan.made_at.isoformat()}
    yield "summary.json", [json.dumps({**own, **plan.summary, **own}, ensure_ascii=False, indent=1), "\n"]
    yield "problem.json", [problem_json]


class _Line:
    """What ``csv.writer`` writes to: hands the line back."""

    def write(self, line: str) -> str:
        return line


def _table(columns: list[str], rows: Iterable[object]) -> Iterator[str]:
    formats = [_FORMATS.get(c) for c in columns]
    cells = attrgetter(*(FIELDS.get(c, c) for c in columns))
    line = csv.writer(_Line()).writerow
    yield "\ufeff"
    yield str(line(columns))
    for row in rows:
        yield str(line([v if f is None else f(v) for f, v in zip(formats, cells(row), strict=True)]))


def _km_text(metres: int) -> str:
    return f"{metres // 1000}.{metres % 1000:03d}"


_FORMATS: dict[str, Callable[[Any], str]] = {
    **dict.fromkeys(WORDS, inert),
    "lat": repr,
    "lon": repr,
    "departs_at": datetime.isoformat,
    "arrives_at": datetime.isoformat,
    "distance_km": _km_text,
    "cost": yuan_text,
}


def _write_durably(path: Path, content: Iterable[str]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        file.writelines(content)
        file.flush()
        os.fsync(file.fileno())


def _swap_in(fresh: Path, folder: Path) -> None:
    old = fresh.with_name(f"{fresh.name}-old")
    had = folder.exists()
    if had:
        folder.rename(old)
    try:
        fresh.rename(folder)
    except OSError:
        if had:
            old.rename(folder)
        raise
    shutil.rmtree(old, ignore_errors=True)


def read_bundle(folder: Path) -> Plan:
    """The plan in ``folder``; raises ``StorageError`` with file, row and column of what is missing or garbage."""
    summary = _summary(folder / "summary.json")
    calls: dict[str, list[Call]] = defaultdict(list)
    for trip_id, seq, stop_id, stop_name, lat, lon, *rest in _rows(folder, "calls.csv"):
        calls[trip_id].append(Call(trip_id, seq, stop_id, stop_name, _place(lat, lon, trip_id), *rest))
    trips = tuple(_trip(row, calls) for row in _rows(folder, "trips.csv"))
    if stray := calls.keys() - {t.trip_id for t in trips}:
        raise StorageError(f"{folder / 'calls.csv'}: trip_id={min(stray)} is not in trips.csv")
    return Plan(
        name=summary["name"],
        revision=summary["revision"],
        made_at=datetime.fromisoformat(summary["made_at"]),
        trips=trips,
        legs=tuple(Leg(*row) for row in _rows(folder, "legs.csv")),
        unserved=tuple(Unserved(*row) for row in _rows(folder, "unserved.csv")),
        costs=tuple(CostLine(*row) for row in _rows(folder, "costs.csv")),
        summary=summary,
    )


def _trip(row: list[Any], calls: dict[str, list[Call]]) -> Trip:
    return Trip(*[*row, tuple(calls.get(row[0], ()))])


def _place(lat: float, lon: float, trip_id: str) -> Position:
    try:
        return Position(lat, lon)
    except ValueError as error:
        raise StorageError(f"calls.csv, trip {trip_id}: {error}") from error


def _summary(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text("utf-8"))
        if not isinstance(content["name"], str) or not isinstance(content["revision"], int):
            raise TypeError("name is a text and revision a number")
        if datetime.fromisoformat(content["made_at"]).tzinfo is None:
            raise ValueError("made_at needs an offset")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StorageError(f"{path}: not a plan's summary ({error})") from error
    return dict(content)


class _Memo(dict[str, Any]):
    """Parses each distinct text once: a table repeats its times and ids, and equal ones then share one object."""

    def __init__(self, parse: Callable[[str], Any]) -> None:
        self.parse = parse

    def __missing__(self, text: str) -> Any:  # noqa: ANN401
        self[text] = value = self.parse(text)
        return value


def _rows(folder: Path, name: str) -> Iterator[list[Any]]:
    """The typed rows of one table, in file order."""
    path, columns = folder / name, HEADINGS[name].split(",")
    parsers = [_Memo(_PARSERS.get(c, str)) for c in columns]
    line = 1
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file)
            if next(reader, None) != columns:
                raise StorageError(f"{path}: the first row must read {HEADINGS[name]}")
            for line, cells in enumerate(reader, 2):
                try:
                    yield [parse[cell] for parse, cell in zip(parsers, cells, strict=True)]
                except ValueError as error:
                    raise _bad_cell(path, line, columns, cells) from error
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise StorageError(f"{path} row {line}: cannot be read ({error})") from error


def _bad_cell(path: Path, line: int, columns: list[str], cells: list[str]) -> StorageError:
    """The error for a row that would not parse: finds the cell again, so that good rows pay nothing for it."""
    if len(cells) != len(columns):
        return StorageError(f"{path} row {line}: {len(cells)} cells; give {len(columns)}")
    for column, cell in zip(columns, cells, strict=True):
        try:
            _PARSERS.get(column, str)(cell)
        except ValueError as error:
            return StorageError(f"{path} row {line} {column}={cell[:40]}: {error}")
    return StorageError(f"{path} row {line}: cannot be read")


def _pattern(pattern: str, wanted: str, make: Callable[[str], Any]) -> Callable[[str], Any]:
    form = re.compile(pattern, re.ASCII)

    def parse(text: str) -> Any:  # noqa: ANN401
        if form.fullmatch(text) is None:
            raise ValueError(f"give {wanted}")
        return make(text)

    return parse


def _instant(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None or at.second or at.microsecond or not 1970 < at.year < 2200:
        raise ValueError("give a whole minute of this age with its offset")
    return at


_TRIP_COUNTS = ("seats", "drivers", "passengers")
_CALL_COUNTS = ("seq", "board", "alight", "onboard_after", "rest_minutes")
_LEG_COUNTS = ("leg", "from_seq", "to_seq")
_whole = _pattern(r"-?\d{1,12}", "a whole number", int)
_degrees = _pattern(r"-?\d+(\.\d+)?(e-\d+)?", "degrees", float)
_PARSERS: dict[str, Callable[[str], Any]] = {
    **dict.fromkeys((*_TRIP_COUNTS, *_CALL_COUNTS, *_LEG_COUNTS), _whole),
    **dict.fromkeys(WORDS, meant),
    "lat": _degrees,
    "lon": _degrees,
    "mode": Mode,
    "role": Role,
    "departs_at": _instant,
    "arrives_at": _instant,
    "distance_km": _pattern(r"\d{1,9}\.\d{3}", "kilometres with three decimals", lambda t: int(t.replace(".", ""))),
    "cost": _pattern(r"-?\d{1,15}\.\d{2}", "CNY with two decimals", fen),
}
