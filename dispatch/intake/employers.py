"""employers: receiving sites and the gates they have."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from dispatch.intake.cells import as_code, as_count, as_name, choice, match_key
from dispatch.intake.phones import PHONE, as_phone
from dispatch.intake.schema import Column, Schema
from dispatch.intake.stops import LATITUDE, LONGITUDE, ResolveHomes, ToWgs84, at_division, daily_hours, positions
from dispatch.intake.table import Table, each, mapped, refuse_formulas
from dispatch.intake.words import HOME_WORDS, KINDS
from dispatch.model.notice import Severity
from dispatch.model.supply import Employer, Stop, StopKind
from dispatch.model.units import DailyHours, great_circle_m

_ALL_DAY = DailyHours(0, 1439)
_WARN = Severity.WARNING
# A county is seldom wider; coordinates that lie further from its seat are another place's.
_FAR_KM = 150

EMPLOYERS = Schema(
    "employers",
    (
        Column("employer_id", ("企业编号", "单位编号", "编号", "序号")),
        Column("name", ("企业名称", "单位名称", "用工企业", "接收企业", "名称"), required=True),
        Column("city", ("市", "城市", "所在市", "地市")),
        Column("district", ("区县", "区", "县区", "所在区县")),
        Column("address", ("地址", "详细地址", "厂址")),
        LATITUDE,
        LONGITUDE,
        Column("headcount", ("需求人数", "用工人数", "人数", "招工人数", "需求人数人")),
        Column("receive_from", ("接收时段起", "接收开始时间", "接收时间起")),
        Column("receive_to", ("接收时段止", "接收结束时间", "接收时间止")),
        Column("contact", ("联系人", "企业联系人", "负责人")),
        Column("phone", ("联系电话", "电话", "手机号")),
        Column("kind", ("接收点类型", "场所类型", "站点类型")),
        Column("receive_hours", ("接收时段", "接收时间")),
    ),
)


def read_employers(table: Table, to_wgs84: ToWgs84, resolve_homes: ResolveHomes) -> tuple[Employer, ...]:
    """The employers of a table; a row with an error is flagged and left out, one without an id named by its row."""
    names = table.text("name", as_name)
    ids = table.text("employer_id", as_code)
    ids = ids.where(ids != "", table.row_names("E"))
    table.flag("name", names == "", "value_missing")
    table.duplicates("employer_id", ids, "duplicate_id")
    refuse_formulas(table, "employer_id", ids)
    keys = names.map(match_key)
    repeated = keys.duplicated(keep=False) & (keys != "")
    table.flag("name", repeated & keys.duplicated(), "duplicate_employer_name", severity=Severity.WARNING)
    private = table.parsed("kind", choice(StopKind, KINDS), "unknown_stop_kind") == StopKind.HOME
    private |= (table.text("kind") == "") & each(names, _reads_as_home).astype(bool)
    cities, districts, addresses = (table.text(key) for key in ("city", "district", "address"))
    points = positions(table, "lat", "lon", to_wgs84)
    points = at_division(table, "lat", points, cities + districts + addresses, resolve_homes)
    heads = table.parsed("headcount", as_count, "bad_number")
    hours = daily_hours(table, "receive_from", "receive_to", both="receive_hours")
    contacts, phones = table.text("contact"), table.text("phone", as_phone)
    _check(table, points, mapped(ids.index, resolve_homes((cities + districts).tolist(), [None] * len(ids))))
    people = zip(contacts, phones, private.tolist(), strict=True)
    rows = zip(ids, names, cities, districts, addresses, points, heads, hours, people, table.refused, strict=True)
    return tuple(
        Employer(i, n, c, d, a, p, None if pd.isna(h) else int(h), w or _ALL_DAY, *whose)
        for i, n, c, d, a, p, h, w, whose, refused in rows
        if not refused
    )


def _reads_as_home(name: str) -> bool:
    return any(word in name for word in HOME_WORDS)


def _check(table: Table, points: pd.Series[Any], divisions: pd.Series[Any]) -> None:
    """Warnings about what is possible and hardly meant."""
    table.flag("phone", ~table.text("phone", as_phone).str.fullmatch(PHONE).astype(bool), "phone_bad", severity=_WARN)
    table.flag("headcount", table.text("headcount") == "0", "headcount_zero", severity=_WARN)
    opens, closes = table.text("receive_from"), table.text("receive_to")
    table.flag("receive_to", (opens == closes) & (opens != ""), "receive_never", severity=_WARN)
    far = [
        great_circle_m(point, division.seat) / 1000 if point and division.seat else 0.0
        for point, division in zip(points, divisions, strict=True)
    ]
    apart = mapped(points.index, [str(round(km)) if km > _FAR_KM else "" for km in far])
    names = mapped(points.index, [division.division_name for division in divisions])
    table.flag("lat", apart != "", "employer_far", severity=_WARN, values=apart, division=names)


def gates(employers: Iterable[Employer], stops: Iterable[Stop]) -> tuple[Stop, ...]:
    """A gate for every employer whose id no stop bears yet, open in its receiving hours."""
    known = {s.stop_id for s in stops}
    return tuple(
        Stop(
            e.employer_id,
            e.name,
            StopKind.HOME if e.private else StopKind.GATE,
            e.city,
            e.district,
            e.position,
            e.hours,
        )
        for e in employers
        if e.employer_id not in known
    )
