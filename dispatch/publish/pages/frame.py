"""Templates into text: autoescaped, with the frame's style inlined and no reference to anything outside the page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from dispatch.language import Language, text
from dispatch.model.plan import Trip
from dispatch.model.supply import Mode
from dispatch.publish.privacy import Audience
from dispatch.publish.view import View

Say = Callable[..., str]


@cache
def _environment() -> Environment:
    folders = PackageLoader("dispatch.publish", "")
    return Environment(loader=folders, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


def page_text(language: Language, area: str) -> Say:
    """The catalogue's wording of an area's keys, as templates call it: ``t("people", count=3)``."""
    return lambda key, **values: text(language, f"{area}.{key}", **values)


def render(template: str, view: View, area: str, **context: object) -> str:
    """A template of this room filled in; ``t`` speaks the area's texts. ``UndefinedError`` when a name is missing."""
    source = _environment().get_template(template)
    words = {"t": page_text(view.language, area), "common": page_text(view.language, "pages"), "lang": view.language}
    page = source.render(view=view, plan=view.plan, **words, **context)
    return page if page.endswith("\n") else page + "\n"


def day_name(language: Language, day: date) -> str:
    """``2023年2月1日 周三`` or ``Wed 1 Feb 2023``."""
    weekday = text(language, "pages.weekdays").split()[day.weekday()]
    month = text(language, "pages.months").split()[day.month - 1]
    return text(language, "pages.day", year=day.year, month=month, day=day.day, weekday=weekday)


def whole_percent(share: float) -> str:
    """A share of one with at most one decimal: ``87.5%``, ``20%``."""
    return f"{100 * share:.1f}".removesuffix(".0") + "%"


def stamp(view: View, audience: Audience) -> str:
    """Plan revision, made-at time, audience and source of road times, as every published page carries them."""
    made = f"{view.local(view.plan.made_at):%Y-%m-%d %H:%M}"
    to = text(view.language, f"pages.audience.{audience}")
    values = {"revision": view.plan.revision, "made": made, "audience": to, "roads": view.road_times}
    return text(view.language, "pages.stamp", **values)


def vehicle_name(view: View, trip: Trip) -> str:
    """``火车 G2093``: a train or flight by its number, a coach by its trip, which its manifest carries."""
    return f"{text(view.language, f'pages.mode.{trip.mode}')} {vehicle_number(trip)}"


def vehicle_number(trip: Trip) -> str:
    """What tells the vehicle from others of its mode."""
    return trip.trip_id if trip.mode is Mode.COACH else trip.vehicle or trip.trip_id


def stamp_columns(view: View, audience: Audience) -> tuple[tuple[str, str], ...]:
    """Heading and value of what each row of a CSV file carries: revision, made-at time, audience, road times."""
    made = view.local(view.plan.made_at).isoformat(timespec="minutes")
    values = {
        "revision": str(view.plan.revision),
        "made_at": made,
        "for": page_text(view.language, "pages")(f"audience.{audience}"),
        "road_times": view.road_times,
    }
    return tuple((text(view.language, f"pages.{key}"), value) for key, value in values.items())
