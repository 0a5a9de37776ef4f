"""All input files of an operation to domain objects and notices: the one door into the tool."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from dispatch.config import Settings
from dispatch.intake.boundary import Line, read_boundary
from dispatch.intake.calls import CALLS
from dispatch.intake.employers import EMPLOYERS, gates, read_employers
from dispatch.intake.homes import homes_in_townships
from dispatch.intake.offers import OFFERS, read_offers
from dispatch.intake.reader import UnreadableError
from dispatch.intake.register import REGISTER, SIGN_UPS, fill_from_register
from dispatch.intake.rules import headcount_notices, square_notices
from dispatch.intake.stops import STOPS, ResolveHomes, ToWgs84, read_stops
from dispatch.intake.table import Findings, Schema, Suggest, Table, find_table
from dispatch.intake.taking import flag_lost_characters, take
from dispatch.intake.travel_times import TRAVEL_TIMES, read_travel_times
from dispatch.intake.workers import WORKERS, Surroundings, read_workers
from dispatch.model.demand import Inputs, Worker
from dispatch.model.notice import Notice
from dispatch.model.supply import Employer, Offer, Stop


def _no_suggestion(_: str) -> Sequence[str]:
    return ()


def read_inputs(
    settings: Settings,
    resolve_homes: ResolveHomes,
    to_wgs84: ToWgs84,
    suggest_homes: Suggest = _no_suggestion,
) -> tuple[Inputs, tuple[Notice, ...]]:
    """Read every file of the operation; findings are gathered, never raised.

    ``resolve_homes(texts, points)`` gives a ``Home`` per address text, ``points`` being WGS-84 positions or None;
    ``to_wgs84(lat, lon)`` converts arrays from ``settings.datum``; ``suggest_homes(text)`` names near misses.
    Rows with an error are left out of the result and counted in ``rejected``; a file that cannot be used leaves
    its tuple empty. Any notice of severity error means that the input should be refused.
    """
    findings = Findings()
    tables = _Tables(settings, findings)
    stops: tuple[Stop, ...] = ()
    employers: tuple[Employer, ...] = ()
    offers: tuple[Offer, ...] = ()
    workers: tuple[Worker, ...] = ()
    if table := tables.open("employers", EMPLOYERS):
        employers = read_employers(table, to_wgs84, resolve_homes)
    if table := tables.open("stops", STOPS):
        stops = read_stops(table, to_wgs84, resolve_homes)
    stops = homes_in_townships(_with_gates(stops, employers), employers, resolve_homes)
    findings.notices += square_notices(settings, stops)
    calls = tables.open("calls", CALLS)
    if table := tables.open("offers", OFFERS, empty="no_offers"):
        offers = read_offers(table, calls, stops, settings.horizon)
    table = tables.open("travel_times", TRAVEL_TIMES)
    entries = read_travel_times(table, stops) if table else ()
    around = Surroundings(settings, employers, stops, to_wgs84, resolve_homes, suggest_homes)
    register = tables.open("register", REGISTER)
    alone = settings.inputs.person_register is None
    table = tables.open("workers", WORKERS if alone else SIGN_UPS, empty="empty_roster")
    # Without the register that it needs, every row of a roster would lack a name: the one finding says why.
    if table and (alone or register is not None):
        if register is not None:
            table = fill_from_register(table, register)
        workers = read_workers(table, around)
        findings.notices += headcount_notices(settings.inputs.employers.name, employers, workers)
    rostered = len(table.frame) if table else 0
    inputs = Inputs(
        workers,
        employers,
        stops,
        offers,
        entries,
        rostered,
        rostered - len(workers),
        tables.sha256,
        None if register is None else len(register.frame),
        _boundary(settings, to_wgs84, findings),
    )
    return inputs, tuple(findings.notices)


def _with_gates(stops: tuple[Stop, ...], employers: tuple[Employer, ...]) -> tuple[Stop, ...]:
    """The stops and a gate per employer; a gate that the stops file has without hours takes the employer's."""
    hours = {e.employer_id: e.hours for e in employers}
    timed = tuple(replace(s, hours=hours[s.stop_id]) if s.hours is None and s.stop_id in hours else s for s in stops)
    return timed + gates(employers, stops)


def _boundary(settings: Settings, to_wgs84: ToWgs84, findings: Findings) -> tuple[Line, ...]:
    """The user's boundary lines; a file that cannot be drawn is one finding."""
    path = settings.boundary
    if path is None:
        return ()
    try:
        return read_boundary(path, to_wgs84)
    except UnreadableError as error:
        findings.file(error.code, path.name, value=str(path), reason=str(error))
        return ()


class _Tables:
    """Opens the operation's files one by one and keeps their digests."""

    def __init__(self, settings: Settings, findings: Findings) -> None:
        self._settings, self._findings = settings, findings
        self.sha256: dict[str, str] = {}

    def open(self, name: str, schema: Schema, empty: str = "") -> Table | None:
        """The table of an input; None where it is not configured, or cannot be used, which is a finding."""
        path = input_path(self._settings, name)
        if path is None:
            return None
        source = take(path, self._settings.reading, self._findings)
        if source is None:
            return None
        self.sha256[name] = source.sha256
        table = find_table(path.name, source.grids, schema, self._findings)
        if table is not None and source.lossy:
            flag_lost_characters(table)
        if table is not None and table.frame.empty and empty:
            self._findings.file(empty, path.name)
        return table


def input_path(settings: Settings, name: str) -> Path | None:
    """The file of an input, relative paths starting at the config's folder."""
    path: Path | None = settings.inputs.model_dump(by_alias=True)[name]
    return settings.path.resolve().parent / path if path is not None else None
