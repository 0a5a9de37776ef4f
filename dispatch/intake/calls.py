"""calls: the stops that a scheduled departure makes along its way."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import pandas as pd

from dispatch.intake.cells import as_bool, as_code, as_count, as_minute
from dispatch.intake.schema import Column, Schema
from dispatch.intake.stops import find_stops
from dispatch.intake.table import Table, nearest
from dispatch.model.supply import OfferCall, Stop

CALLS = Schema(
    "calls",
    (
        Column("offer_id", ("运力编号", "编号"), required=True),
        Column("seq", ("站序", "顺序"), required=True),
        Column("stop_id", ("站点编号", "停靠站", "站点"), required=True),
        Column("arrives", ("到达时间", "到站时间")),
        Column("departs", ("发车时间", "开车时间")),
        Column("board", ("可上车", "上客")),
        Column("alight", ("可下车", "下客")),
    ),
)


def read_calls(table: Table, stops: Sequence[Stop], offers: Collection[str]) -> dict[str, tuple[OfferCall, ...]]:
    """The calls of each offer by ``seq``; none for an offer with an error in any of its rows or with a single call."""
    ids = table.text("offer_id", as_code)
    table.flag("offer_id", ~ids.isin(set(offers)), "unknown_offer", suggest=nearest(sorted(offers)))
    table.flag("seq", table.text("seq") == "", "value_missing")
    seq = table.parsed("seq", as_count, "bad_number").astype(float)
    table.duplicates("seq", ids + " " + seq.map(str), "duplicate_call")
    table.flag("stop_id", table.text("stop_id") == "", "value_missing")
    stop_ids = find_stops(table, "stop_id", stops)
    arrives, departs = (table.parsed(key, as_minute, "bad_time").astype(float) for key in ("arrives", "departs"))
    table.flag("departs", arrives.isna() & departs.isna() & ~table.refused, "value_missing")
    board, alight = (table.parsed(key, as_bool, "bad_yes_no") for key in ("board", "alight"))
    frame = pd.DataFrame({"offer": ids, "seq": seq, "stop": stop_ids, "board": board, "alight": alight})
    frame["arrives"], frame["departs"] = arrives.fillna(departs), departs.fillna(arrives)
    frame = frame.sort_values(["offer", "seq"], kind="stable")
    before = frame.groupby("offer")["departs"].shift()
    backwards = (frame["departs"] < frame["arrives"]) | (frame["arrives"] < before)
    shown = before.map(lambda minute: "" if pd.isna(minute) else f"{int(minute) // 60:02d}:{int(minute) % 60:02d}")
    table.flag("arrives", backwards.reindex(ids.index), "arrives_before_departs", departs=shown)
    broken = set(ids[table.refused])
    groups = {str(offer): [] if offer in broken else list(rows.itertuples()) for offer, rows in frame.groupby("offer")}
    return {offer: _sequence(calls) if len(calls) > 1 else () for offer, calls in groups.items()}


def _sequence(calls: list[Any]) -> tuple[OfferCall, ...]:
    last = len(calls) - 1
    return tuple(
        OfferCall(
            call.stop,
            int(call.departs if i == 0 else call.arrives),
            int(call.arrives if i == last else call.departs),
            i < last and call.board in {None, True},
            i > 0 and call.alight in {None, True},
        )
        for i, call in enumerate(calls)
    )
