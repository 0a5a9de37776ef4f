"""Random small cases of timing a coach on a coarse grid, for the exhaustive search and whatever it judges."""

from typing import NamedTuple

from exhaustive import PATIENCE, Case, Place

from dispatch.model.problem import DrivingRules

GRID = 30
FAR, NEAR = 500_000, 150_000  # metres: with and without the curfew
ALWAYS = (0, 1440)
HOURS = (ALWAYS, ALWAYS, (480, 1080), (360, 720), (1260, 420), (540, 540), (150, 270))


class Coarse(NamedTuple):
    """A case as the exhaustive search and the package both take it."""

    drive: list[int]
    places: list[Place]
    start: int
    drivers: int
    distance_m: int
    rules: DrivingRules
    dwell: int

    def exhaustive(self, grid: int = GRID, patience: int = PATIENCE) -> Case:
        return Case(self.drive, self.places, self.drivers, self.distance_m, self.rules, self.dwell, grid, patience)


def coarse(draw, drivers, legs, slots, **rules):
    """A case of so many legs and slots of driving at most; ``draw`` is a ``random.Random``."""
    swap = draw.choice((GRID, GRID, 2 * GRID))
    given = {
        "continuous": 120, "continuous_night": 60, "rest": draw.choice((swap, 2 * GRID)), "swap": swap,
        "daily": draw.choice((120, 180, 240)),
    }  # fmt: skip
    n = draw.randint(1, legs)
    cuts = sorted(draw.randint(0, slots) for _ in range(n))
    drive = [GRID * max(1, b - a) for a, b in zip([0, *cuts], cuts, strict=False)]
    start = GRID * draw.randrange(48)
    places = [Place(start)]
    places += [_place(draw, start) for _ in range(n)]
    rules = DrivingRules(**(given | rules))
    return Coarse(
        drive, places, start, drivers, draw.choice((FAR, NEAR)), rules, draw.choice((0, GRID, GRID, 2 * GRID))
    )


def _place(draw, start):
    release = start + GRID * draw.choice((0, 0, 0, 10, 30))
    due = start + GRID * draw.choice((20, 40, 80, 200, 200, 200))
    return Place(release, due, *draw.choice(HOURS))
