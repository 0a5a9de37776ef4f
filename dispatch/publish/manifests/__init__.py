"""Lists of people for those who carry, escort, send and receive them, each with only the columns its reader needs."""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import count
from pathlib import Path

from dispatch.config import Settings
from dispatch.language import Language
from dispatch.model.demand import Worker
from dispatch.model.supply import Mode
from dispatch.publish.filenames import clean, distinct_names, hashed_name, safe_name
from dispatch.publish.id_code import read_key
from dispatch.publish.manifests.arrival import arrival_sheet
from dispatch.publish.manifests.city import city_sheet
from dispatch.publish.manifests.delimited import write_delimited
from dispatch.publish.manifests.employer import employer_sheet
from dispatch.publish.manifests.handover import handover_sheet
from dispatch.publish.manifests.names import arrival_names, townships, trip_names
from dispatch.publish.manifests.packs import districts_sheet, trips_sheet
from dispatch.publish.manifests.papers import papers_sheet
from dispatch.publish.manifests.printed import write_pdf
from dispatch.publish.manifests.sheet import Sheet
from dispatch.publish.manifests.subsidy import Purse, subsidy_sheet
from dispatch.publish.manifests.township import township_sheet
from dispatch.publish.manifests.vehicle import vehicle_sheet
from dispatch.publish.manifests.wording import day_of, say, stamp_columns
from dispatch.publish.manifests.workbook import write_workbook
from dispatch.publish.passwords import Passwords, Recipient, Secret
from dispatch.publish.shares import personal_fen
from dispatch.publish.side_by_side import side_by_side
from dispatch.publish.view import Arrival, Ride, View

UNMASKED = frozenset({"vehicle", "subsidy"})  # folders whose lists show ID numbers in full on request
MANY = 100  # manifests that are worth the start of other processes


@dataclass(frozen=True, slots=True)
class Entry:
    """A manifest to be: its path without a suffix, how it is made, and whose password it is under, where it names
    people.
    """

    name: str
    make: Callable[[], Sheet]
    recipient: Recipient | None = None


@dataclass(frozen=True, slots=True)
class _Piece:
    """A manifest as any process can write it: its path is without a suffix, ``stamps`` are columns of its .csv."""

    sheet: Sheet
    path: Path
    secret: Secret | None
    stamps: tuple[tuple[str, str], ...]


def write_manifests(
    view: View,
    folder: Path,
    settings: Settings,
    *,
    unmask: bool,
    passwords: Passwords,
    progress: Callable[[str, int, int], None],
    kinds: frozenset[str] | None = None,
) -> list[Path]:
    """Write every manifest below ``folder`` in the configured formats; returns the files in order.

    ``kinds`` are the folders to write, ``vehicle``, ``employer`` and so on; all when ``None``. A recipient with a
    password gets the formats that can be protected and no other. ``unmask`` shows ID numbers in full in ``vehicle/``
    and ``subsidy/`` and nowhere else. Raises ``OSError`` when writing fails and ``ConfigError`` for a key of the
    subsidy lists that cannot be used.
    """
    entries = _entries(view, kinds, unmask=unmask)
    done = count(1)
    processes = min(settings.solver.threads, os.cpu_count() or 1) if len(entries) >= MANY else 1
    pieces = (_filled(view, entry, folder, passwords) for entry in entries)
    write = partial(_write, settings.publish.formats, view.language, view.plan.made_at)
    return side_by_side(write, pieces, processes, lambda: progress("manifests", next(done), len(entries)))


def _entries(view: View, kinds: frozenset[str] | None, *, unmask: bool) -> list[Entry]:
    """The manifests of ``kinds``; what nobody asked for is not looked through."""
    made: dict[str, Callable[[], Iterator[Entry]]] = {
        "vehicle": partial(_vehicles, view, unmask=unmask),
        "papers": partial(_papers, view),
        "handover": partial(_handovers, view),
        "employer": partial(_employers, view),
        "township": partial(_townships, view),
        "city": partial(_cities, view),
        "arrival": partial(_arrivals, view),
        "packs": partial(_packs, view),
        "subsidy": partial(_subsidies, view, unmask=unmask),
    }
    return [entry for kind, entries in made.items() if kinds is None or kind in kinds for entry in entries()]


def _filled(view: View, entry: Entry, folder: Path, passwords: Passwords) -> _Piece:
    sheet = entry.make()
    secret = passwords.of(entry.recipient) if entry.recipient else None
    return _Piece(sheet, folder / entry.name, secret, stamp_columns(view, sheet.audience))


