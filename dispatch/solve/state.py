"""A plan under construction as arrays, and the one load being tried."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dispatch.solve.instance import (
    LAST_SEGMENT,
    Instance,
    Ints,
)
from dispatch.solve.timetable import Scratch, scratch

ROUTE = 32  # stops of a load at most
RIDERS = 64  # units of a load at most
KIND, TYPE, DRIVERS, BOARDINGS, STOPS, MEMBERS, PEOPLE, START, END, METRES, HIRE, COACH_WIDTH = range(12)
UNSERVED, BY_COACH, BY_TRUNK = -1, 0, 1


MEMBER, BOARD, LEG, ROW = ROUTE, ROUTE + RIDERS, ROUTE + 2 * RIDERS, ROUTE + 3 * RIDERS  # where riders stand in a row
WAY, RIDE, FIRST, LAST = range(4)
ABOARD = 0
FINAL_LINES = 400  # lines of choices tried for the timetable of a load that is in the plan
FINAL_LOADS = 2_000  # loads of a plan up to which that is done
DRIVE, STOP_RELEASE, STOP_DUE, STOP_OPENS, STOP_CLOSES, BOARDING, ALIGHTING = range(7)


class State(NamedTuple):
    """A plan under construction."""

    coach: Ints  # (L, COACH_WIDTH) KIND ... HIRE; KIND is -1 for a free slot
    rows: Ints  # (L, ROW) the route's stops, then each rider's unit, boarding stop and trunk leg (or -1)
    value: NDArray[np.float64]  # (L,) fen
    unit: Ints  # (U, 4) WAY; RIDE the trunk leg; FIRST the load to the station or the direct load; LAST the one from it
    vehicle: Ints  # (V, 1 + segments) people ABOARD in all, then on each segment
    used: Ints  # (K, days) coaches hired
    top: Ints  # (1,) number of slots ever used


class Draft(NamedTuple):
    """The load being tried: a row as in ``State``, per-stop windows and weights, its timetable."""

    row: Ints  # (ROW,)
    window: Ints  # (7, ROUTE) DRIVE ... ALIGHTING: people whose time starts or ends at the stop
    out: Scratch
    lines: Ints  # (1,): lines of choices tried for a timetable, 1 in the search


def new_state(instance: Instance, loads: int) -> State:
    """A plan with nobody served and room for so many loads."""
    segments = int(instance.leg[:, LAST_SEGMENT].max()) + 1 if len(instance.leg) else 1
    coach = np.zeros((loads, COACH_WIDTH), np.int64)
    coach[:, KIND] = -1
    unit = np.full((len(instance.unit), 4), -1, np.int64)
    unit[:, WAY] = UNSERVED
    return State(
        coach=coach,
        rows=np.zeros((loads, ROW), np.int64),
        value=np.zeros(loads),
        unit=unit,
        vehicle=np.zeros((len(instance.vehicle), 1 + segments), np.int64),
        used=np.zeros((len(instance.coach), instance.days + 2), np.int64),
        top=np.zeros(1, np.int64),
    )


def final_lines(loads: int) -> int:
    """Lines of choices for each timetable of a plan with so many loads."""
    return FINAL_LINES if loads <= FINAL_LOADS else 1


def new_draft(lines: int = 1) -> Draft:
    """Room for one load, its timetable the best of so many lines of choices."""
    return Draft(np.zeros(ROW, np.int64), np.zeros((7, ROUTE), np.int64), scratch(ROUTE), np.full(1, lines, np.int64))
