"""The arrivals page of a city and the index over all cities: static HTML that a small script filters and sorts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from dispatch.publish.arrivals.schedule import Coach, Reception, Site, coaches, districts
from dispatch.publish.pages import day_name, render, stamp, vehicle_name
from dispatch.publish.privacy import Audience
from dispatch.publish.view import City, View

FILES = ("xlsx", "csv", "ics")


def write_page(view: View, city: City, schedule: tuple[Reception, ...], path: Path, formats: Iterable[str]) -> Path:
    """Write the city's page; links only to the files of ``formats`` that lie beside it. Returns the path."""
    fleet, numbers = coaches(view, city), _numbers(schedule)
    page = render(
        "arrivals/city.html",
        view,
        "arrivals",
        city=city,
        stamp=stamp(view, Audience.CITY),
        days=[(day, day_name(view.language, day), list(own)) for day, own in groupby(schedule, lambda r: r.at.date())],
        fleet=fleet,
        districts=districts(view, city),
        stations=_stations(schedule),
        night=_at_gates_by_night(schedule),
        numbers=numbers,
        data=_data(schedule, fleet, numbers),
        choices=_choices(view, schedule, fleet),
        files=[name for name in FILES if name in formats],
        named=lambda trip: vehicle_name(view, trip),
        at_night=at_night,
        clock=_clock,
    )
    path.write_text(page, encoding="utf-8", newline="\n")
    return path


def write_index(view: View, names: dict[str, str], path: Path) -> Path:
    """Write the list of all receiving cities, linking each city's folder by its name there. Returns the path."""
    cities = [(city, names[city.name], view.local(city.arrivals[0].call.arrives_at)) for city in view.cities]
    page = render(
        "arrivals/index.html",
        view,
        "arrivals",
        cities=cities,
        stamp=stamp(view, Audience.CITY),
        day=lambda instant: day_name(view.language, instant.date()),
    )
    path.write_text(page, encoding="utf-8", newline="\n")
    return path


def at_night(instant: datetime) -> bool:
    """Between 22:00 and 06:00 on the local clock."""
    return instant.hour >= 22 or instant.hour < 6


def _at_gates_by_night(schedule: tuple[Reception, ...]) -> int:
    """People whose employer's gate must be open for them between 22:00 and 06:00."""
    direct = sum(r.arrival.people for r in schedule if not r.coaches and at_night(r.at))
    return direct + sum(g.people for r in schedule for c in r.coaches for g in c.gates if at_night(g.arrives_at))


def _clock(instant: datetime, beside: datetime) -> str:
    """The time, with the date where it is another day than the time it stands beside."""
    return f"{instant:%H:%M}" if instant.date() == beside.date() else f"{instant:%m-%d %H:%M}"


def _stations(schedule: tuple[Reception, ...]) -> list[tuple[str, int, int]]:
    """(station, arrivals, people) where vehicles arrive that are not a gate, most people first."""
    found: dict[str, tuple[int, int]] = {}
    for r in schedule:
        if not r.direct:
            times, people = found.get(r.place.name, (0, 0))
            found[r.place.name] = (times + 1, people + r.arrival.people)
    return sorted(((name, *counts) for name, counts in found.items()), key=lambda s: (-s[2], s[0]))


def _choices(view: View, schedule: tuple[Reception, ...], fleet: tuple[Coach, ...]) -> dict[str, list[tuple[str, str]]]:
    """(value, label) of each filter, as the page offers them."""
    days = {r.at.date() for r in schedule} | {coach.departs_at.date() for coach in fleet}
    own = [district for r in schedule for district in r.districts]
    return {
        "day": [(day.isoformat(), day_name(view.language, day)) for day in sorted(days)],
        "station": _labels(r.place.name for r in schedule),
        "district": _labels(district.name for district in own),
        "employer": _labels(site.name for district in own for site, _ in district.sites),
    }


def _labels(values: Iterable[str]) -> list[tuple[str, str]]:
    return [(value, value) for value in sorted(set(values))]


def _numbers(schedule: tuple[Reception, ...]) -> dict[Site, int]:
    """A number for each site, by which the script knows it: names repeated for each arrival would make a large page."""
    found = {site for r in schedule for district in r.districts for site, _ in district.sites}
    return {site: number for number, site in enumerate(sorted(found))}


def _data(schedule: tuple[Reception, ...], fleet: tuple[Coach, ...], numbers: dict[Site, int]) -> dict[str, Any]:
    """What the script filters by: the sites by number, and of each arrival, then each coach, time, place and people."""
    arrivals = [
        _entry(r.at, r.place.name, [(numbers[site], n) for district in r.districts for site, n in district.sites])
        for r in schedule
    ]
    onward = [_entry(c.departs_at, c.station, [(numbers[g.site], g.people) for g in c.gates]) for c in fleet]
    return {"sites": [(site.district, site.name) for site in numbers], "entries": arrivals + onward}


def _entry(at: datetime, station: str, rows: list[tuple[int, int]]) -> dict[str, Any]:
    return {"at": int(at.timestamp() * 1000), "station": station, "day": at.date().isoformat(), "rows": rows}
