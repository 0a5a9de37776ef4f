"""workers: the roster of people, one row a person."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import chain
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from dispatch.config import Settings
from dispatch.intake.cells import as_code, as_name, as_text, choice, match_key, moments
from dispatch.intake.coded import objects
from dispatch.intake.declared import check_declared
from dispatch.intake.homes import find_homes
from dispatch.intake.identity import Holders, numbers_hidden, persons
from dispatch.intake.journeys import Journeys, check_journeys, note_numbers, row_ids
from dispatch.intake.numbers import id_numbers, note_places
from dispatch.intake.phones import phone_numbers
from dispatch.intake.rules import Ages, join_guardians, shown_age
from dispatch.intake.schema import Column, Schema
from dispatch.intake.stops import ResolveHomes, ToWgs84, find_stops, positions
from dispatch.intake.table import Suggest, Table, each, filled, nearest, only, refuse_formulas, several
from dispatch.intake.words import MODES
from dispatch.model.demand import RejectedRow, Worker, workers_of
from dispatch.model.notice import Severity
from dispatch.model.supply import Employer, Mode, Stop

# What ledgers and monitoring lists hold beside, which plays no part in a journey.
_UNREAD = (
    "行政区划代码", "就业失业登记证号", "民族", "政治面貌", "学历", "文化程度", "户口性质", "婚姻状况",
    "主要从事工种", "就业时间", "就业地点", "外出省份", "年收入（万元）", "就业形式", "人员身份", "困难群体情况",
    "监测对象类别", "务工所在地", "务工时间（月）", "务工月收入", "所属行业", "就业渠道", "是否点对点输送", "户编号",
    "与户主关系", "劳动技能", "务工地点", "务工时间", "区外就业", "易地扶贫搬迁", "脱贫状态", "转移就业意愿",
    "务工地域", "务工省份", "务工城市", "岗位名称", "合同始期", "合同终期", "工种（岗位）", "证件类型", "票种",
    "席别", "车厢", "席位号", "务工地点（省市县）", "是否脱贫户", "户主姓名", "家庭人口", "健康状况", "技能证书",
    "紧急联系人", "紧急联系人电话", "监护人电话", "监护人身份证号", "填报人", "填报日期", "组别",
)  # fmt: skip

WORKERS = Schema(
    "workers",
    (
        Column("worker_id", ("序号", "编号", "人员编号")),
        Column("name", ("姓名", "务工人员姓名", "人员姓名"), required=True),
        Column("id_number", ("身份证号", "身份证号码", "证件号码", "身份证/证件号码", "公民身份号码"), required=True),
        Column("sex", ("性别",)),
        Column("age", ("年龄", "周岁")),
        Column("birth", ("出生日期", "出生年月", "出生年月日", "birthday", "date of birth")),
        Column("phone", ("手机号", "联系电话", "电话", "手机号码", "手机", "本人电话", "mobile")),
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
            (
                "用工企业",
                "企业名称",
                "务工企业名称",
                "用工企业名称",
                "就业单位",
                "务工单位",
                "务工企业",
                "用工单位",
                "工作单位",
            ),
        ),
        Column("ready_from", ("可出发日期", "出发日期", "可出发时间")),
        Column("report_by", ("到岗日期", "报到日期", "到岗时间", "报到时间", "入职日期")),
        Column("party", ("同行组", "同行", "同行人员组")),
        Column("guardian_id", ("监护人", "带队人", "监护人编号", "监护人姓名")),
        Column("modes_barred", ("不可乘", "不可乘坐", "不可乘交通工具")),
        Column("needs", ("备注", "特殊需求", "特殊情况")),
        Column("funding", ("资金类别", "户类型", "人员类别")),
    ),
    either=(("employer_id", "employer"),),
    unread=_UNREAD,
    who=("name", "id_number"),
    filled_down=("home_province", "home_city", "home_county", "home_township", "home_village"),
    never_twice=("name", "id_number", "phone", "employer"),
)


# Whoever could leave so long before the first day is on last year's list, or the year is wrong.
_EARLY = timedelta(days=90)
_AT_ONCE = 1_000
# The codes of findings about a text that cannot be printed, each with the characters in the way.
Unprintable = Callable[[str], Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the roster refers to and how places are found: settings, accepted employers and stops, converters."""

    settings: Settings
    employers: Sequence[Employer]
    stops: Sequence[Stop]
    to_wgs84: ToWgs84
    resolve_homes: ResolveHomes
    suggest_homes: Suggest
    unprintable: Unprintable


