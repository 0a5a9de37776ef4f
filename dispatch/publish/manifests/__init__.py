"""Lists of people for those who carry, escort, send and receive them, each with only the columns its reader needs."""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path

from dispatch.config import Settings
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
    many = len(_entries(view, kinds, unmask=unmask))
    done = count(1)
    processes = min(settings.solver.threads, os.cpu_count() or 1) if many >= MANY else 1
    work = partial(_share, view, folder, settings, kinds, unmask, passwords)
    return side_by_side(work, processes, lambda: progress("manifests", next(done), many))


def _entries(view: View, kinds: frozenset[str] | None, *, unmask: bool) -> list[Entry]:
    entries = [
        *_vehicles(view, unmask=unmask),
        *_papers(view),
        *_handovers(view),
        *_employers(view),
        *_townships(view),
        *_cities(view),
        *_arrivals(view),
        *_packs(view),
        *_subsidies(view, unmask=unmask),
    ]
    return [entry for entry in entries if kinds is None or entry.name.split("/")[0] in kinds]


def _share(
    view: View,
    folder: Path,
    settings: Settings,
    kinds: frozenset[str] | None,
    unmask: bool,
    passwords: Passwords,
    share: int,
    of: int,
    step: Callable[[], None],
) -> list[list[Path]]:
    written = []
    for entry in _entries(view, kinds, unmask=unmask)[share::of]:
        secret = passwords.of(entry.recipient) if entry.recipient else None
        written.append(_write(view, entry.make(), folder / entry.name, settings, secret))
        step()
    return written


def _write(view: View, sheet: Sheet, path: Path, settings: Settings, secret: Secret | None) -> list[Path]:
    path.parent.mkdir(parents=True, exist_ok=True)
    written = []
    if "xlsx" in settings.publish.formats:
        written.append(path.with_name(f"{path.name}.xlsx"))
        write_workbook(sheet, written[-1], language=view.language, made_at=view.plan.made_at, secret=secret)
    if "pdf" in settings.publish.formats:
        written.append(path.with_name(f"{path.name}.pdf"))
        write_pdf(sheet, written[-1], language=view.language, made_at=view.plan.made_at, secret=secret)
    if "csv" in settings.publish.formats and secret is None:
        written.append(path.with_name(f"{path.name}.csv"))
        write_delimited(sheet, written[-1], stamp_columns(view, sheet.audience))
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
