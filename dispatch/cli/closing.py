"""The closing table: what the plan does, what it costs, how good it provably is, where its files are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dispatch.cli.verb import Voice
from dispatch.language import text
from dispatch.model.plan import Plan
from dispatch.model.supply import Mode
from dispatch.model.units import yuan_text

Row = tuple[str, str]


def plan_facts(plan: Plan) -> dict[str, Any]:
    """What a caller wants to know of a plan first; money as text in CNY.

    ``reasons`` counts people by reason code, ``details`` words each code by the first who has it.
    """
    costs = {mode: sum(t.cost_fen for t in plan.trips if t.mode is mode) for mode in Mode}
    return {
        "revision": plan.revision,
        "served": len({leg.worker_id for leg in plan.legs}),
        "unserved": len(plan.unserved),
        "reasons": dict(Counter(u.reason for u in plan.unserved)),
        "details": {u.reason: u.detail for u in reversed(plan.unserved)},
        "cost": yuan_text(sum(costs.values())),
        "cost_by_mode": {str(mode): yuan_text(cost) for mode, cost in costs.items()},
        "long_haul_coaches": plan.summary.get("long_haul_coaches", []),
        "interrupted": bool(plan.summary.get("interrupted")),
        "road_times": plan.summary.get("road_times"),
        **{key: plan.summary.get(key) for key in ("objective", "lower_bound", "gap", "bound_scope", "status")},
    }


def closing_rows(voice: Voice) -> Iterator[Row]:
    """The table's rows from the voice's facts."""
    yield from _people(voice)
    yield from _money(voice)
    if voice.facts["long_haul_coaches"]:
        n = len(voice.facts["long_haul_coaches"])
        yield voice.say("closing.long_haul"), voice.say("closing.long_haul.value", n=n)
    if source := voice.facts["road_times"]:
        yield voice.say("closing.road_times"), text(voice.language, f"pages.roads.{source}")
    if "violations" in voice.facts:
        yield voice.say("closing.violations"), str(len(voice.facts["violations"]))
    for name, used in voice.facts["stages"].items():
        stage = voice.say(f"stage.{name}")
        peak = "–" if used["peak_mb"] is None else f"{used['peak_mb']:.0f}"
        yield (
            voice.say("closing.stage", name=stage),
            voice.say("closing.stage.value", seconds=f"{used['wall_s']:.1f}", peak=peak),
        )
    for kind, path in voice.facts["files"].items():
        yield voice.say(f"closing.file.{kind}"), _near(path)


def _near(path: str) -> str:
    """The path as one would type it here, where that is shorter."""
    here = Path.cwd()
    return str(Path(path).relative_to(here)) if Path(path).is_relative_to(here) else path


def _people(voice: Voice) -> Iterator[Row]:
    facts = voice.facts
    yield voice.say("closing.people"), voice.say("closing.people.value", **facts)
    for reason, n in sorted(facts["reasons"].items()):
        yield "  " + voice.say("closing.unserved"), voice.say("closing.reason", n=n, detail=facts["details"][reason])


def _money(voice: Voice) -> Iterator[Row]:
    facts = voice.facts
    yield voice.say("closing.cost"), voice.say("closing.money", amount=facts["cost"])
    for mode, cost in facts["cost_by_mode"].items():
        if cost != "0.00":
            yield "  " + voice.say(f"closing.mode.{mode}"), voice.say("closing.money", amount=cost)
    for key, label in (("objective", "objective"), ("lower_bound", "bound")):
        if facts[key] is not None:
            yield voice.say(f"closing.{label}"), voice.say("closing.money", amount=f"{float(facts[key]):.2f}")
    if facts["gap"] is not None:
        yield voice.say("closing.gap"), f"{float(facts['gap']):.1%}"
