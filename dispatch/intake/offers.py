"""offers: transport that can be hired or booked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pandas as pd

from dispatch.config import Horizon, QuotePolicy
from dispatch.intake.calls import read_calls
from dispatch.intake.cells import as_code, as_count, as_minute, as_money, choice, moments
from dispatch.intake.quotes import Quotes, check_quotes
from dispatch.intake.running_days import running_days
from dispatch.intake.schema import Column, Schema
from dispatch.intake.stops import find_stops
from dispatch.intake.table import Table, mapped, refuse_formulas
from dispatch.intake.words import BASES, MODES, ROLES
from dispatch.model.supply import Basis, Mode, Offer, OfferCall, Role, Stop

OFFERS = Schema(
    "offers",
    (
        Column("offer_id", ("运力编号", "编号"), required=True),
        Column("mode", ("方式", "运输方式", "交通方式"), required=True),
        Column("basis", ("性质", "计价方式", "购票方式"), required=True),
        Column("operator", ("承运单位", "承运人", "运输公司")),
        Column("vehicle", ("车型", "车次", "航班号", "车型或车次")),
        Column("seats", ("座位数", "座位", "座位数座"), required=True),
        Column("seat_layout", ("座位布局", "座位排列")),
        Column("available", ("每日可用", "每日可用数", "可用数量"), required=True),
        Column("from_date", ("起始日期", "开始日期", "有效期起")),
        Column("to_date", ("截止日期", "结束日期", "有效期止")),
        Column("base_stop", ("车辆驻地", "驻地")),
        Column("origin_stop", ("始发站", "起点", "出发站")),
        Column("destination_stop", ("到达站", "终点", "终到站")),
        Column("departs", ("发车时间", "出发时间", "起飞时间")),
        Column("arrives", ("到达时间", "抵达时间")),
        Column("fixed_cost", ("固定费用", "包租费", "固定费用元")),
        Column("km_cost", ("公里费用", "每公里费用", "公里费用元")),
        Column("hour_cost", ("小时费用", "每小时费用", "小时费用元")),
        Column("seat_cost", ("每人费用", "票价", "每座费用", "票价元")),
        Column("min_passengers", ("最低人数", "成行人数", "最少人数")),
        Column("role", ("用途",)),
        Column("book_days_before", ("提前预订天数", "提前天数")),
        Column("days", ("运行日", "开行日期", "运行日期", "开行日", "班期")),
    ),
)

Calls = tuple[OfferCall, ...]

_MONEY = ("fixed_cost", "km_cost", "hour_cost", "seat_cost")


def read_offers(
    table: Table, calls_table: Table | None, stops: Sequence[Stop], horizon: Horizon, policy: QuotePolicy
) -> tuple[Offer, ...]:
    """The offers of a table with their calls; a row with an error is flagged and left out."""
    ids = table.text("offer_id", as_code)
    table.flag("offer_id", ids == "", "value_missing")
    table.duplicates("offer_id", ids, "duplicate_id")
    refuse_formulas(table, "offer_id", ids)
    modes = _required(table, "mode", choice(Mode, MODES), "unknown_mode")
    bases = _required(table, "basis", choice(Basis, BASES), "unknown_basis")
    roles = table.parsed("role", choice(Role, ROLES), "unknown_role", default=Role.ANY)
    seats, available, least, booked = _numbers(table)
    money = [table.parsed(key, as_money, "bad_number", default=0) for key in _MONEY]
    first, last = _dates(table, horizon)
    days = running_days(table, first, last, horizon)
    coach = (modes == Mode.COACH).astype(bool)
    base = find_stops(table, "base_stop", stops)
    table.flag("base_stop", coach & (table.text("base_stop") == ""), "value_missing")
    table.flag("basis", coach & (bases != Basis.CHARTER) & bases.notna(), "coach_not_chartered")
    calls, said = _calls(table, calls_table, ids, coach, stops)
    check_quotes(table, Quotes(modes, bases, seats, available, tuple(money), said), stops, policy)
    operator, vehicle, layout = (table.text(key) for key in ("operator", "vehicle", "seat_layout"))
    rows = zip(ids, modes, bases, operator, vehicle, seats, layout, available, first, last, base, calls, *money,
               least, roles, booked, days, table.refused, strict=True)  # fmt: skip
    return tuple(Offer(*values) for *values, refused in rows if not refused)


def _numbers(table: Table) -> tuple[pd.Series[Any], ...]:
    """Seats, available, min_passengers, book_days_before."""
    seats = _required(table, "seats", as_count, "bad_number")
    table.flag("seats", (seats == 0).astype(bool), "no_seats")
    available = _required(table, "available", as_count, "bad_number")
    least = table.parsed("min_passengers", as_count, "bad_number", default=0)
    table.flag("min_passengers", least.astype(float) > seats.astype(float), "minimum_above_seats")
    return seats, available, least, table.parsed("book_days_before", as_count, "bad_number", default=0)


def _calls(
    table: Table, calls_table: Table | None, ids: pd.Series[Any], coach: pd.Series[Any], stops: Sequence[Stop]
) -> tuple[list[Calls], list[Calls]]:
    """The calls of each row: those of the calls file, else two from the offer's own columns; none for a coach.

    And those that each row says, be it a coach, whose times no plan uses.
    """
    listed = read_calls(calls_table, stops, set(ids)) if calls_table else {}
    table.flag("offer_id", coach & ids.isin(set(listed)), "coach_with_calls")
    table.flag("offer_id", ids.isin({i for i, calls in listed.items() if not calls}), "broken_calls")
    own = _own_calls(table, ~coach & ~ids.isin(set(listed)), stops)
    said = [listed.get(i) or calls for i, calls in zip(ids, own, strict=True)]
    return [() if is_coach else calls for calls, is_coach in zip(said, coach, strict=True)], said


def _required(table: Table, key: str, parser: Any, code: str) -> pd.Series[Any]:  # noqa: ANN401
    table.flag(key, table.text(key) == "", "value_missing")
    return table.parsed(key, parser, code)


def _dates(table: Table, horizon: Horizon) -> tuple[pd.Series[Any], pd.Series[Any]]:
    parse = moments(horizon.from_date, horizon.to_date)
    first = table.parsed("from_date", lambda cell: parse(cell).date(), "bad_date", default=horizon.from_date)
    # An offer ends after it began: one of 1月1日 to 12月31日 has not ended last year.
    begins = first.where(table.text("from_date") != "", date(horizon.from_date.year, 1, 1))
    said = zip(table.parsed("to_date", parse, "bad_date"), table.raw("to_date"), begins, strict=True)
    ends = [
        horizon.to_date if pd.isna(moment) else moments(horizon.from_date, horizon.to_date, begin)(cell).date()
        for moment, cell, begin in said
    ]
    last = mapped(first.index, ends)
    table.flag("to_date", (first > last).astype(bool), "ends_before_begin")
    return first, last


def _own_calls(table: Table, wanted: pd.Series[Any], stops: Sequence[Stop]) -> list[Calls]:
    """Two calls from the offer's own columns, nothing where they are incomplete (flagged where ``wanted``)."""
    ends = [find_stops(table, key, stops) for key in ("origin_stop", "destination_stop")]
    times = [table.parsed(key, as_minute, "bad_time").astype(float) for key in ("departs", "arrives")]
    for key in ("origin_stop", "destination_stop", "departs", "arrives"):
        table.flag(key, wanted & (table.text(key) == ""), "value_missing")
    table.flag("arrives", wanted & (times[1] <= times[0]), "arrives_before_departs", departs=table.text("departs"))
    complete = times[0].notna() & times[1].notna() & (ends[0] != "") & (ends[1] != "")
    rows = zip(*ends, *times, complete & ~table.refused, strict=True)
    return [
        (OfferCall(a, int(d), int(d), True, False), OfferCall(b, int(e), int(e), False, True)) if good else ()
        for a, b, d, e, good in rows
    ]
