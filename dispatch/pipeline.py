"""The calls in order; what a room needs from another is handed over here.

Each function imports its rooms itself, so that a check does not wait for a solver to load.
"""
# ruff: noqa: PLC0415

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from dispatch.config import Settings, access_key
from dispatch.language import Language
from dispatch.model.demand import Inputs
from dispatch.model.notice import Notice
from dispatch.model.plan import Plan
from dispatch.model.problem import PreviousPlan, Problem

if TYPE_CHECKING:
    from dispatch.geo.servers import RoadServer
    from dispatch.intake.ledger import Ledger as Withdrawn
    from dispatch.intake.merge import Merge
    from dispatch.plan.audit import Violation
    from dispatch.plan.purge import Due
    from dispatch.plan.store import RevisionInfo
    from dispatch.publish.access import Kept, Ledger
    from dispatch.solve import Progress

Stages = Mapping[str, Mapping[str, float | None]]


class Watch(Protocol):
    """Looks on: times each stage and hears how the long ones come along."""

    @property
    def stages(self) -> Stages:
        """Wall seconds and peak megabytes of the stages that ended."""

    def stage(self, name: str) -> AbstractContextManager[None]:
        """Entered around a stage."""

    def search(self, progress: Progress) -> None:
        """Hears from the search now and then."""

    def publishing(self, part: str, done: int, of: int) -> None:
        """Hears of the published files as they come."""


def read(settings: Settings, watch: Watch, withdrawn: Withdrawn | None = None) -> tuple[Inputs, tuple[Notice, ...]]:
    """The inputs as far as they can be accepted, and every finding about them; ``withdrawn`` counts in place of the
    roster's ledger.
    """
    with watch.stage("intake"):
        from dispatch.geo.datum import to_wgs84
        from dispatch.geo.gazetteer import Gazetteer
        from dispatch.intake.read import read_inputs
        from dispatch.publish.paper import faults, unprintable

        places = Gazetteer()
        converted = partial(to_wgs84, settings.datum)
        inputs, notices = read_inputs(
            settings, places.resolve_all, converted, places.suggest, faults(settings), withdrawn
        )
        return inputs, (*notices, *unprintable(inputs, settings))


def keep_private(settings: Settings) -> None:
    """The folder of the operation is its owner's alone, also where an older version or another program made it."""
    settings.out.mkdir(parents=True, exist_ok=True, mode=0o700)
    settings.out.chmod(0o700)


def describe_notice(notice: Notice, language: Language) -> tuple[str, str]:
    """What is wrong, and what to do about it."""
    from dispatch.intake.notices import describe

    return describe(notice, language)


def mark_roster(settings: Settings, inputs: Inputs, notices: Sequence[Notice]) -> tuple[Path, ...]:
    """Write a copy of each list of the roster with what was found marked in its cells; none where nothing was."""
    from dispatch.intake.annotate import annotate_roster

    return annotate_roster(settings, inputs, notices)


def read_merge(
    settings: Settings,
    lists: Sequence[Path],
    watch: Watch,
    replaces: str,
    readmit: tuple[str, ...],
    withdraw: tuple[str, ...],
) -> tuple[Merge, Inputs]:
    """What lists that came would do to the roster, and the inputs as they then would be; nothing is written."""
    with watch.stage("merge"):
        from dispatch.intake.applying import staged
        from dispatch.intake.merge import Asked
        from dispatch.intake.merging import propose

        merge = propose(settings, lists, Asked(replaces, readmit, withdraw))
        after, withdrawn = staged(settings, merge)
    return merge, read(after, watch, withdrawn)[0]


def merge(settings: Settings, proposed: Merge, at: datetime) -> Path:
    """Do what a merge proposes; the path of the ledger that now says so."""
    from dispatch.intake.applying import apply

    return apply(settings, proposed, at)


def build(settings: Settings, inputs: Inputs, watch: Watch) -> tuple[Problem, tuple[Notice, ...]]:
    """The instance to solve, and what the network has to say about people it cannot reach."""
    with watch.stage("network"):
        from dispatch.geo.travel import road_times
        from dispatch.network import build_problem

        server = _road_server(settings)
        travel = partial(
            road_times,
            entries=inputs.travel_entries,
            policy=settings.policy.travel,
            served=server.between if server else None,
        )
        return build_problem(inputs, settings, travel)


def _road_server(settings: Settings) -> RoadServer | None:
    from dispatch.geo.servers import RoadServer

    server = settings.policy.travel.server
    return RoadServer(settings, server) if server else None


def plan(
    settings: Settings, inputs: Inputs, problem: Problem, made_at: datetime, watch: Watch, warm: bool = False
) -> Plan:
    """Solve, name people and seats, write the bundle to ``out/NAME/plan`` and store it as the next revision.

    With ``warm``, or where the settings say so, the search begins from the bundle that is there.
    """
    from dispatch.network import problem_json
    from dispatch.plan.assemble import assemble
    from dispatch.plan.bundle import write_bundle
    from dispatch.plan.store import Store

    with watch.stage("solve"):
        from dispatch.solve import Limits, solve

        solver = settings.solver
        kept = settings.solve_cache if solver.resume else None
        limits = Limits(solver.time_limit_s, solver.rounds, solver.seed, solver.threads, solver.gap, kept)
        before = _previous(settings) if warm or solver.warm_start else None
        result = solve(problem, limits, watch.search, previous=before)
    with watch.stage("assemble"):
        keep_private(settings)
        store = Store(store_path(settings))
        revision = store.next_revision()
        made = assemble(problem, result, inputs, settings, revision=revision, made_at=made_at, stages=watch.stages)
        write_bundle(made, problem_json(problem), bundle(settings))
        store.save(made, {file.name: file.read_bytes() for file in sorted(bundle(settings).iterdir())})
        if not result.interrupted:
            shutil.rmtree(settings.solve_cache, ignore_errors=True)
    return made


