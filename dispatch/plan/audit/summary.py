"""The summary says what the tables say: counts, objective, bound, gap, statuses and the inputs it was made from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

from dispatch.model.supply import Mode
from dispatch.model.units import fen, yuan_text
from dispatch.plan.audit.evidence import Evidence
from dispatch.plan.audit.money import half_up
from dispatch.plan.audit.together import split_parties
from dispatch.plan.audit.violation import Violation, found

STATUSES = ("optimal", "feasible", "no_solution")
COUNTS = ("rostered", "accepted", "rejected", "served", "unserved", "unserved_lower_bound", "splits")
MAPPINGS = ("cost_by_mode", "status", "sha256", "trunk")
STAGE = ("objective", "lower_bound", "gap")
NUMBERS = (*COUNTS, *STAGE, "passenger_hours")
TOLERANCE_FEN = 1
GAP_TOLERANCE = Decimal("0.0001")
HOURS_TOLERANCE = Decimal("0.01")


def check(e: Evidence) -> Iterator[Violation]:
    """Rules ``summary.*``."""
    said = e.plan.summary
    trunk = said.get("trunk")
    missing = [k for k in NUMBERS if numeric(said.get(k)) is None]
    missing += [k for k in MAPPINGS if not isinstance(said.get(k), Mapping)]
    if isinstance(trunk, Mapping):
        missing += [f"trunk.{k}" for k in STAGE if numeric(trunk.get(k)) is None]
    if not isinstance(said.get("bound_scope"), str) or not said["bound_scope"]:
        missing.append("bound_scope")
    if missing:
        yield found("summary.keys", "summary.json", keys=", ".join(missing))
        return
    yield from _counts(e, said)
    yield from _objective(e, said)
    yield from _cost_by_mode(e, said)
    yield from _bound("", said)
    yield from _bound("trunk", said["trunk"])
    yield from _status_and_inputs(e, said)


def numeric(value: object) -> Decimal | None:
    """A finite number, written as such or as text."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _decimal(value: object) -> Decimal:
    number = numeric(value)
    return Decimal(0) if number is None else number


def _counts(e: Evidence, said: Mapping[str, Any]) -> Iterator[Violation]:
    real = {
        "rostered": e.inputs.rostered,
        "accepted": len(e.inputs.workers),
        "rejected": e.inputs.rejected,
        "served": len({leg.worker_id for leg in e.plan.legs}),
        "unserved": len({u.worker_id for u in e.plan.unserved}),
        "splits": len(split_parties(e)),
    }
    if e.inputs.registered is not None:
        real["registered"] = e.inputs.registered
    for key, expected in real.items():
        if numeric(said.get(key)) != expected:
            yield found("summary.counts", "summary.json", count=key, value=said.get(key), expected=expected)
    if not 0 <= _decimal(said["unserved_lower_bound"]) <= _decimal(said["unserved"]):
        bound = said["unserved_lower_bound"]
        yield found("summary.unserved_bound", "summary.json", value=bound, unserved=said["unserved"])


def _objective(e: Evidence, said: Mapping[str, Any]) -> Iterator[Violation]:
    minutes = sum(e.minute(r[-1].end.arrives_at) - e.minute(r[0].start.departs_at) for r in e.rides.values())
    hourly = fen(e.settings.objective.value_of_time_per_hour)
    expected = sum(t.cost_fen for t in e.plan.trips) + half_up(Fraction(hourly * minutes, 60))
    if abs(_decimal(said["objective"]) * 100 - expected) > TOLERANCE_FEN:
        yield found("summary.objective", "summary.json", value=said["objective"], expected=yuan_text(expected))
    if abs(_decimal(said["passenger_hours"]) - Decimal(minutes) / 60) > HOURS_TOLERANCE:
        value = said["passenger_hours"]
        yield found("summary.passenger_hours", "summary.json", value=value, expected=f"{minutes / 60:.2f}")


def _cost_by_mode(e: Evidence, said: Mapping[str, Any]) -> Iterator[Violation]:
    for mode in Mode:
        expected = sum(t.cost_fen for t in e.plan.trips if t.mode is mode)
        value = said["cost_by_mode"].get(mode.value, 0)
        if abs(_decimal(value) * 100 - expected) > TOLERANCE_FEN:
            yield found("summary.cost_by_mode", "summary.json", mode=mode, value=value, expected=yuan_text(expected))


def _bound(stage: str, said: Mapping[str, Any]) -> Iterator[Violation]:
    """A lower bound lies below the objective, and the gap follows from the two."""
    objective, bound, gap = (_decimal(said[k]) for k in STAGE)
    where = " ".join(("summary.json", stage)).strip()
    if bound * 100 > objective * 100 + TOLERANCE_FEN:
        yield found("summary.bound", where, bound=said["lower_bound"], objective=said["objective"])
    expected = (objective - bound) / objective if objective else Decimal(0)
    if abs(gap - expected) > GAP_TOLERANCE:
        yield found("summary.gap", where, value=said["gap"], expected=f"{expected:.4f}")


def _status_and_inputs(e: Evidence, said: Mapping[str, Any]) -> Iterator[Violation]:
    for stage, word in said["status"].items():
        if word not in STATUSES:
            yield found("summary.status", "summary.json", stage=stage, value=word, expected=", ".join(STATUSES))
    digests = said["sha256"]
    for name, digest in e.inputs.sha256.items():
        if digests.get(name) != digest:
            yield found("summary.inputs", "summary.json", name=name)
    # the same file, or one that differs in what is published only
    same = digests.get("config") == e.settings.sha256
    if not same and digests.get("config_but_publish") != e.settings.plan_sha256:
        yield found("summary.inputs", "summary.json", name="config")
