"""Address text to a division and a point, without a network: a geopy geocoder over the shipped tables."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache, lru_cache
from typing import Any

import numpy as np
from geopy.adapters import BaseSyncAdapter
from geopy.exc import GeocoderServiceError
from geopy.geocoders.base import Geocoder
from geopy.location import Location
from geopy.point import Point

from dispatch.geo.divisions import COUNTY, TOWNSHIP, Division, divisions
from dispatch.geo.travel import Floats, great_circles_m
from dispatch.model.demand import Home
from dispatch.model.units import Position, great_circle_m

_LONGEST_NAME = 15
# How far into a text its first division name may start: 户籍地址：山西省…
_LONGEST_PREAMBLE = 8
_TOWNSHIP_TEXT = re.compile(r"^([^\d\W]{1,9}?(?:街道|苏木|镇|乡))")
_NOISE = re.compile(r"[\s,，、;；:：/\\\-—_·.。()（）]+|市辖区|(?<=街道)办事处")


@dataclass(frozen=True, slots=True)
class _Reading:
    """What a text says: the divisions it may mean (all of one level) and what is left after their names."""

    codes: tuple[str, ...]
    rest: str
    consumed: int


class _NoNetwork(BaseSyncAdapter):  # type: ignore[misc]
    """An adapter that proves that the gazetteer stays offline."""

    def get_json(self, url: str, *, timeout: float, headers: dict[str, str]) -> Any:  # noqa: ANN401
        raise GeocoderServiceError("the gazetteer works offline")

    get_text = get_json


class Gazetteer(Geocoder):  # type: ignore[misc]
    """Geocodes Chinese addresses to township or county seats; ``resolve`` and ``resolve_all`` give ``Home`` objects.

    ``prefer`` is a code prefix (``"1408"``) that decides between counties of the same name.
    """

    def __init__(self, prefer: str = "") -> None:
        super().__init__(adapter_factory=_NoNetwork, user_agent="dispatch")
        self.prefer = prefer

    def geocode(self, query: str, *, exactly_one: bool = True) -> Location | list[Location] | None:
        """The seat of the division that ``query`` names; None where it names none or more than one."""
        home = self.resolve(query)
        return _locations(home.division_code, home.seat, exactly_one)

    def reverse(
        self, query: Point | str | Sequence[float], *, exactly_one: bool = True
    ) -> Location | list[Location] | None:
        """The county whose seat is nearest to a point (lat, lon)."""
        point = Point(query)
        county = _nearest_county(point.latitude, point.longitude)
        return _locations(county.code, county.position, exactly_one)

    def resolve(self, text: str, point: Position | None = None) -> Home:
        """The home that ``text`` names; ``point``, where given, is its position and settles names that occur twice."""
        return self.resolve_all([text], [point])[0]

    def resolve_all(self, texts: Sequence[str], points: Sequence[Position | None] | None = None) -> list[Home]:
        """Homes of many texts, in their order: a name that several counties share means the one most others name.

        Preference goes to the county, then the prefecture, then the province that most of the clear texts name, and
        such a home is ``guessed``. An unclear or unknown text gives level ``unknown``, or ``point`` with the nearest
        county where its point is known.
        """
        places = list(points) if points is not None else [None] * len(texts)
        counts = Counter(texts)
        readings = {text: _read(_clean(text)) for text in counts}
        prefer = self._preferences(counts, readings)
        homes = {text: _home(text, reading, _decide(reading.codes, prefer)) for text, reading in readings.items()}
        return [
            homes[text] if place is None else _at(homes[text], readings[text], place)
            for text, place in zip(texts, places, strict=True)
        ]

    def suggest(self, text: str) -> tuple[str, ...]:
        """Up to three full division names that a text may have meant: townships where it names a single county."""
        reading = _read(_clean(text))
        tables = divisions()
        if len(reading.codes) == 1 and len(reading.codes[0]) > 6:
            return (tables.full_name(reading.codes[0]),)
        if len(reading.codes) == 1 and _is_county(reading.codes[0]):
            townships = _townships(reading.codes[0])
            close = get_close_matches(_township_text(reading.rest) or reading.rest[:6], townships, 3, 0.5)
            return tuple(tables.full_name(townships[name]) for name in close)
        if len(reading.codes) > 1 or (reading.codes and not _is_county(reading.codes[0])):
            near = _close_below(reading) or list(reading.codes[:3])
            return tuple(tables.full_name(code) for code in near[:3])
        names = get_close_matches(_clean(text)[:_LONGEST_NAME], tables.by_name[COUNTY], 3, 0.5)
        return tuple(dict.fromkeys(tables.full_name(tables.by_name[COUNTY][name][0]) for name in names))

    def _preferences(self, counts: Counter[str], readings: dict[str, _Reading]) -> tuple[str, ...]:
        clear = Counter[str]()
        for text, reading in readings.items():
            if len(reading.codes) == 1:
                clear[reading.codes[0][:6]] += counts[text]
        ranked = [_ranked(clear, length) for length in (6, 4, 2)]
        return tuple(filter(None, (self.prefer, *(code for codes in ranked for code in codes))))


def _locations(code: str, seat: Position | None, exactly_one: bool) -> Location | list[Location] | None:
    if seat is None:
        return None
    found = Location(divisions().full_name(code), Point(seat.lat, seat.lon), {"code": code})
    return found if exactly_one else [found]


def _ranked(clear: Counter[str], length: int) -> list[str]:
    totals = Counter[str]()
    for code, count in clear.items():
        totals[code[:length]] += count
    return sorted(totals, key=lambda code: (-totals[code], code))


def _clean(text: str) -> str:
    return _NOISE.sub("", unicodedata.normalize("NFKC", text))


def _read(text: str) -> _Reading:
    best = _Reading((), text, 0)
    for start in range(min(len(text), _LONGEST_PREAMBLE)):
        best = max(best, _descend(text[start:], 0, ()), key=lambda r: r.consumed)
        if best.consumed:
            break
    return best


def _descend(text: str, level: int, scope: tuple[str, ...]) -> _Reading:
    """The reading that explains most characters, level by level; a level may be left out (平陆县圣人涧镇)."""
    if level > TOWNSHIP:
        return _Reading(scope, text, 0)
    readings = [_descend(text, level + 1, scope)]
    for length, codes in _prefixes(text, level, scope):
        below = _descend(text[length:], level + 1, codes)
        readings.append(_Reading(below.codes, below.rest, below.consumed + length))
    return max(readings, key=lambda r: r.consumed)


def _prefixes(text: str, level: int, scope: tuple[str, ...]) -> Iterator[tuple[int, tuple[str, ...]]]:
    if text[:2] not in _starts()[level]:
        return
    names = divisions().by_name[level]
    parents = tuple(map(_prefix, scope))
    for length in range(min(_LONGEST_NAME, len(text)), 1, -1):
        codes = names.get(text[:length], ())
        inside = tuple(c for c in codes if c.startswith(parents)) if parents else codes
        if inside:
            yield length, inside


@cache
def _starts() -> tuple[frozenset[str], ...]:
    """The first two characters of all names, level by level: most texts end a level here."""
    return tuple(frozenset(name[:2] for name in names) for names in divisions().by_name)


def _prefix(code: str) -> str:
    return code[:2] if code.endswith("0000") else code[:4] if code.endswith("00") else code


def _is_county(code: str) -> bool:
    return len(code) > 6 or not code.endswith("00") or code in divisions().by_name[COUNTY].get(_name(code), ())


def _name(code: str) -> str:
    return divisions().by_code[code].name


def _decide(codes: tuple[str, ...], prefer: Sequence[str]) -> str:
    """The one code meant, or empty: the only one, or the only one under the first preference that holds any."""
    for prefix in ("", *prefer):
        inside = [c for c in codes if c.startswith(prefix)]
        if len(inside) == 1:
            return inside[0] if _is_county(inside[0]) else ""
        if prefix and inside:
            return ""
    return ""


def _home(text: str, reading: _Reading, code: str) -> Home:
    if not code:
        return Home(text, "unknown", "", "", "", "", _township_text(reading.rest), None, None)
    tables = divisions()
    county, division = tables.by_code[code[:6]], tables.by_code[code]
    township = division.name if len(code) > 6 else _township_text(reading.rest)
    # A township without a known point is served from the county seat, so its division is the county.
    found = division if division.position else county
    level = "township" if len(found.code) > 6 else "county"
    full = tables.full_name(found.code)
    seat = found.position
    guessed = len(reading.codes) > 1
    return Home(text, level, found.code, full, county.code, county.name, township, seat, seat, guessed)


def _township_text(rest: str) -> str:
    match = _TOWNSHIP_TEXT.match(rest)
    return match.group(1) if match else ""


def _at(home: Home, reading: _Reading, point: Position) -> Home:
    """The home at a known point; the text still names the division, the point only chooses between several."""
    if home.level == "unknown" or home.guessed:
        codes = [c for c in reading.codes if _is_county(c) and divisions().by_code[c[:6]].position]
        nearest = min(codes, key=lambda c: _distance(c, point)) if codes else ""
        code = nearest or _nearest_county(point.lat, point.lon).code
        home = _home(home.text, reading, code)
    # Positional, since ``replace`` takes three times as long and a roster may have a million people.
    return Home(
        home.text,
        "point",
        home.division_code,
        home.division_name,
        home.county_code,
        home.county_name,
        home.township_name,
        point,
        home.seat,
    )


def _distance(code: str, point: Position) -> float:
    seat = divisions().by_code[code[:6]].position
    return great_circle_m(seat, point) if seat else float("inf")


def _nearest_county(lat: float, lon: float) -> Division:
    # A kilometre more or less does not change the county of record, and lets a million homes share a few searches.
    return _nearest_on_grid(round(lat, 2), round(lon, 2))


@lru_cache(maxsize=65536)
def _nearest_on_grid(lat: float, lon: float) -> Division:
    counties, lats, lons = _county_points()
    distances = great_circles_m(np.array(lat), np.array(lon), lats, lons)
    return counties[int(np.argmin(distances))]


@cache
def _county_points() -> tuple[list[Division], Floats, Floats]:
    counties = list(divisions().counties())
    seats = [d.position for d in counties if d.position]
    return counties, np.array([s.lat for s in seats]), np.array([s.lon for s in seats])


@cache
def _townships(county: str) -> dict[str, str]:
    """The townships that are known of a county, by name."""
    return {d.name: d.code for d in divisions().by_code.values() if len(d.code) > 6 and d.code.startswith(county)}


def _close_below(reading: _Reading) -> list[str]:
    """Counties of the named prefecture or province whose name is close to the words that follow."""
    parents = tuple(map(_prefix, reading.codes))
    below = {d.name: d.code for d in divisions().counties() if d.code.startswith(parents)}
    return [below[name] for name in get_close_matches(reading.rest[:6], below, 3, 0.3)]
