"""Who is left out, in words: the rows of unserved.csv."""

from __future__ import annotations

import math
from collections.abc import Sequence

from dispatch.config import Settings
from dispatch.language import Language, text
from dispatch.model.demand import Inputs, Worker
from dispatch.model.plan import Unserved
from dispatch.model.problem import NotServed, Problem, Remedy, SolveResult
from dispatch.model.supply import Stop, StopKind
from dispatch.model.units import great_circle_m


def unserved(problem: Problem, result: SolveResult, inputs: Inputs, settings: Settings) -> tuple[Unserved, ...]:
    """Everybody left out, in the roster's order, with the reason and what would help."""
    workers = {w.worker_id: w for w in inputs.workers}
    order = {worker_id: i for i, worker_id in enumerate(workers)}
    found = []
    for left in result.not_served:
        members = problem.demands[left.demand].parties[left.party]
        remedies = left.remedies
        if left.reason == "no_stop_in_reach":
            remedies = _reach([workers[m] for m in members], inputs.stops, settings.policy.access_max_km)
        language = settings.publish.language
        detail = text(language, f"reasons.{left.reason}", **dict(left.about))
        found += [Unserved(m, left.reason, detail, _remedy(language, left, remedies)) for m in members]
    return tuple(sorted(found, key=lambda u: order[u.worker_id]))


def _remedy(language: Language, left: NotServed, remedies: Sequence[Remedy]) -> str:
    if not remedies:
        return text(language, f"reasons.{left.reason}.remedy", **dict(left.about))
    return text(language, "remedies.or").join(words(language, r) for r in remedies)


def words(language: Language, remedy: Remedy) -> str:
    """One remedy with all that it asks for beside it."""
    values = dict(remedy.values)
    if "modes" in values:
        values["modes"] = ", ".join(text(language, f"manifests.mode.{m}") for m in values["modes"].split())
    own = text(language, f"remedies.{remedy.code}", **values)
    return text(language, "remedies.and").join([own, *(words(language, r) for r in remedy.also)])


def _reach(members: Sequence[Worker], stops: Sequence[Stop], now_km: float) -> tuple[Remedy, ...]:
    """The least ``access_max_km`` with which one stop is near everybody of a party; none where a home is not known."""
    fixed = {m.boarding_stop for m in members if m.boarding_stop}
    homes = [m.home.position for m in members if not m.boarding_stop]
    places = [s for s in stops if s.kind is StopKind.ASSEMBLY and fixed <= {s.stop_id}]
    if not homes or not places or any(h is None for h in homes):
        return ()
    far = {s: max(great_circle_m(h, s.position) for h in homes if h is not None) for s in places}
    nearest = min(places, key=lambda s: far[s])
    km = str(math.ceil(far[nearest] / 1000))
    return (Remedy("reach", (("km", km), ("now", f"{now_km:g}"), ("stop", nearest.name))),)
