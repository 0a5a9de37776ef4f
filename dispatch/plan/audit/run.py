"""All rule families over one bundle."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

from dispatch.config import Settings
from dispatch.errors import StorageError
from dispatch.model.demand import Inputs
from dispatch.plan.audit import (
    bound,
    coaches,
    driving,
    form,
    journeys,
    money,
    people,
    scheduled,
    seats,
    squares,
    summary,
    supply,
    together,
)
from dispatch.plan.audit.evidence import Evidence, gather
from dispatch.plan.audit.road import Road, Served, ServedAll, pair_by_pair, stated_road, stated_tables
from dispatch.plan.audit.violation import Violation, found
from dispatch.plan.bundle import read_bundle

FAMILIES: tuple[Callable[[Evidence], Iterator[Violation]], ...] = (
    form.check,
    people.check,
    journeys.check,
    seats.check,
    together.check,
    coaches.check,
    driving.check,
    scheduled.check,
    squares.check,
    supply.check,
    money.check,
    summary.check,
    bound.check,
)


def audit_bundle(
    folder: Path,
    inputs: Inputs,
    settings: Settings,
    road: Road | None = None,
    served: Served | None = None,
    served_all: ServedAll | None = None,
) -> tuple[Violation, ...]:
    """Every breach of a rule in the bundle of ``folder``; empty when it is clean. Never raises for a damaged bundle.

    ``road`` is the travel-time source the plan had to respect; by default the user's table, then what the config's road
    server says, which ``served`` reads (``served_all`` for many pairs), or the policy's estimate.
    """
    try:
        plan = read_bundle(folder)
        problem = json.loads((folder / "problem.json").read_text("utf-8"))
    except (StorageError, OSError, ValueError) as error:
        return (found("bundle.form", folder.name, detail=error),)
    tables = pair_by_pair(road) if road else stated_tables(inputs, settings, served, served_all)
    evidence = gather(plan, problem, inputs, settings, road or stated_road(inputs, settings, served), tables)
    return tuple(violation for family in FAMILIES for violation in family(evidence))
