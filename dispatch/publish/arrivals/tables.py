"""The arrivals of a city as one table: a row per arrival, employer and connecting coach."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from dispatch.publish.arrivals.schedule import onward_call, origin_of, site_of, starting_call
from dispatch.publish.homes import public_place
from dispatch.publish.manifests.delimited import write_delimited
from dispatch.publish.manifests.sheet import Column, Sheet, Table
from dispatch.publish.manifests.workbook import write_workbook
from dispatch.publish.pages import page_text, stamp, stamp_columns, vehicle_name
from dispatch.publish.privacy import Audience
from dispatch.publish.view import Arrival, City, Group, View

Clock = Callable[[datetime], str]
_COLUMNS = (
    ("arrives", 16), ("vehicle", 17), ("from", 18), ("station", 20), ("district", 11), ("employer", 30), ("people", 6),
    ("coach", 13), ("coach_departs", 16), ("gate_arrives", 16),
)  # fmt: skip


def write_csv(view: View, city: City, path: Path) -> Path:
    """UTF-8 with BOM, instants with their offset; revision, made-at and audience on each row. Returns the path."""
    table = _sheet(view, city, lambda instant: view.local(instant).isoformat(timespec="minutes"))
    write_delimited(table, path, stamp_columns(view, Audience.CITY))
    return path


def write_xlsx(view: View, city: City, path: Path) -> Path:
    """The same rows as a workbook for A4 across, times as the wall clock shows them. Returns the path."""
    table = _sheet(view, city, lambda instant: f"{view.local(instant):%Y-%m-%d %H:%M}")
    write_workbook(table, path, language=view.language, made_at=view.plan.made_at)
    return path


def _sheet(view: View, city: City, clock: Clock) -> Sheet:
    t = page_text(view.language, "arrivals")
    counted = {"people", "district", "coach"}
    columns = tuple(Column(t(f"column.{key}"), width, centred=key in counted) for key, width in _COLUMNS)
    people = t("people_in_all", people=city.people)
    return Sheet(
        title=t("title", city=city.name),
        stamp=stamp(view, Audience.CITY),
        reference=city.name,
        audience=Audience.CITY,
        facts=((t("city"), city.name), (t("people"), people)),
        fact_spans=(1, 2, 1, 2),
        overview=None,
        main=Table(columns, tuple(_rows(view, city, clock))),
        signoff=(),
        note=t("note"),
        context=((t("city"), city.name),),
        landscape=True,
    )


def _rows(view: View, city: City, clock: Clock) -> Iterator[tuple[str, ...]]:
    for arrival in city.arrivals:
        for group in arrival.groups:
            yield _row(view, arrival, group, clock)


def _row(view: View, arrival: Arrival, group: Group, clock: Clock) -> tuple[str, ...]:
    trip, call, site = arrival.trip, arrival.call, site_of(view, group.employer)
    place = (clock(call.arrives_at), vehicle_name(view, trip), origin_of(view, trip), public_place(view, call).name)
    who = (site.district, site.name, str(group.people))
    if not group.onward:
        return (*place, *who, "", "", clock(call.arrives_at))
    onward = view.trips[group.onward]
    start, gate = starting_call(onward, call.stop_id), onward_call(onward, group.employer.employer_id)
    return (*place, *who, onward.trip_id, clock(start.departs_at), clock(gate.arrives_at))
