"""All rule families over one bundle."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

from dispatch.config import Settings
from dispatch.errors import StorageError
from dispatch.model.demand import Inputs
from dispatch.plan.audit import (
    coaches,
    driving,
    form,
    journeys,
    money,
    people,
    scheduled,
    seats,
    summary,
    supply,
    together,
)
from dispatch.plan.audit.evidence import Evidence, gather
from dispatch.plan.audit.road import Road, Served, stated_road
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
    supply.check,
    money.check,
    summary.check,
)


def audit_bundle(
    folder: Path, inputs: Inputs, settings: Settings, road: Road | None = None, served: Served | None = None
) -> tuple[Violation, ...]:
    """Every breach of a rule in the bundle of ``folder``; empty when it is clean. Never raises for a damaged bundle.

    ``road`` is the travel-time source the plan had to respect; by default the user's table, then what the config's road
    server says, which ``served`` reads, or the policy's estimate.
    """
    try:
        plan = read_bundle(folder)
        json.loads((folder / "problem.json").read_text("utf-8"))
    except (StorageError, OSError, ValueError) as error:
        return (found("bundle.form", folder.name, detail=error),)
    evidence = gather(plan, inputs, settings, road or stated_road(inputs, settings, served))
    return tuple(violation for family in FAMILIES for violation in family(evidence))