def read_workers(table: Table, around: Surroundings) -> tuple[Worker, ...]:
    """The accepted people of a roster; every row with an error is flagged and left out."""
    # Those who withdrew, who are not here, keep their ids, so that nobody else is called by them.
    table.worker_ids = ids = row_ids(table) if table.worker_ids is None else table.worker_ids
    note_numbers(table)
    table.duplicates("worker_id", ids, "duplicate_id")
    refuse_formulas(table, "worker_id", ids)
    names = table.text("name", as_name)
    table.flag("name", ~filled(names), "value_missing")
    _refuse_unprintable(table, names, around.unprintable)
    numbers = id_numbers(table, around.settings.horizon.to_date)
    who = persons(numbers, names)
    policy = around.settings.policy.people
    phones = phone_numbers(table, who, policy.people_per_phone)
    employers = _employers(table, around.employers)
    boarding = find_stops(table, "boarding_stop", around.stops)
    points = positions(table, "home_lat", "home_lon", around.to_wgs84)
    homes = find_homes(table, points, boarding, around.resolve_homes, around.suggest_homes)
    note_places(table, numbers, homes)
    ready, due = _windows(table, around.settings)
    holders = Holders.of(numbers)
    check_declared(table, holders, around.settings.horizon)
    journeys = Journeys(ids, names, numbers, who, employers, ready, due)
    check_journeys(table, journeys, {e.employer_id: e.name for e in around.employers})
    # Nobody is refused for a birthday that may fall before the journey, so the last day counts beside the first.
    ages = Ages(holders.ages(each(ready, _digits).astype(int)), holders.ages(_digits(around.settings.horizon.to_date)))
    parties = join_guardians(table, journeys, ages, policy)
    guardians = parties.guardians
    barred = _modes_barred(table, ages.first, guardians, policy.fly_alone_age)
    return _accepted(
        table,
        (ids, names, numbers, holders.sexes, holders.born, phones, homes, boarding, employers, ready, due),
        (parties.parties, guardians, barred, table.text("needs"), table.text("funding")),
    )


def _digits(day: date) -> int:
    return day.year * 10_000 + day.month * 100 + day.day


def _accepted(table: Table, *columns: tuple[pd.Series[Any], ...]) -> tuple[Worker, ...]:
    """The people of the rows that were not refused; ``columns`` are all fields but the row's place."""
    keep: Any = ~table.refused.to_numpy(bool) if table.refused.any() else slice(None)
    fields = [column.to_numpy(object)[keep].tolist() for column in chain.from_iterable(columns)]
    parts = table.part_numbers().to_numpy()[keep]
    files, sheets = (objects([getattr(part, at) for part in table.parts])[parts].tolist() for at in ("file", "sheet"))
    rows = np.array(table.row_numbers(), dtype=np.int64)[keep].tolist()
    return workers_of(zip(*fields, files, rows, sheets, strict=True))


def _refuse_unprintable(table: Table, names: pd.Series[Any], unprintable: Unprintable) -> None:
    """Whoever has a name or a funding kind that cannot be printed as it is written stays out."""
    for key, texts, how in (("name", names, as_name), ("funding", table.text("funding"), as_text)):
        told = _faulty(table.distinct(key, how).tolist(), unprintable)
        for code in sorted({code for faults in told.values() for code in faults}):
            shown = each(texts, lambda text: "".join(c if c.isprintable() else "?" for c in text))
            characters = each(texts, lambda text: told.get(text, {}).get(code, ""))  # noqa: B023 - asked here and now
            table.flag(key, filled(characters), code, values=shown, characters=characters)


def _faulty(texts: Sequence[str], unprintable: Unprintable) -> dict[str, Mapping[str, str]]:
    """What there is to be found in each text; asked of many texts together, since it is their characters that count."""
    blocks = (texts[i : i + _AT_ONCE] for i in range(0, len(texts), _AT_ONCE))
    some = (text for block in blocks if unprintable("".join(block)) for text in block)
    return {text: faults for text in some if (faults := unprintable(text))}


