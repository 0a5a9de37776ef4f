"""Lists of people for those who carry, escort, send and receive them, each with only the columns its reader needs."""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from pathlib import Path

from dispatch.config import Settings
from dispatch.model.demand import Worker
from dispatch.model.supply import Mode
from dispatch.publish.filenames import clean, distinct_names, hashed_name, safe_name
from dispatch.publish.id_code import read_key
from dispatch.publish.manifests.city import city_sheet
from dispatch.publish.manifests.delimited import write_delimited
from dispatch.publish.manifests.employer import employer_sheet
from dispatch.publish.manifests.handover import handover_sheet
from dispatch.publish.manifests.packs import districts_sheet, trips_sheet
from dispatch.publish.manifests.papers import papers_sheet
from dispatch.publish.manifests.printed import write_pdf
from dispatch.publish.manifests.sheet import Sheet
from dispatch.publish.manifests.subsidy import Purse, subsidy_sheet
from dispatch.publish.manifests.township import township_sheet
from dispatch.publish.manifests.vehicle import vehicle_sheet
from dispatch.publish.manifests.wording import day_of, minute_of, say
from dispatch.publish.manifests.workbook import write_workbook
from dispatch.publish.privacy import Audience
from dispatch.publish.shares import personal_fen
from dispatch.publish.side_by_side import side_by_side
from dispatch.publish.view import Arrival, Ride, View

UNMASKED = frozenset({"vehicle", "subsidy"})  # folders whose lists show ID numbers in full on request
Entry = tuple[str, Callable[[], Sheet]]
MANY = 100  # manifests that are worth the start of other processes


def write_manifests(
    view: View,
    folder: Path,
    settings: Settings,
    *,
    unmask: bool,
    progress: Callable[[str, int, int], None],
    kinds: frozenset[str] | None = None,
) -> list[Path]:
    """Write every manifest below ``folder`` in the configured formats; returns the files in order.

    ``kinds`` are the folders to write, ``vehicle``, ``employer`` and so on; all when ``None``. ``unmask`` shows ID
    numbers in full in ``vehicle/`` and ``subsidy/`` and nowhere else. Raises ``OSError`` when writing fails and
    ``ConfigError`` for a key of the subsidy lists that cannot be used.
    """
    many = len(_entries(view, kinds, unmask=unmask))
    done = count(1)
    processes = min(settings.solver.threads, os.cpu_count() or 1) if many >= MANY else 1
    work = partial(_share, view, folder, settings, kinds, unmask)
    return side_by_side(work, processes, lambda: progress("manifests", next(done), many))


def _entries(view: View, kinds: frozenset[str] | None, *, unmask: bool) -> list[Entry]:
    entries = [
        *_vehicles(view, unmask=unmask),
        *_papers(view),
        *_handovers(view),
        *_employers(view),
        *_townships(view),
        *_cities(view),
        *_packs(view),
        *_subsidies(view, unmask=unmask),
    ]
    return [entry for entry in entries if kinds is None or entry[0].split("/")[0] in kinds]


def _share(
    view: View,
    folder: Path,
    settings: Settings,
    kinds: frozenset[str] | None,
    unmask: bool,
    share: int,
    of: int,
    step: Callable[[], None],
) -> list[list[Path]]:
    written = []
    for name, make in _entries(view, kinds, unmask=unmask)[share::of]:
        written.append(_write(view, make(), folder / name, settings))
        step()
    return written


def _write(view: View, sheet: Sheet, path: Path, settings: Settings) -> list[Path]:
    path.parent.mkdir(parents=True, exist_ok=True)
    written = []
    if "xlsx" in settings.publish.formats:
        written.append(path.with_name(f"{path.name}.xlsx"))
        write_workbook(sheet, written[-1], language=view.language, made_at=view.plan.made_at)
    if "pdf" in settings.publish.formats:
        written.append(path.with_name(f"{path.name}.pdf"))
        write_pdf(sheet, written[-1], language=view.language, made_at=view.plan.made_at)
    if "csv" in settings.publish.formats:
        written.append(path.with_name(f"{path.name}.csv"))
        write_delimited(sheet, written[-1], _stamp_columns(view, sheet.audience))
    return written


def _stamp_columns(view: View, audience: Audience) -> tuple[tuple[str, str], ...]:
    return (
        (say(view, "plan_revision"), str(view.plan.revision)),
        (say(view, "made_at"), minute_of(view, view.plan.made_at)),
        (say(view, "for"), say(view, f"audience.{audience}")),
        (say(view, "road_times"), view.road_times),
    )


def _trip_names(view: View) -> dict[str, str]:
    return distinct_names({t.trip_id: f"{day_of(view, t.departs_at)}_{t.trip_id}" for t in view.plan.trips})


def _vehicles(view: View, *, unmask: bool) -> Iterator[Entry]:
    names = _trip_names(view)
    for trip in view.plan.trips:
        yield f"vehicle/{names[trip.trip_id]}", partial(vehicle_sheet, view, trip, unmask=unmask)


def _papers(view: View) -> Iterator[Entry]:
    names = _trip_names(view)
    for trip in view.plan.trips:
        if trip.mode is Mode.COACH:
            yield f"papers/{names[trip.trip_id]}", partial(papers_sheet, view, trip)


def _handovers(view: View) -> Iterator[Entry]:
    """For each guardian or escort the minors of one receiving site."""
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
        yield f"handover/{names[escort, site]}", sheet


def _employers(view: View) -> Iterator[Entry]:
    rides: defaultdict[str, list[Ride]] = defaultdict(list)
    for worker_id in view.legs_by_worker:
        last = view.journey(worker_id)[-1]
        rides[last.employer.employer_id].append(last)
    for employer_id, own in sorted(rides.items()):
        employer = view.employers[employer_id]
        yield f"employer/{hashed_name(employer.name, employer_id)}", partial(employer_sheet, view, employer, own)


def _townships(view: View) -> Iterator[Entry]:
    groups: defaultdict[tuple[str, str, str], list[str]] = defaultdict(list)
    for worker in view.workers.values():
        groups[worker.home.county_code, worker.home.county_name, worker.home.township_name].append(worker.worker_id)
    unknown = say(view, "unknown_place")
    names = distinct_names({key: "_".join(filter(None, map(clean, key[1:]))) or unknown for key in groups})
    for key, ids in sorted(groups.items()):
        people = [view.workers[i] for i in ids]
        yield f"township/{names[key]}", partial(township_sheet, view, key[1] or unknown, key[2], people)


def _cities(view: View) -> Iterator[Entry]:
    names = _trip_names(view)
    for city in view.cities:
        by_trip: defaultdict[str, list[Arrival]] = defaultdict(list)
        for arrival in city.arrivals:
            by_trip[arrival.trip.trip_id].append(arrival)
        for trip_id, arrivals in by_trip.items():
            yield f"city/{safe_name(city.name)}/{names[trip_id]}", partial(city_sheet, view, tuple(arrivals))


def _packs(view: View) -> Iterator[Entry]:
    if view.settings.publish.packs:
        yield "packs/trips", partial(trips_sheet, view)
        yield "packs/districts", partial(districts_sheet, view)


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
        yield f"subsidy/{names[county]}", sheet