def _previous(settings: Settings) -> PreviousPlan | None:
    """The plan in ``out/NAME/plan`` to begin from, None where nothing was ever planned."""
    from dispatch.plan.previous import previous_plan

    return previous_plan(stored(settings)) if bundle(settings).is_dir() else None


def audit(settings: Settings, inputs: Inputs, watch: Watch) -> tuple[Violation, ...]:
    """What the bundle breaks, judged from its files and the inputs alone."""
    with watch.stage("audit"):
        from dispatch.plan.audit import audit_bundle

        server = _road_server(settings)
        pair, between = (server.pair, server.between) if server else (None, None)
        return audit_bundle(bundle(settings), inputs, settings, served=pair, served_all=between)


def describe_violation(violation: Violation, language: Language) -> str:
    """The violation as a sentence."""
    from dispatch.plan.audit import describe

    return describe(violation, language)


def stored(settings: Settings) -> Plan:
    """The plan in ``out/NAME/plan``."""
    from dispatch.plan.bundle import read_bundle

    return read_bundle(bundle(settings))


def require_passwords(settings: Settings, inputs: Inputs) -> None:
    """Raise ``ConfigError`` for a file of passwords that no plan could be published with, before the search."""
    from dispatch.publish.passwords import read_passwords

    read_passwords(inputs, None, settings)


def publish(
    settings: Settings,
    inputs: Inputs,
    made: Plan,
    only: frozenset[str] | None,
    unmask: bool,
    reason: str,
    watch: Watch,
    trips: Sequence[str] = (),
) -> tuple[tuple[Path, ...], tuple[Notice, ...]]:
    """Write the publications; their paths, and what was left out.

    ``reason`` goes into the access log, where an export is logged; each of ``trips`` gets a map of its own.
    """
    with watch.stage("publish"):
        from dispatch.geo.datum import from_wgs84
        from dispatch.publish import publish as write
        from dispatch.publish.access import Access

        keep_private(settings)
        access, notices = Access.now(reason), list[Notice]()
        files = write(
            made,
            inputs,
            settings,
            only=only,
            unmask=unmask,
            progress=watch.publishing,
            access=access,
            ledger=_ledger(settings),
            trips=trips,
            from_wgs84=from_wgs84,
            hear=notices.append,
        )
        return files, tuple(notices)


def history(settings: Settings) -> tuple[RevisionInfo, ...]:
    """Every stored revision, oldest first; none where nothing was ever planned."""
    from dispatch.plan.store import Store

    return Store(store_path(settings)).history() if store_path(settings).exists() else ()


def _ledger(settings: Settings) -> Ledger:
    """The access log, its head in the plan store; raises ``ConfigError`` where its key cannot be read."""
    from dispatch.plan.store import Store
    from dispatch.publish.access import Kept, Ledger

    store = Store(store_path(settings))

    def head(step: Callable[[Kept], Kept]) -> None:
        def advance(before: tuple[int, str]) -> tuple[int, str]:
            after = step(Kept(*before))
            return after.lines, after.digest

        store.advance_access(advance)

    return Ledger(settings.access_log, head, access_key(settings))


def access_log(settings: Settings) -> tuple[list[dict[str, Any]], tuple[int, str] | None]:
    """The lines of the access log, and the first that is not as it was written with what is wrong with it."""
    from dispatch.plan.store import Store
    from dispatch.publish.access import Kept

    ledger, store = _ledger(settings), store_path(settings)
    kept = Kept(*Store(store).access_head()) if store.exists() else Kept()
    return ledger.entries(), ledger.fault(kept)


def due(settings: Settings, before: date) -> Due:
    """What is kept of people and is older than a date."""
    from dispatch.plan.purge import find_due

    return find_due(settings, history(settings), before)


def purge(settings: Settings, found: Due, before: date, reason: str) -> None:
    """Note the removal in the access log, then remove what is due."""
    from dispatch.plan.purge import purge as remove
    from dispatch.plan.store import Store
    from dispatch.publish.access import Access

    access = Access.now(reason)
    details = {"before": before.isoformat(), "revisions": list(found.revisions)}
    details |= {"entries": [path.name for path in found.entries]}
    _ledger(settings).note("purge", access, details)
    remove(settings, Store(store_path(settings)), found, access.when)


def templates(folder: Path, language: Language, first: date) -> list[Path]:
    """A config and the workbooks to fill in, below ``folder``; the sample people travel from ``first`` on."""
    from dispatch.intake.templates import write_templates

    return write_templates(folder, language, first)


def bundle(settings: Settings) -> Path:
    """The folder of the plan bundle."""
    return settings.out / "plan"


def store_path(settings: Settings) -> Path:
    """The file of the plan store."""
    return settings.out / "plans.sqlite"
