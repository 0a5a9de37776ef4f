"""workers: the roster of people, one row a person."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from dispatch.config import Settings
from dispatch.intake.cells import as_code, as_name, as_text, choice, match_key, moments
from dispatch.intake.identity import age_on, ages_on, as_id, born_on, id_faults, is_sample, masked, persons, sex_of
from dispatch.intake.journeys import Journeys, check_journeys, note_numbers, row_ids
from dispatch.intake.rules import Ages, join_guardians, shown_age
from dispatch.intake.stops import ResolveHomes, ToWgs84, find_stops, positions
from dispatch.intake.table import Column, Schema, Suggest, Table, each, nearest
from dispatch.intake.words import MODES
from dispatch.model.demand import Worker
from dispatch.model.notice import Severity
from dispatch.model.supply import Employer, Mode, Stop

WORKERS = Schema(
    "workers",
    (
        Column("worker_id", ("序号", "编号", "人员编号")),
        Column("name", ("姓名", "务工人员姓名"), required=True),
        Column("id_number", ("身份证号", "身份证号码", "证件号码", "身份证/证件号码", "公民身份号码"), required=True),
        Column("phone", ("手机号", "联系电话", "电话", "手机号码", "手机")),
        Column("home", ("户籍地", "家庭住址", "现住址", "户籍地址", "住址", "家庭地址")),
        Column("home_province", ("户籍省份",)),
        Column("home_city", ("户籍市", "户籍地市")),
        Column("home_county", ("县", "县（市）", "县（市、区）", "县（区）", "区县", "县区", "户籍市县", "所属行政区")),
        Column("home_township", ("乡镇", "乡（镇）", "镇", "街道（乡镇）", "乡镇（街道）", "街道")),
        Column("home_village", ("村", "行政村", "社区（村）", "村（社区）", "社区")),
        Column("home_lat", ("纬度",)),
        Column("home_lon", ("经度",)),
        Column("boarding_stop", ("上车点", "集合点", "上车地点", "集合地点")),
        Column("employer_id", ("企业编号", "单位编号")),
        Column(
            "employer",
            ("用工企业", "企业名称", "务工企业名称", "用工企业名称", "就业单位", "务工单位", "务工企业", "用工单位"),
        ),
        Column("ready_from", ("可出发日期", "出发日期", "可出发时间")),
        Column("report_by", ("到岗日期", "报到日期", "到岗时间", "报到时间")),
        Column("party", ("同行组", "同行", "同行人员组")),
        Column("guardian_id", ("监护人", "带队人", "监护人编号")),
        Column("modes_barred", ("不可乘", "不可乘坐", "不可乘交通工具")),
        Column("needs", ("备注", "特殊需求", "特殊情况")),
        Column("funding", ("资金类别", "户类型", "人员类别")),
    ),
    either=(("employer_id", "employer"),),
)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the roster refers to and how places are found: settings, accepted employers and stops, converters."""

    settings: Settings
    employers: Sequence[Employer]
    stops: Sequence[Stop]
    to_wgs84: ToWgs84
    resolve_homes: ResolveHomes
    suggest_homes: Suggest


def read_workers(table: Table, around: Surroundings) -> tuple[Worker, ...]:
    """The accepted people of a roster; every row with an error is flagged and left out."""
    table.worker_ids = ids = row_ids(table)
    note_numbers(table)
    table.duplicates("worker_id", ids, "duplicate_id")
    names = table.text("name", as_name)
    table.flag("name", names == "", "value_missing")
    numbers = _id_numbers(table)
    phones = _phones(table)
    employers = _employers(table, around.employers)
    boarding = find_stops(table, "boarding_stop", around.stops)
    homes = _homes(table, around, boarding)
    ready, due = _windows(table, around.settings)
    born = born_on(numbers)
    journeys = Journeys(ids, names, numbers, persons(numbers, names), employers, ready, due)
    check_journeys(table, journeys)
    ages = Ages(_ages_at(born, ready), ages_on(numbers, around.settings.horizon.to_date))
    parties = join_guardians(table, journeys, ages, around.settings.policy.people)
    guardians = parties.guardians
    barred = _modes_barred(table, ages.first, guardians, around.settings.policy.people.fly_alone_age)
    needs, funding = table.text("needs"), table.text("funding")
    rows = zip(
        ids, names, numbers, born, phones, homes, boarding, employers, ready, due, parties.parties, guardians, barred,
        needs, funding, table.rows, table.refused, strict=True,
    )  # fmt: skip
    return tuple(
        Worker(i, n, number, sex_of(number), b, p, h, stop, e, r, d, party, g, m, need, fund, table.file, row)
        for i, n, number, b, p, h, stop, e, r, d, party, g, m, need, fund, row, refused in rows
        if not refused
    )


def _id_numbers(table: Table) -> pd.Series[Any]:
    numbers = table.text("id_number", as_id)
    faults = id_faults(table.raw("id_number"), numbers)
    shown = numbers.map(masked)
    for code in faults[faults != ""].unique():
        table.flag("id_number", faults == code, str(code), values=shown)
    sound = numbers.where(faults == "", "")
    if count := int(is_sample(sound).sum()):
        table.findings.file("sample_people", table.file, severity=Severity.NOTE, count=str(count))
    return sound


def _phones(table: Table) -> pd.Series[Any]:
    phones = each(table.raw("phone"), lambda cell: as_code(cell).replace(" ", "").replace("-", "").removeprefix("+86"))
    good = phones.str.fullmatch(r"1[3-9]\d{9}|0\d{9,11}|")
    table.flag("phone", ~good.astype(bool), "phone_bad", severity=Severity.WARNING)
    return phones


