"""Places as the public may see them: a journey that ends at somebody's home is shown to its township, no closer."""

from __future__ import annotations

from dataclasses import dataclass

from dispatch.language import text
from dispatch.model.plan import Call
from dispatch.model.supply import Employer, StopKind
from dispatch.model.units import Position
from dispatch.publish.view import View

# Some five kilometres, the size of a township: homes that lie in one square are one place.
GRID_DEGREES = 0.05


@dataclass(frozen=True, slots=True)
class PublicPlace:
    """A name and a point that anybody may see. Two homes of a township and grid square are equal."""

    name: str
    position: Position
    home: bool = False


def is_home(view: View, stop_id: str) -> bool:
    """Whether a stop is where somebody lives."""
    stop, employer = view.stops.get(stop_id), view.employers.get(stop_id)
    return (stop is not None and stop.kind is StopKind.HOME) or (employer is not None and employer.private)


def public_place(view: View, call: Call) -> PublicPlace:
    """Where a vehicle calls: name and point as they are, of a home the township and a rounded point."""
    return _shown(view, call.stop_id, call.stop_name, call.position)


def public_site(view: View, employer: Employer) -> PublicPlace:
    """An employer's name and gate, in the same way; homes of a township bear one name."""
    return _shown(view, employer.employer_id, employer.name, employer.position)


def _shown(view: View, stop_id: str, name: str, at: Position) -> PublicPlace:
    if not is_home(view, stop_id):
        return PublicPlace(name, at)
    return PublicPlace(text(view.language, "pages.home", place=_township(view, stop_id)), _rounded(at), home=True)


def _township(view: View, stop_id: str) -> str:
    """District and township as far as they are known; the city where neither is."""
    stop, employer = view.stops.get(stop_id), view.employers.get(stop_id)
    district = (stop.district if stop else "") or (employer.district if employer else "")
    city = (stop.city if stop else "") or (employer.city if employer else "")
    return district + (stop.township if stop else "") or city


def _rounded(at: Position) -> Position:
    lat, lon = (round(round(degrees / GRID_DEGREES) * GRID_DEGREES, 2) for degrees in (at.lat, at.lon))
    return Position(min(lat, 90), min(lon, 180))
