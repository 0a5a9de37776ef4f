"""stops: where people board and alight."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from dispatch.intake.cells import as_code, as_day_minute, as_degrees, as_name, as_span, choice, match_key
from dispatch.intake.schema import Column, Schema
from dispatch.intake.table import Table, each, filled, nearest, refuse_formulas
from dispatch.intake.words import KINDS
from dispatch.model.demand import Home
from dispatch.model.notice import Severity
from dispatch.model.supply import Stop, StopKind
from dispatch.model.units import DAY_MIN, DailyHours, Position

ToWgs84 = Callable[[npt.NDArray[Any], npt.NDArray[Any]], tuple[Any, Any]]
ResolveHomes = Callable[[Sequence[str], Sequence[Position | None]], Sequence[Home]]

LATITUDE = Column("lat", ("纬度",))
LONGITUDE = Column("lon", ("经度",))

STOPS = Schema(
    "stops",
    (
        Column("stop_id", ("站点编号", "站点编码", "编号"), required=True),
        Column("name", ("站点名称", "名称", "站名"), required=True),
        Column("kind", ("类型", "站点类型", "类别"), required=True),
        Column("city", ("城市", "市", "所在市", "地市")),
        Column("district", ("区县", "县区", "区", "县", "所在区县")),
        LATITUDE,
        LONGITUDE,
        Column("open_from", ("开放时间起", "开始时间", "开放起")),
        Column("open_to", ("开放时间止", "结束时间", "开放止")),
    ),
)


def read_stops(table: Table, to_wgs84: ToWgs84, resolve_homes: ResolveHomes) -> tuple[Stop, ...]:
    """The stops of a table; a row with an error is flagged and left out."""
    ids, names = table.text("stop_id", as_code), table.text("name", as_name)
    kinds = table.parsed("kind", choice(StopKind, KINDS), "unknown_stop_kind")
    table.flag("stop_id", ids == "", "value_missing")
    table.flag("kind", table.text("kind") == "", "value_missing")
    table.duplicates("stop_id", ids, "duplicate_id")
    refuse_formulas(table, "stop_id", ids)
    cities, districts = table.text("city"), table.text("district")
    points = positions(table, "lat", "lon", to_wgs84)
    points = at_division(table, "lat", points, cities + districts, resolve_homes)
    hours = daily_hours(table, "open_from", "open_to")
    rows = zip(ids, names, kinds, cities, districts, points, hours, table.refused, strict=True)
    return tuple(Stop(i, n or i, k, c, d, p, h) for i, n, k, c, d, p, h, refused in rows if not refused)


def positions(table: Table, lat: str, lon: str, to_wgs84: ToWgs84) -> pd.Series[Any]:
    """A WGS-84 position per row, None where the cells are blank or wrong; wrong ones are flagged."""
    y, x = (table.parsed(key, as_degrees, "bad_number").astype(float) for key in (lat, lon))
    table.flag(lat, y.notna() != x.notna(), "half_position")
    swapped = y.between(73, 136) & x.between(3, 54)
    table.flag(lat, swapped, "lat_lon_swapped")
    table.flag(
        lat,
        (~y.between(-90, 90) | ~x.between(-180, 180) | ((y == 0) & (x == 0))) & y.notna() & x.notna() & ~swapped,
        "position_outside",
    )
    good = (y.notna() & x.notna() & ~table.refused).to_numpy()
    points = np.full(len(y), None, dtype=object)
    wgs_lat, wgs_lon = to_wgs84(y.to_numpy(np.float64)[good], x.to_numpy(np.float64)[good])
    points[good] = [Position(a, b) for a, b in zip(wgs_lat.tolist(), wgs_lon.tolist(), strict=True)]
    return pd.Series(points, index=y.index, dtype=object)


def at_division(
    table: Table, key: str, points: pd.Series[Any], places: pd.Series[Any], resolve_homes: ResolveHomes
) -> pd.Series[Any]:
    """Positions with the gaps filled from the division that ``places`` names, with a warning; else an error."""
    gaps = points.isna() & ~table.refused
    if not gaps.any():
        return points
    texts = places[gaps].tolist()
    seats = pd.Series(
        [h.seat for h in resolve_homes(texts, [None] * len(texts))], index=places.index[gaps], dtype=object
    )
    filled = points.where(~gaps, other=seats.reindex(points.index))
    table.flag(key, gaps & filled.notna(), "position_from_division", severity=Severity.WARNING, values=places)
    table.flag(key, gaps & filled.isna(), "position_missing", values=places)
    return filled


def daily_hours(table: Table, opens: str, closes: str, both: str = "") -> pd.Series[Any]:
    """``DailyHours`` per row from two columns, or one that holds ``both``; None where all are blank.

    One blank cell of two means that end of the day.
    """
    first = table.parsed(opens, as_day_minute, "bad_time")
    last = table.parsed(closes, as_day_minute, "bad_time")
    span = table.parsed(both, as_span, "bad_time")
    hours = [_hours(a, b) if s is None else _hours(*s) for a, b, s in zip(first, last, span, strict=True)]
    return pd.Series(hours, index=first.index, dtype=object)


def _hours(opens: int | None, closes: int | None) -> DailyHours | None:
    if opens is None and closes is None:
        return None
    return DailyHours((opens or 0) % DAY_MIN, DAY_MIN - 1 if closes is None else closes)


def stop_finder(stops: Sequence[Stop]) -> dict[str, str]:
    """Stop ids by id and by name; a name that two stops share is left out, so that it is asked about."""
    names: dict[str, list[str]] = {}
    for stop in stops:
        names.setdefault(match_key(stop.name), []).append(stop.stop_id)
    unique = {name: ids[0] for name, ids in names.items() if len(ids) == 1}
    return unique | {match_key(s.stop_id): s.stop_id for s in stops}


def find_stops(table: Table, key: str, stops: Sequence[Stop]) -> pd.Series[Any]:
    """The stop id of each cell, empty where it is blank or names no stop; the latter is flagged."""
    known = stop_finder(stops)
    texts = table.text(key)
    found = each(texts, lambda text: known.get(match_key(text), "") if text else "")
    table.flag(key, ~filled(found) & filled(texts), "unknown_stop", suggest=nearest([s.name for s in stops]))
    return found
