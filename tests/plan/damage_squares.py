"""Squares that more people or coaches leave in an hour than they may."""

from collections import Counter, defaultdict
from datetime import timedelta

from damage import Case, NotApplicableError, Row, breaks, when

from dispatch.config import SquarePolicy


def _boarded(c: Case) -> dict[str, list[Row]]:
    """Boarding calls of coaches by stop."""
    coaches = {t["trip_id"] for t in c.trips if t["mode"] == "coach"}
    found = defaultdict(list)
    for call in c.tables["calls"]:
        if call["trip_id"] in coaches and call["board"] != "0":
            found[call["stop_id"]].append(call)
    if not found:
        raise NotApplicableError
    return found


def _limit(c: Case, stop: str, **limits: int) -> None:
    policy = c.settings.policy.model_copy(update={"squares": {stop: SquarePolicy(**limits)}})
    c.settings = c.settings.model_copy(update={"policy": policy})


@breaks("square.hour")
def more_people_leave_a_square_than_may(c):
    for stop, calls in _boarded(c).items():
        busiest = max(calls, key=lambda x: int(x["board"]))
        if int(busiest["board"]) > 1:
            _limit(c, stop, people_per_hour=int(busiest["board"]) - 1)
            return
    raise NotApplicableError


@breaks("square.hour")
def a_coach_leaves_a_square_in_the_hour_of_another(c):
    for stop, calls in _boarded(c).items():
        hours = Counter(when(x["departs_at"]).replace(minute=0) for x in calls)
        if len(hours) > 1 and max(hours.values()) == 1:
            first, second = calls[:2]
            _limit(c, stop, coaches_per_hour=1)
            gap = when(first["departs_at"]) - when(second["departs_at"])
            c.retime(second["trip_id"], lambda _, gap=gap: gap)
            return
    raise NotApplicableError


@breaks("square.hour")
def somebody_boards_at_a_full_square_after_all(c):
    """A rider who boards a coach elsewhere is said to board it at a square that only just holds the others."""
    for stop, calls in _boarded(c).items():
        for call in calls:
            others = [x for x in c.legs if x["trip_id"] == call["trip_id"] and x["from_seq"] != call["seq"]]
            if others:
                at = when(call["departs_at"]).replace(minute=0), when(call["departs_at"]) + timedelta(hours=1)
                same = sum(int(x["board"]) for x in calls if at[0] <= when(x["departs_at"]) < at[1].replace(minute=0))
                _limit(c, stop, people_per_hour=same)
                others[0]["from_seq"] = call["seq"]
                others[0]["board_stop"] = stop
                return
    raise NotApplicableError
