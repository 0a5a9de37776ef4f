"""All input files of an operation to domain objects and notices: the one door into the tool."""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from dispatch.config import Settings
from dispatch.intake.answers import read_answers
from dispatch.intake.boundary import Line, read_boundary
from dispatch.intake.calls import CALLS
from dispatch.intake.employers import EMPLOYERS, gates, read_employers
from dispatch.intake.journeys import row_ids
from dispatch.intake.ledger import Ledger, kept_out, leave_out, read_ledger
from dispatch.intake.offers import OFFERS, read_offers
from dispatch.intake.opening import Source, open_table
from dispatch.intake.paths import input_paths, labels, passed_over
from dispatch.intake.private_homes import homes_in_townships
from dispatch.intake.reader import UnreadableError
from dispatch.intake.register import REGISTER, SIGN_UPS, fill_from_register
from dispatch.intake.rules import headcount_notices, square_notices
from dispatch.intake.schema import Schema
from dispatch.intake.stops import STOPS, ResolveHomes, ToWgs84, read_stops
from dispatch.intake.table import Findings, Suggest, Table
from dispatch.intake.taking import flag_lost_characters, take
from dispatch.intake.travel_times import TRAVEL_TIMES, read_travel_times
from dispatch.intake.workers import WORKERS, Surroundings, Unprintable, read_workers, rejected_rows
from dispatch.model.demand import Inputs, RejectedRow, Worker
from dispatch.model.notice import Notice, Severity
from dispatch.model.supply import Employer, Offer, Stop
from dispatch.system_text import readable

SCHEMAS = (WORKERS, EMPLOYERS, STOPS, OFFERS, CALLS, TRAVEL_TIMES)


def _no_suggestion(_: str) -> Sequence[str]:
    return ()


def _prints_all(_: str) -> Mapping[str, str]:
    return {}


@contextmanager
def _without_collector() -> Iterator[None]:
    """Reading makes no cycles, and each round of their collector would look at every person that is there already.

    Afterwards everybody is old to the collector at once, where nobody has frozen something: freezing and thawing moves
    all objects to its oldest generation, and looks at none.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            if not gc.get_freeze_count():
                gc.freeze()
                gc.unfreeze()
            gc.enable()


@_without_collector()
def read_inputs(
    settings: Settings,
    resolve_homes: ResolveHomes,
    to_wgs84: ToWgs84,
    suggest_homes: Suggest = _no_suggestion,
    unprintable: Unprintable = _prints_all,
    ledger: Ledger | None = None,
) -> tuple[Inputs, tuple[Notice, ...]]:
    """Read every file of the operation; findings are gathered, never raised.

    ``resolve_homes(texts, points)`` gives a ``Home`` per address text, ``points`` being WGS-84 positions or None;
    ``to_wgs84(lat, lon)`` converts arrays from ``settings.datum``; ``suggest_homes(text)`` names near misses,
    ``unprintable(text)`` tells the codes of findings about a text, with the characters that cannot be printed;
    ``ledger`` is the one that counts in place of the roster's own.
    Rows with an error are left out of the result and counted in ``rejected``; a file that cannot be used leaves
    its tuple empty. Any notice of severity error means that the input should be refused.
    """
    findings = Findings()
    tables = _Tables(settings, findings, ledger)
    stops: tuple[Stop, ...] = ()
    employers: tuple[Employer, ...] = ()
    offers: tuple[Offer, ...] = ()
    workers: tuple[Worker, ...] = ()
    rejected: tuple[RejectedRow, ...] = ()
    if table := tables.open("employers", EMPLOYERS):
        employers = read_employers(table, to_wgs84, resolve_homes)
    if table := tables.open("stops", STOPS):
        stops = read_stops(table, to_wgs84, resolve_homes)
    stops = homes_in_townships(_with_gates(stops, employers), employers, resolve_homes)
    findings.notices += square_notices(settings, stops)
    calls = tables.open("calls", CALLS)
    if table := tables.open("offers", OFFERS, empty="no_offers"):
        offers = read_offers(table, calls, stops, settings.horizon, settings.policy.quotes)
    table = tables.open("travel_times", TRAVEL_TIMES)
    entries = read_travel_times(table, stops, settings.policy.quotes) if table else ()
    around = Surroundings(settings, employers, stops, to_wgs84, resolve_homes, suggest_homes, unprintable)
    register = tables.open("register", REGISTER)
    alone = settings.inputs.person_register is None
    table = tables.open("workers", WORKERS if alone else SIGN_UPS, empty="empty_roster")
    if table is not None and register is None:
        table.worker_ids = row_ids(table)
        table = leave_out(table, kept_out(table, tables.ledger()))
    # Without the register that it needs, every row of a roster would lack a name: the one finding says why.
    if table is not None and (alone or register is not None):
        if register is not None:
            table = fill_from_register(table, register, tables.ledger())
        workers = read_workers(table, around)
        rejected = rejected_rows(table)
        findings.notices += headcount_notices(settings.inputs.employers.name, employers, workers)
    elif table is not None:
        rejected = rejected_rows(table, everybody=True)
    rostered = len(table) if table is not None else 0
    inputs = Inputs(
        workers,
        employers,
        stops,
        offers,
        entries,
        rostered,
        rostered - len(workers),
        tables.sha256,
        None if register is None else len(register),
        _boundary(settings, to_wgs84, findings),
        rejected,
    )
    return inputs, findings.told()


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

    def __init__(self, settings: Settings, findings: Findings, ledger: Ledger | None) -> None:
        self._settings, self._findings, self._ledger = settings, findings, ledger
        self._lossy = False  # whether a file of the last table had bytes that are no character
        self._answers, answered = read_answers(settings, SCHEMAS, findings)
        self.sha256: dict[str, str] = {"headings": answered} if answered else {}

    def open(self, name: str, schema: Schema, empty: str = "") -> Table | None:
        """The table of an input; None where it is not configured, or cannot be used, which is a finding."""
        paths = input_paths(self._settings, name)
        table = open_table(self._sources(name, paths), schema, self._findings, self._answers)
        if table is not None and self._lossy:
            flag_lost_characters(table)
        if table is not None and table.frame.empty and empty:
            self._findings.file(empty, table.parts[0].file)
        return table

    def _sources(self, name: str, paths: Sequence[Path]) -> Iterator[Source]:
        """The files one after the other, each with its digest kept; one that cannot be read is a finding."""
        if name == "workers":
            self._say_lists(paths)
        self._lossy = False
        for path, file in zip(paths, labels(paths), strict=True):
            source = take(path, file, self._settings.reading, self._findings)
            if source is None:
                continue
            self._lossy |= source.lossy
            self.sha256[name if len(paths) == 1 else f"{name}/{file}"] = source.sha256
            yield file, source.grids
            del source

    def _say_lists(self, paths: Sequence[Path]) -> None:
        """That there is no list, and what lies among the lists and is none that can be read."""
        if not paths:
            shown = "、".join(readable(path.name) for path in self._settings.inputs.workers)
            self._findings.file("no_roster_files", self._settings.path.name, value=shown)
        for name in (readable(path.name) for path in passed_over(self._settings)):
            self._findings.file("list_passed_over", name, severity=Severity.WARNING, value=name)

    def ledger(self) -> Ledger:
        """Who withdrew before, with the ledger's digest among those of the inputs where there is one."""
        ledger = read_ledger(self._settings) if self._ledger is None else self._ledger
        if ledger.content:
            self.sha256["ledger"] = hashlib.sha256(ledger.content).hexdigest()
        return ledger
