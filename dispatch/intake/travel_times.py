"""travel_times: the user's own road times, which beat the estimate."""

from __future__ import annotations

import math
from collections.abc import Sequence

from dispatch.config import QuotePolicy
from dispatch.intake.cells import as_code, as_number, match_key
from dispatch.intake.quotes import check_roads
from dispatch.intake.reader import Cell
from dispatch.intake.schema import Column, Schema
from dispatch.intake.stops import stop_finder
from dispatch.intake.table import Table, each, nearest
from dispatch.model.demand import TravelEntry
from dispatch.model.notice import Severity
from dispatch.model.supply import Stop

TRAVEL_TIMES = Schema(
    "travel_times",
    (
        Column("from_stop", ("起点", "出发站点"), required=True),
        Column("to_stop", ("终点", "到达站点"), required=True),
        Column("minutes", ("分钟", "行车分钟", "时间分钟"), required=True),
        Column("km", ("公里", "里程", "里程公里"), required=True),
    ),
)
# Minutes or kilometres: no road is as long, and sums of a few still fit the plan's arrays.
_LONGEST = 100_000


def read_travel_times(table: Table, stops: Sequence[Stop], policy: QuotePolicy) -> tuple[TravelEntry, ...]:
    """Directed entries, minutes rounded up. A stop that is not in the files is kept: the tool makes stops too."""
    known = stop_finder(stops)
    ends = []
    for key in ("from_stop", "to_stop"):
        texts = table.text(key, as_code)
        found = each(texts, lambda text: known.get(match_key(text), ""))
        table.flag(key, texts == "", "value_missing")
        made = texts.str.fullmatch(r"\d{6}|\d{9}").astype(bool)
        unknown = (found == "") & (texts != "") & ~made
        suggest = nearest([s.name for s in stops])
        table.flag(key, unknown, "unknown_stop_in_table", severity=Severity.WARNING, suggest=suggest)
        ends.append(found.where(found != "", texts))
    for key in ("minutes", "km"):
        table.flag(key, table.text(key) == "", "value_missing")
    minutes, km = (table.parsed(key, _on_the_road, "bad_number") for key in ("minutes", "km"))
    table.duplicates("from_stop", ends[0] + "→" + ends[1], "duplicate_travel_time")
    check_roads(table, (ends[0], ends[1]), minutes, km, stops, policy)
    rows = zip(ends[0], ends[1], minutes, km, table.refused, strict=True)
    return tuple(TravelEntry(a, b, math.ceil(m), round(d * 1000)) for a, b, m, d, refused in rows if not refused)


def _on_the_road(cell: Cell) -> float:
    return as_number(cell, _LONGEST)