def _write(formats: Sequence[str], language: Language, made_at: datetime, piece: _Piece) -> list[Path]:
    sheet, path, secret = piece.sheet, piece.path, piece.secret
    path.parent.mkdir(parents=True, exist_ok=True)
    written = []
    if "xlsx" in formats:
        written.append(path.with_name(f"{path.name}.xlsx"))
        write_workbook(sheet, written[-1], language=language, made_at=made_at, secret=secret)
    if "pdf" in formats:
        written.append(path.with_name(f"{path.name}.pdf"))
        write_pdf(sheet, written[-1], language=language, made_at=made_at, secret=secret)
    if "csv" in formats and secret is None:
        written.append(path.with_name(f"{path.name}.csv"))
        written[-1].unlink(missing_ok=True)  # begun by a process that was killed
        write_delimited(sheet, written[-1], piece.stamps)
    return written


def _vehicles(view: View, *, unmask: bool) -> Iterator[Entry]:
    names = trip_names(view)
    for trip in view.plan.trips:
        sheet = partial(vehicle_sheet, view, trip, unmask=unmask)
        yield Entry(f"vehicle/{names[trip.trip_id]}", sheet, Recipient.leader(trip))


def _papers(view: View) -> Iterator[Entry]:
    names = trip_names(view)
    for trip in view.plan.trips:
        if trip.mode is Mode.COACH:
            sheet = partial(papers_sheet, view, trip)
            yield Entry(f"papers/{names[trip.trip_id]}", sheet, Recipient.leader(trip))


def _handovers(view: View) -> Iterator[Entry]:
    """For each guardian or escort the minors of one receiving site, under the password of the trip they set out on."""
    groups: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for worker_id, legs in view.legs_by_worker.items():
        worker = view.workers[worker_id]
        day = view.local(legs[0].departs_at).date()
        if worker.guardian_id in view.workers and worker.is_minor_on(day):
            groups[worker.guardian_id, worker.employer_id].append(worker_id)
    leaves = {key: view.legs_by_worker[children[0]][0].departs_at for key, children in groups.items()}
    names = distinct_names({key: f"{day_of(view, leaves[key])}_{key[0]}" for key in groups})
    for (escort, site), children in sorted(groups.items()):
        sheet = partial(handover_sheet, view, escort, view.employers[site], sorted(children))
        first = view.trips[view.legs_by_worker[children[0]][0].trip_id]
        yield Entry(f"handover/{names[escort, site]}", sheet, Recipient.leader(first))


def _employers(view: View) -> Iterator[Entry]:
    rides: defaultdict[str, list[Ride]] = defaultdict(list)
    for worker_id in view.legs_by_worker:
        last = view.journey(worker_id)[-1]
        rides[last.employer.employer_id].append(last)
    for employer_id, own in sorted(rides.items()):
        employer = view.employers[employer_id]
        name = f"employer/{hashed_name(employer.name, employer_id)}"
        yield Entry(name, partial(employer_sheet, view, employer, own), Recipient.employer(employer))


def _townships(view: View) -> Iterator[Entry]:
    for name, people in townships(view).items():
        home = people[0].home
        county = home.county_name or say(view, "unknown_place")
        sheet = partial(township_sheet, view, county, home.township_name, people)
        yield Entry(f"township/{name}", sheet, Recipient.township(home))


def _cities(view: View) -> Iterator[Entry]:
    names = trip_names(view)
    for city in view.cities:
        by_trip: defaultdict[str, list[Arrival]] = defaultdict(list)
        for arrival in city.arrivals:
            by_trip[arrival.trip.trip_id].append(arrival)
        for trip_id, arrivals in by_trip.items():
            sheet = partial(city_sheet, view, tuple(arrivals))
            yield Entry(f"city/{safe_name(city.name)}/{names[trip_id]}", sheet, Recipient.city(city.name))


def _arrivals(view: View) -> Iterator[Entry]:
    for city in view.cities:
        for arrival, name in arrival_names(view, city).items():
            yield Entry(f"arrival/{safe_name(city.name)}/{name}", partial(arrival_sheet, view, arrival))


def _packs(view: View) -> Iterator[Entry]:
    if view.settings.publish.packs:
        yield Entry("packs/trips", partial(trips_sheet, view))
        yield Entry("packs/districts", partial(districts_sheet, view))


def _subsidies(view: View, *, unmask: bool) -> Iterator[Entry]:
    """For each sending county everybody with a place in the plan, in the order of the roster."""
    key, carried = view.settings.subsidy_key, [w for w in view.workers.values() if w.worker_id in view.legs_by_worker]
    counties: defaultdict[tuple[str, str], list[Worker]] = defaultdict(list)
    for worker in carried:
        counties[worker.home.county_code, worker.home.county_name].append(worker)
    journeys = Counter(worker.id_number for worker in carried if worker.id_number)
    purse = Purse(personal_fen(view), journeys, read_key(key, view.language) if key else None)
    unknown = say(view, "unknown_place")
    names = distinct_names({county: clean(county[1]) or unknown for county in counties})
    for county, people in sorted(counties.items()):
        sheet = partial(subsidy_sheet, view, county[1] or unknown, people, purse, unmask=unmask)
        yield Entry(f"subsidy/{names[county]}", sheet, Recipient.county(people[0].home))