def _employers(table: Table, employers: Sequence[Employer]) -> pd.Series[Any]:
    by_name: dict[str, str] = {}
    for employer in employers:
        by_name.setdefault(match_key(employer.name), employer.employer_id)
    by_id = {e.employer_id: e.employer_id for e in employers}
    given, named = table.text("employer_id", as_code), table.text("employer")
    shown = given.where(given != "", named)
    key = "employer_id" if "employer_id" in table and (given != "").any() else "employer"
    found = each(shown, lambda text: by_id.get(as_code(text)) or by_name.get(match_key(text), ""))
    table.flag(key, shown == "", "value_missing")
    suggest = nearest([e.name for e in employers])
    table.flag(key, (found == "") & (shown != ""), "unknown_employer", values=shown, suggest=suggest)
    return found


def _homes(table: Table, around: Surroundings, boarding: pd.Series[Any]) -> pd.Series[Any]:
    texts = _home_texts(table)
    points = positions(table, "home_lat", "home_lon", around.to_wgs84)
    found = list(around.resolve_homes(texts.tolist(), points.tolist()))
    homes: pd.Series[Any] = pd.Series(found, index=texts.index, dtype=object)
    lost = homes.map(lambda home: home.level == "unknown").astype(bool)
    key = next((c for c in ("home", "home_township", "home_county") if c in table), "home")
    for mask, severity in ((lost & (boarding == ""), Severity.ERROR), (lost & (boarding != ""), Severity.WARNING)):
        table.flag(key, mask, "home_unresolved", severity=severity, values=texts, suggest=around.suggest_homes)
    return homes


def _home_texts(table: Table) -> pd.Series[Any]:
    """The address in one text: columns for county, township and village go before or after what ``home`` says."""
    texts = table.text("home")
    for key in ("home_township", "home_county", "home_city", "home_province"):
        if key in table:
            part = table.text(key)
            texts = pd.Series(
                [t if p in t else p + t for p, t in zip(part, texts, strict=True)], index=texts.index, dtype=object
            )
    if "home_village" in table:
        village = table.text("home_village")
        joined = [t if v in t else t + v for v, t in zip(village, texts, strict=True)]
        texts = pd.Series(joined, index=texts.index, dtype=object)
    return texts


def _windows(table: Table, settings: Settings) -> tuple[pd.Series[Any], pd.Series[Any]]:
    """Aware instants of earliest departure and latest arrival; a date alone means its first or its last minute."""
    first, last, zone = settings.horizon.from_date, settings.horizon.to_date, ZoneInfo(settings.timezone)
    opens = datetime.combine(first, time(), zone)
    parse = moments(first, last)
    ready = table.parsed(
        "ready_from", lambda cell: max(opens, parse(cell).replace(tzinfo=zone)), "bad_date", default=opens
    )
    due = table.parsed(
        "report_by",
        lambda cell: _end_of_day(parse(cell)).replace(tzinfo=zone),
        "bad_date",
        default=datetime.combine(last, time(23, 59), zone),
    )
    for key, end in (("ready_from", first), ("report_by", last)):
        _note_default(table, key, end)
    table.flag("ready_from", ready.map(lambda r: r.date() > last).astype(bool), "outside_horizon")
    table.flag("report_by", due.map(lambda d: d < opens).astype(bool), "outside_horizon")
    table.flag("report_by", (ready > due) & ~table.refused, "ready_after_due", ready=table.text("ready_from"))
    return ready, due


def _end_of_day(moment: datetime) -> datetime:
    # A spreadsheet writes a date as its midnight, so midnight is a date and not a time.
    return moment if moment.time() != time() else moment + timedelta(hours=23, minutes=59)


def _note_default(table: Table, key: str, end: date) -> None:
    blank = int((table.text(key) == "").sum())
    if blank:
        zh = table.headings.get(key) or WORKERS.label(key, "zh")
        params = {"zh": zh, "count": str(blank), "date": end.isoformat()}
        table.findings.file(f"{key}_default", table.file, severity=Severity.NOTE, value=key, **params)


def _ages_at(born: pd.Series[Any], ready: pd.Series[Any]) -> pd.Series[Any]:
    """Whole years on the first day on which each may travel, NaN where the birth is unknown."""
    ages = [age_on(b, r.date()) if b else math.nan for b, r in zip(born, ready, strict=True)]
    return pd.Series(ages, index=born.index, dtype=float)


def _modes_barred(table: Table, ages: pd.Series[Any], guardians: pd.Series[Any], fly_alone_age: int) -> pd.Series[Any]:
    one = choice(Mode, MODES)

    def several(cell: Any) -> frozenset[Mode]:  # noqa: ANN401 - a raw cell
        words = re.split(r"[,，、;；/\s]+", as_text(cell))
        return frozenset(one(word) for word in words if word and word not in {"无", "否", "none", "no"})

    barred = table.parsed("modes_barred", several, "unknown_mode", default=frozenset())
    # Their age on the first day on which they may travel: no later flight can then be too early.
    alone = (ages < fly_alone_age) & (guardians == "")
    news = alone & ~table.refused & barred.map(lambda modes: Mode.FLIGHT not in modes).astype(bool)
    table.flag(
        "id_number",
        news,
        "no_flight_alone",
        severity=Severity.NOTE,
        values=ages.map(shown_age),
        limit=str(fly_alone_age),
    )
    return pd.Series(
        [modes | {Mode.FLIGHT} if a else modes for modes, a in zip(barred, alone, strict=True)],
        index=barred.index,
        dtype=object,
    )
