"""People who travel, one by one as the roster has them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, make_dataclass
from datetime import date, datetime
from itertools import starmap
from typing import Any

from dispatch.model.supply import Employer, Mode, Offer, Stop
from dispatch.model.units import Position

# Whoever is younger is a minor; a guardian is not.
ADULT_AGE = 18


@dataclass(frozen=True, slots=True)
class Home:
    """Where somebody lives, resolved offline: the division found, and the best point known for it.

    ``level`` is ``point`` (coordinates given), ``township``, ``county`` or ``unknown``; ``position`` is the person's
    own point when given, else the division's. ``seat`` is the township's or county's own point. ``guessed`` says that
    the text names several divisions, of which the one that most others on the list live near was taken.
    """

    text: str
    level: str
    division_code: str
    division_name: str
    county_code: str
    county_name: str
    township_name: str
    position: Position | None
    seat: Position | None
    guessed: bool = False


@dataclass(frozen=True, slots=True)
class Worker:
    """A passenger. ``ready_at`` and ``due_at`` are aware instants; ``party`` and ``guardian_id`` are empty when absent.

    ``boarding_stop`` is a ``stop_id`` (names already resolved) or empty. ``sex`` is ``M``, ``F`` or empty, from the
    ID number.
    """

    worker_id: str
    name: str
    id_number: str
    sex: str
    born: date | None
    phone: str
    home: Home
    boarding_stop: str
    employer_id: str
    ready_at: datetime
    due_at: datetime
    party: str
    guardian_id: str
    modes_barred: frozenset[Mode]
    needs: str
    funding: str
    file: str
    row: int
    sheet: str = ""

    def is_minor_on(self, day: date) -> bool:
        """Whether somebody whose birth is known is not yet of age."""
        return self.born is not None and (day.year - ADULT_AGE, day.month, day.day) < (
            self.born.year,
            self.born.month,
            self.born.day,
        )


# The same fields, open. A frozen class sets each through ``object.__setattr__``, which takes seven times as long, and a
# roster may have a million people.
_Draft = make_dataclass("_Draft", [field.name for field in fields(Worker)], slots=True)


def workers_of(rows: Iterable[tuple[Any, ...]]) -> tuple[Worker, ...]:
    """Workers from rows of all their fields in their order."""
    people = tuple(starmap(_Draft, rows))
    for person in people:
        person.__class__ = Worker
    return people


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row of the roster that was not accepted; the findings about its place say why."""

    file: str
    sheet: str
    row: int
    worker_id: str
    name: str


@dataclass(frozen=True, slots=True)
class TravelEntry:
    """A row of the user's travel-time table: directed, minutes and metres."""

    from_stop: str
    to_stop: str
    minutes: int
    metres: int


@dataclass(frozen=True, slots=True)
class Inputs:
    """Everything intake read and accepted. ``rostered = accepted + rejected``; ``sha256`` maps each input's name to
    its digest.

    ``stops`` holds every stop of the file plus one gate per employer; stops the tool makes are added by the network
    room. ``registered`` counts the people of the register from which the roster is filled, None where there is none.
    ``boundary`` holds the lines that the user wants below the maps; ``rejected_rows`` has a line for each of the
    ``rejected``.
    """

    workers: tuple[Worker, ...]
    employers: tuple[Employer, ...]
    stops: tuple[Stop, ...]
    offers: tuple[Offer, ...]
    travel_entries: tuple[TravelEntry, ...]
    rostered: int
    rejected: int
    sha256: dict[str, str]
    registered: int | None = None
    boundary: tuple[tuple[Position, ...], ...] = ()
    rejected_rows: tuple[RejectedRow, ...] = ()