def rejected_rows(table: Table, *, everybody: bool = False) -> tuple[RejectedRow, ...]:
    """The rows of a roster that were refused, or all of them where no row could be judged."""
    ids = row_ids(table) if table.worker_ids is None else table.worker_ids
    names, refused = table.text("name", as_name), table.refused | everybody
    places = ((table.place(label), ids[label], names[label]) for label in table.frame.index[refused.to_numpy()])
    return tuple(RejectedRow(p.file, p.sheet, p.row, i, numbers_hidden(name)) for p, i, name in places)


def _employers(table: Table, employers: Sequence[Employer]) -> pd.Series[Any]:
    by_name: dict[str, str] = {}
    for employer in employers:
        by_name.setdefault(match_key(employer.name), employer.employer_id)
    by_id = {e.employer_id: e.employer_id for e in employers}
    given, named = table.text("employer_id", as_code), table.text("employer")
    told = filled(given)
    shown = given.where(told, named) if told.any() else named
    key = "employer_id" if told.any() and "employer_id" in table else "employer"
    found = each(shown, lambda text: by_id.get(as_code(text)) or by_name.get(match_key(text), ""))
    table.flag(key, ~filled(shown), "value_missing")
    suggest = nearest([e.name for e in employers])
    table.flag(key, ~filled(found) & filled(shown), "unknown_employer", values=shown, suggest=suggest)
    return found


def _windows(table: Table, settings: Settings) -> tuple[pd.Series[Any], pd.Series[Any]]:
    """Aware instants of earliest departure and latest arrival; a date alone means its first or its last minute."""
    first, last, zone = settings.horizon.from_date, settings.horizon.to_date, ZoneInfo(settings.timezone)
    opens = datetime.combine(first, time(), zone)
    parse = moments(first, last)
    said = table.parsed("ready_from", lambda cell: parse(cell).replace(tzinfo=zone), "bad_date", default=opens)
    ready, early = several(said, lambda moment: max(opens, moment), lambda moment: moment < opens - _EARLY)
    due = table.parsed(
        "report_by",
        lambda cell: _end_of_day(parse(cell)).replace(tzinfo=zone),
        "bad_date",
        default=datetime.combine(last, time(23, 59), zone),
    )
    for key, end in (("ready_from", first), ("report_by", last)):
        zh = table.heading(key) or WORKERS.label(key, "zh")
        blank = ~filled(table.text(key))
        table.tally(f"{key}_default", blank, Severity.NOTE, value=key, zh=zh, date=end.isoformat())
    table.flag("ready_from", early.astype(bool), "ready_early", severity=Severity.WARNING, first=first.isoformat())
    table.flag("ready_from", each(ready, lambda r: r.date() > last).astype(bool), "outside_horizon")
    table.flag("report_by", each(due, lambda d: d < opens).astype(bool), "outside_horizon")
    table.flag("report_by", (ready > due) & ~table.refused, "ready_after_due", ready=table.text("ready_from"))
    return ready, due


def _end_of_day(moment: datetime) -> datetime:
    # A spreadsheet writes a date as its midnight, so midnight is a date and not a time.
    return moment if moment.time() != time() else moment + timedelta(hours=23, minutes=59)


def _modes_barred(table: Table, ages: pd.Series[Any], guardians: pd.Series[Any], fly_alone_age: int) -> pd.Series[Any]:
    one = choice(Mode, MODES)

    def several(cell: Any) -> frozenset[Mode]:  # noqa: ANN401 - a raw cell
        words = re.split(r"[,，、;；/\s]+", as_text(cell))
        return frozenset(one(word) for word in words if word and word not in {"无", "否", "none", "no"})

    barred = table.parsed("modes_barred", several, "unknown_mode", default=frozenset())
    # Their age on the first day on which they may travel: no later flight can then be too early.
    alone = (ages < fly_alone_age) & ~filled(guardians)
    if not alone.any():
        return barred
    news = alone & ~table.refused & each(barred, lambda modes: Mode.FLIGHT not in modes).astype(bool)
    table.flag(
        "id_number",
        news,
        "no_flight_alone",
        severity=Severity.NOTE,
        values=only(ages, news, shown_age),
        limit=str(fly_alone_age),
    )
    return barred.where(~alone, each(barred, lambda modes: modes | {Mode.FLIGHT}))
