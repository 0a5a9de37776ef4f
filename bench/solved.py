"""What a solver's answer comes to, without a bundle: money, hours, people by the mode of their long leg."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from dispatch.model.problem import Itinerary, Problem, RideLeg, SolveResult
from dispatch.model.supply import Mode, Role


def served(problem: Problem, result: SolveResult) -> int:
    """People with a seat all the way."""
    return problem.heads - sum(problem.demands[n.demand].party_size for n in result.not_served)


def passenger_hours(problem: Problem, result: SolveResult) -> float:
    """Hours from everybody's first departure to the last arrival."""
    minutes = 0
    for journey in result.itineraries:
        ends = [_ends(problem, result, leg) for leg in journey.legs]
        minutes += problem.demands[journey.demand].party_size * (ends[-1][1] - ends[0][0])
    return minutes / 60


def money_fen(problem: Problem, result: SolveResult) -> int:
    """What is paid: the objective without the passengers' time."""
    return round(result.objective_fen - problem.value_of_time_fen_per_hour * passenger_hours(problem, result))


def people_by_mode(problem: Problem, result: SolveResult) -> dict[str, int]:
    """People by what carries them the long way."""
    found = Counter(dict.fromkeys(map(str, Mode), 0))
    for journey in result.itineraries:
        found[_long_mode(problem, result, journey)] += problem.demands[journey.demand].party_size
    return dict(found)


def _ends(problem: Problem, result: SolveResult, leg: RideLeg) -> tuple[int, int]:
    if leg.is_coach:
        run = result.runs[leg.index].calls
        return run[leg.from_call].departs_min, run[leg.to_call].arrives_min
    calls = problem.departures[result.used[leg.index].departure].calls
    return calls[leg.from_call].departs_min, calls[leg.to_call].arrives_min


def _long_mode(problem: Problem, result: SolveResult, journey: Itinerary) -> str:
    return str(next(_trunk_modes(problem, result, journey), Mode.COACH))


def _trunk_modes(problem: Problem, result: SolveResult, journey: Itinerary) -> Iterator[Mode]:
    for leg in journey.legs:
        if not leg.is_coach:
            yield problem.departures[result.used[leg.index].departure].mode
        elif result.runs[leg.index].role is Role.TRUNK:
            yield Mode.COACH
