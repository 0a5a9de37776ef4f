#!/usr/bin/env python3
"""Write the input files of Shanxi's January 2021: 27,000 people from eleven prefectures to six provinces, made up.

``python make_people.py [--out DIR]``; the same run writes the same bytes. README.md tells what is made up.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random

HERE = Path(__file__).parent
sys.path.append(str(HERE.parent))

from made_up import (  # noqa: E402 - the folder above has to be on the path first
    COLUMNS,
    NUMERALS,
    Papers,
    Point,
    Row,
    Town,
    coach,
    county_seats,
    county_towns,
    distance_km,
    near,
    write_roster,
    write_table,
)

GEO = HERE.parents[1] / "dispatch" / "geo" / "data"
SEATS = county_seats(GEO, "14")
SEND_OFF = 6  # day of January on which all eleven prefectures send people at once
HIGH_SPEED_DAYS = (1, 6, 11, 18, 25)  # a charter high-speed train to Guangdong is quoted
ORDINARY_DAYS = (2, 6, 14, 28)  # a charter train along the line from Datong to Suzhou is quoted
MORNING_H = 4.5  # from the first boarding of that day until the last near coach has to be on the road
ROAD = 1.2 / 80  # hours a great-circle kilometre, as in the config


@dataclass(frozen=True, slots=True)
class Prefecture:
    """A sending prefecture: first digits of its codes, its square, heads by day of January, where coaches go."""

    code: str
    square: Point
    heads: dict[int, int]
    to: dict[str, int]


# fmt: off
PREFECTURES = {
    "太原市": Prefecture("1401", (37.8640, 112.5270), {1: 560, 6: 620, 11: 480, 18: 470, 25: 470},
                      {"北京市": 5, "苏州市": 4, "无锡市": 2, "青岛市": 2}),
    "大同市": Prefecture("1402", (40.0797, 113.3034), {2: 480, 6: 450, 14: 460, 21: 450, 28: 460},
                      {"北京市": 7, "济南市": 2}),
    "阳泉市": Prefecture("1403", (37.8575, 113.5633), {3: 240, 6: 260, 18: 300, 28: 300},
                      {"北京市": 4, "青岛市": 3, "苏州市": 2}),
    "长治市": Prefecture("1404", (36.1839, 113.1053), {1: 560, 6: 490, 11: 520, 18: 510, 25: 520},
                      {"苏州市": 4, "杭州市": 3, "北京市": 3, "金华市": 2}),
    "晋城市": Prefecture("1405", (35.5022, 112.8328), {1: 380, 6: 360, 11: 480, 25: 480},
                      {"杭州市": 4, "嘉兴市": 3, "金华市": 3, "苏州市": 3}),
    "朔州市": Prefecture("1406", (39.3158, 112.4225), {2: 320, 6: 300, 14: 390, 28: 390},
                      {"北京市": 6, "济南市": 2}),
    "晋中市": Prefecture("1407", (37.6840, 112.7547), {1: 500, 6: 440, 11: 450, 18: 460, 25: 450},
                      {"北京市": 4, "南京市": 3, "青岛市": 3, "无锡市": 2}),
    "运城市": Prefecture("1408", (35.0231, 110.9928), {1: 480, 3: 480, 6: 760, 14: 860, 21: 860, 28: 860},
                      {"西安市": 5, "苏州市": 5, "无锡市": 3, "杭州市": 2, "嘉兴市": 3}),
    "忻州市": Prefecture("1409", (38.4092, 112.7333), {2: 520, 6: 440, 14: 480, 21: 480, 28: 480},
                      {"北京市": 6, "济南市": 2, "青岛市": 1}),
    "临汾市": Prefecture("1410", (36.1000, 111.5200), {1: 400, 3: 400, 6: 640, 11: 720, 18: 720, 25: 720},
                      {"苏州市": 5, "西安市": 4, "无锡市": 2, "南京市": 2, "杭州市": 2}),
    "吕梁市": Prefecture("1411", (37.5156, 111.1342), {2: 600, 6: 460, 14: 550, 21: 550, 28: 540},
                      {"西安市": 4, "北京市": 4, "南京市": 3, "青岛市": 2}),
}
# People who are recruited for a charter train's way, on each of its days.
BY_HIGH_SPEED = {"太原市": 200, "晋中市": 120, "长治市": 155, "晋城市": 115}
BY_ORDINARY = {"大同市": 230, "朔州市": 150, "忻州市": 190}
# City: districts with an industrial park, and how many employers are in each.
CITIES = {
    "北京市": {"110115": 8, "110113": 7, "110112": 6},
    "苏州市": {"320583": 9, "320509": 6, "320505": 7, "320585": 4},
    "无锡市": {"320214": 7},
    "南京市": {"320115": 7},
    "杭州市": {"330109": 6, "330110": 5},
    "嘉兴市": {"330421": 6},
    "金华市": {"330782": 2},
    "西安市": {"610113": 6, "610117": 5},
    "济南市": {"370112": 5},
    "青岛市": {"370211": 5, "370281": 5},
    "广州市": {"440113": 6},
    "东莞市": {"441900": 6},
    "深圳市": {"440309": 8},
}
STATIONS = {  # id: name, city, district, point
    "R-TYN": ("太原南站", "太原市", "小店区", (37.7870, 112.6170)),
    "R-TY": ("太原站", "太原市", "迎泽区", (37.8640, 112.5800)),
    "R-CZD": ("长治东站", "长治市", "潞州区", (36.2040, 113.1860)),
    "R-JCD": ("晋城东站", "晋城市", "泽州县", (35.5150, 112.9180)),
    "R-DT": ("大同站", "大同市", "平城区", (40.1190, 113.2960)),
    "R-DTN": ("大同南站", "大同市", "平城区", (40.0170, 113.3620)),
    "R-SUZ": ("朔州站", "朔州市", "朔城区", (39.3470, 112.4270)),
    "R-XZ": ("忻州站", "忻州市", "忻府区", (38.4110, 112.7480)),
    "R-LFX": ("临汾西站", "临汾市", "尧都区", (36.1000, 111.4600)),
    "R-YCB": ("运城北站", "运城市", "盐湖区", (35.0900, 111.0330)),
    "R-BJX": ("北京西站", "北京市", "丰台区", (39.8940, 116.3220)),
    "R-QH": ("清河站", "北京市", "海淀区", (40.0430, 116.3300)),
    "R-XAB": ("西安北站", "西安市", "未央区", (34.3780, 108.9380)),
    "R-JNX": ("济南西站", "济南市", "槐荫区", (36.6680, 116.8910)),
    "R-NJ": ("南京站", "南京市", "玄武区", (32.0870, 118.7970)),
    "R-WX": ("无锡站", "无锡市", "梁溪区", (31.5880, 120.3060)),
    "R-SZ": ("苏州站", "苏州市", "姑苏区", (31.3310, 120.6080)),
    "R-HZ": ("杭州站", "杭州市", "上城区", (30.2440, 120.1800)),
    "R-GZN": ("广州南站", "广州市", "番禺区", (22.9880, 113.2690)),
    "R-HM": ("虎门站", "东莞市", "虎门镇", (22.8600, 113.6720)),
    "R-SZN": ("深圳北站", "深圳市", "龙华区", (22.6090, 114.0290)),
}
# fmt: on
TRADES = ["电子", "机械", "食品", "物流", "服装", "包装", "家具", "光学", "模具", "餐饮配送"]


@dataclass(frozen=True, slots=True)
class Order:
    """People whom an employer takes from one prefecture on one day, and the counties that they live in."""

    day: int
    prefecture: str
    site: int
    heads: int
    counties: tuple[str, ...]


def point_of(row: Row) -> Point:
    return float(str(row["lat"])), float(str(row["lon"]))


def counties_of(prefecture: str) -> dict[str, Point]:
    """Seats of a prefecture's counties, by code."""
    return {code: point for code, (_, point) in SEATS.items() if code.startswith(PREFECTURES[prefecture].code)}


def square_id(prefecture: str) -> str:
    return f"SQ-{PREFECTURES[prefecture].code}"


def square_name(prefecture: str) -> str:
    return "太原市滨河体育中心" if prefecture == "太原市" else f"{prefecture}启程广场"


def stops() -> Iterator[Row]:
    """Eleven squares, the coach station of each county further than 15 km from its square, railway stations."""
    for name, prefecture in PREFECTURES.items():
        seats = counties_of(name)
        centre = min(seats, key=lambda code: distance_km(seats[code], prefecture.square))
        square = stop(square_id(name), square_name(name), "assembly", name, SEATS[centre][0], prefecture.square)
        yield square | {"open_from": "06:00", "open_to": "12:00"}
        for code, point in seats.items():
            if distance_km(point, prefecture.square) > 15:
                yield stop(f"A{code}", f"{name[:-1]}{SEATS[code][0]}客运站", "assembly", name, SEATS[code][0], point)
    for stop_id, (name, city, district, point) in STATIONS.items():
        yield stop(stop_id, name, "rail_station", city, district, point)


def stop(*cells: object) -> Row:
    return dict(zip(COLUMNS["stops"], (*cells[:-1], *cells[-1]), strict=False))  # type: ignore[misc]


def employers(rng: Random) -> list[Row]:
    """Receiving sites within 2 km of their district's park; ``headcount`` is filled in when the orders are known."""
    rows: list[Row] = []
    for city, districts in CITIES.items():
        for code, count in districts.items():
            name, seat = county_seats(GEO, code)[code]
            park = near(rng, seat, 5)
            rows += [employer(rng, len(rows) + n, city, name, near(rng, park, 2)) for n in range(count)]
    return rows


def employer(rng: Random, n: int, city: str, district: str, gate: Point) -> Row:
    near_by = city in {"北京市", "西安市", "济南市", "青岛市"}
    return {
        "employer_id": f"E{n + 1:03d}", "name": f"{district[:2]}{NUMERALS[n]}字{rng.choice(TRADES)}厂", "city": city,
        "district": district, "address": f"{district}样例工业园{n + 1}号", "lat": gate[0], "lon": gate[1],
        "receive_from": "06:00" if near_by else "00:00", "receive_to": "23:59", "contact": "接站负责人",
        "phone": f"154{rng.randrange(10**8):08d}",
    }  # fmt: skip


def flows(rng: Random) -> Iterator[tuple[int, str, str, int]]:
    """(day, prefecture, city, heads): what the charter trains are for, and the rest in two to four cities."""
    for name, prefecture in PREFECTURES.items():
        for day, heads in prefecture.heads.items():
            left = heads
            if day in HIGH_SPEED_DAYS and name in BY_HIGH_SPEED:
                left -= BY_HIGH_SPEED[name]
                yield day, name, rng.choice(("广州市", "东莞市", "深圳市")), BY_HIGH_SPEED[name]
            if day in ORDINARY_DAYS and name in BY_ORDINARY:
                left -= BY_ORDINARY[name]
                yield day, name, rng.choice(("南京市", "无锡市", "苏州市")), BY_ORDINARY[name]
            for city, share in shares(rng, prefecture.to, left, day == SEND_OFF):
                yield day, name, city, share


def shares(rng: Random, weights: dict[str, int], heads: int, send_off: bool) -> Iterator[tuple[str, int]]:
    """Heads by city, about 130 in each; on the day of the send-off the cities that most people go to."""
    count = min(len(weights), max(1, round(heads / 130)))
    ranked = sorted(weights, key=lambda city: -weights[city] * (1 if send_off else rng.uniform(0.3, 1)))[:count]
    for n, city in enumerate(ranked):
        whole = sum(weights[c] for c in ranked[n:])
        share = heads if n == count - 1 else round(heads * weights[city] / whole)
        heads -= share
        yield city, share


def orders(rng: Random, sites: list[Row]) -> list[Order]:
    """Each flow goes to one district of its city, a coachful or two to each employer that has the fewest so far."""
    taken = dict.fromkeys(range(len(sites)), 0)
    turns = {name: rng.sample(list(counties_of(name)), len(counties_of(name))) for name in PREFECTURES}
    found = []
    for day, name, city, heads in flows(rng):
        district = emptiest(city, sites, taken)
        count = max(1, round(heads / 75))
        for part in range(count):
            site = min((n for n in taken if sites[n]["district"] == district), key=lambda n: taken[n])
            size = heads // count + (part < heads % count)
            taken[site] += size
            found.append(Order(day, name, site, size, next_counties(turns[name], size)))
    return found


def emptiest(city: str, sites: list[Row], taken: dict[int, int]) -> str:
    """The district of a city whose employers have the fewest people on average."""
    heads: dict[str, list[int]] = {}
    for n, site in enumerate(sites):
        if site["city"] == city:
            heads.setdefault(str(site["district"]), []).append(taken[n])
    return min(heads, key=lambda district: sum(heads[district]) / len(heads[district]))


def next_counties(turn: list[str], size: int) -> tuple[str, ...]:
    """The county whose turn it is, and for more than 80 people the one nearest to it."""
    first = turn.pop(0)
    turn.append(first)
    if size <= 80:
        return (first,)
    return first, min((c for c in turn if c != first), key=lambda c: distance_km(SEATS[c][1], SEATS[first][1]))


def hours_by_road(prefecture: str, site: Row) -> float:
    return distance_km(PREFECTURES[prefecture].square, point_of(site)) * ROAD


def window(order: Order, site: Row) -> tuple[str, str]:
    """Ready on the morning of the order's day; at the gate that evening where a coach can be, else the next day."""
    day = date(2021, 1, order.day)
    ready = f"{day} 06:00"
    evening = math.ceil(6 + MORNING_H + hours_by_road(order.prefecture, site))
    if evening > 23:
        return ready, f"{day + timedelta(days=1)} 18:00"
    return ready, f"{day} {evening:02d}:00" if order.day == SEND_OFF else f"{day}"


def people(rng: Random, sites: list[Row], found: list[Order]) -> list[dict[str, str]]:
    """Order by order, party by party."""
    papers = Papers(rng, date(2021, 1, 1))
    towns = {code: sending_towns(rng, some) for code, some in county_towns(GEO, SEATS).items()}
    rows: list[dict[str, str]] = []
    party = 0
    for order in sorted(found, key=lambda o: (o.day, PREFECTURES[o.prefecture].code)):
        left = order.heads
        while left:
            size = min(left, rng.choice((1, 1, 1, 1, 1, 1, 2, 2, 3)))
            left -= size
            party += size > 1
            town = rng.choice(towns[rng.choice(order.counties)])
            shared = shared_cells(order, sites[order.site], town, f"P{party:05d}" if size > 1 else "")
            rows += [person(rng, papers, f"SX{len(rows) + n + 1:05d}", town, shared) for n in range(size)]
    return with_needs(rng, rows)


def sending_towns(rng: Random, towns: list[Town]) -> list[Town]:
    """Up to five townships of a county, none further than 25 km from its seat."""
    seat = SEATS[towns[0].county_code][1]
    close = [t for t in towns if t.point is None or distance_km(t.point, seat) <= 25]
    return rng.sample(close, min(5, len(close)))


def shared_cells(order: Order, site: Row, town: Town, party: str) -> dict[str, str]:
    ready, due = window(order, site)
    return {
        "户籍地": f"山西省{order.prefecture}{town.county}{town.name}",
        "上车点": square_name(order.prefecture) if order.day == SEND_OFF else "",
        "用工企业": str(site["name"]), "可出发日期": ready, "到岗日期": due, "同行组": party,
    }  # fmt: skip


def person(rng: Random, papers: Papers, number: str, town: Town, shared: dict[str, str]) -> dict[str, str]:
    return {
        "编号": number, "姓名": papers.name(), "身份证号码": papers.id_number(town.county_code, 18, 56),
        "联系电话": papers.phone(), **shared, "备注": "",
        "资金类别": rng.choices(("一般户", "脱贫户", "监测户"), (62, 33, 5))[0],
    }  # fmt: skip


def with_needs(rng: Random, rows: list[dict[str, str]]) -> list[dict[str, str]]:
    for row in rng.sample(rows, 40):
        row["备注"] = rng.choice(("wheelchair", "pregnant"))
    return rows


def offers() -> Iterator[Row]:
    """Quotes: charter trains, blocks of seats, ordinary seats, coaches of the prefectures and of the stations."""
    yield from charter_trains()
    yield from blocks()
    season = {"from_date": date(2021, 1, 1), "to_date": date(2021, 1, 31)}
    for offer in (*tickets(), *coaches()):
        yield offer | season


def charter_trains() -> Iterator[Row]:
    for days, key, vehicle, seats, hire, calls in (
        (HIGH_SPEED_DAYS, "Z-GD", "高铁务工专列", 600, 255_000, HIGH_SPEED_CALLS),
        (ORDINARY_DAYS, "Z-JS", "普速务工专列", 700, 126_000, ORDINARY_CALLS),
    ):
        for day in days:
            yield train(f"{key}-{day:02d}", "charter", vehicle, seats, (calls[0], calls[-1])) | {
                "available": 2, "from_date": date(2021, 1, day), "to_date": date(2021, 1, day), "fixed_cost": hire,
                "min_passengers": 240, "book_days_before": 31,
            }  # fmt: skip


Call = tuple[str, str, str]  # stop, arrival, departure
HIGH_SPEED_CALLS: tuple[Call, ...] = (
    ("R-TYN", "08:40", "08:40"), ("R-CZD", "09:52", "09:58"), ("R-JCD", "10:30", "10:36"),
    ("R-GZN", "18:20", "18:26"), ("R-HM", "18:44", "18:48"), ("R-SZN", "19:06", "19:06"),
)  # fmt: skip
ORDINARY_CALLS: tuple[Call, ...] = (
    ("R-DT", "07:40", "07:40"), ("R-SUZ", "09:28", "09:36"), ("R-XZ", "11:10", "11:20"), ("R-TY", "12:25", "12:40"),
    ("R-NJ", "04:40+1", "04:50+1"), ("R-WX", "06:45+1", "06:51+1"), ("R-SZ", "07:25+1", "07:25+1"),
)  # fmt: skip


def train(offer_id: str, basis: str, vehicle: str, seats: int, ends: tuple[Call, Call]) -> Row:
    (start, _, departs), (end, arrives, _) = ends
    return {
        "offer_id": offer_id, "mode": "train", "basis": basis, "operator": "铁路局", "vehicle": vehicle, "seats": seats,
        "seat_layout": "3+2", "available": seats, "origin_stop": start, "destination_stop": end, "departs": departs,
        "arrives": arrives, "role": "trunk",
    }  # fmt: skip


def blocks() -> Iterator[Row]:
    """Blocks of seats of ordinary trains, on the days on which their prefectures send people."""
    for key, prefecture, vehicle, seats, start, end, departs, arrives, price in (
        ("AL-GZ", "太原市", "高铁二等座（团体）", 80, "R-TYN", "R-GZN", "09:24", "18:02", 640),
        ("AL-BJ", "太原市", "动车二等座（团体）", 60, "R-TYN", "R-BJX", "10:18", "13:22", 170),
        ("AL-QH", "大同市", "高铁二等座（团体）", 60, "R-DTN", "R-QH", "10:05", "11:58", 118),
        ("AL-XA", "临汾市", "动车二等座（团体）", 60, "R-LFX", "R-XAB", "09:40", "11:42", 122),
    ):
        for day in PREFECTURES[prefecture].heads:
            call_pair = ((start, departs, departs), (end, arrives, arrives))
            yield train(f"{key}-{day:02d}", "allotment", vehicle, seats, call_pair) | {
                "from_date": date(2021, 1, day), "to_date": date(2021, 1, day), "fixed_cost": 800, "seat_cost": price,
                "min_passengers": 30, "book_days_before": 16,
            }  # fmt: skip


def tickets() -> Iterator[Row]:
    for number, (vehicle, seats, start, end, departs, arrives, price) in enumerate(
        (
            ("动车二等座", 8, "R-TYN", "R-BJX", "08:12", "11:20", 178.5),
            ("动车二等座", 8, "R-TYN", "R-BJX", "13:10", "16:14", 178.5),
            ("高铁二等座", 8, "R-DTN", "R-QH", "08:32", "10:21", 124),
            ("动车二等座", 8, "R-YCB", "R-XAB", "09:15", "10:20", 68),
            ("动车二等座", 8, "R-LFX", "R-XAB", "11:02", "13:00", 125.5),
            ("动车二等座", 6, "R-TYN", "R-JNX", "09:05", "12:38", 206),
            ("高铁二等座", 6, "R-TYN", "R-GZN", "10:31", "19:20", 845),
            ("高铁二等座", 6, "R-CZD", "R-GZN", "11:40", "19:52", 780),
            ("普速硬座", 10, "R-TY", "R-NJ", "15:30", "08:40+1", 148.5),
            ("普速硬座", 10, "R-TY", "R-SZ", "15:30", "11:20+1", 172.5),
            ("普速硬座", 10, "R-TY", "R-HZ", "16:22", "14:05+1", 186.5),
        ),
        1,
    ):
        call_pair = ((start, departs, departs), (end, arrives, arrives))
        yield train(f"TK-{number:02d}", "ticket", vehicle, seats, call_pair) | {
            "seat_cost": price, "book_days_before": 3,
        }  # fmt: skip


def coaches() -> Iterator[Row]:
    for name, prefecture in PREFECTURES.items():
        base, most = square_id(name), max(prefecture.heads.values())
        for seats, count in {53: math.ceil(most / 24), 45: 4, 37: 6, 19: 3}.items():
            yield coach(f"CO-{prefecture.code}-{seats}", f"{name[:-1]}长途车队", seats, count, base, "any")
        if name in BY_HIGH_SPEED or name in BY_ORDINARY:
            yield coach(f"FD-{prefecture.code}-45", f"{name[:-1]}公交", 45, 12, base, "feeder", price=0.5)
    for base in ("R-GZN", "R-HM", "R-SZN", "R-NJ", "R-WX", "R-SZ", "R-HZ", "R-BJX", "R-QH", "R-XAB", "R-JNX"):
        for seats, count in {53: 16, 37: 6, 19: 4}.items():
            yield coach(
                f"LM-{base[2:]}-{seats}", f"{STATIONS[base][1][:-1]}接站车队", seats, count, base, "last_mile", 0.8
            )


def calls() -> Iterator[Row]:
    """The charter trains pick up along their way, and let people off along it."""
    for days, key, listed, last_pick_up in (
        (HIGH_SPEED_DAYS, "Z-GD", HIGH_SPEED_CALLS, 3),
        (ORDINARY_DAYS, "Z-JS", ORDINARY_CALLS, 4),
    ):
        for day in days:
            for seq, (at, arrives, departs) in enumerate(listed, 1):
                flags = ("yes", "no") if seq <= last_pick_up else ("no", "yes")
                row = (f"{key}-{day:02d}", seq, at, arrives, departs, *flags)
                yield dict(zip(COLUMNS["calls"], row, strict=True))


def main() -> None:
    """Write every file of the operation into ``--out`` (default: this folder)."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=HERE)
    out: Path = parser.parse_args().out
    rng = Random(20210106)
    sites = employers(rng)
    found = orders(rng, sites)
    for n, site in enumerate(sites):
        site["headcount"] = sum(order.heads for order in found if order.site == n)
    roster = people(rng, sites, found)
    title = "山西省2021年1月“点对点”外出务工人员花名册"
    unit_line = f"填报单位：就业服务处（样例）    填报日期：2020年12月28日    单位：人    合计：{len(roster)}"
    write_roster(out / "workers.xlsx", title, unit_line, date(2020, 12, 28), roster)
    for name, rows in (("employers", sites), ("stops", stops()), ("offers", offers()), ("calls", calls())):
        write_table(out, name, rows)


if __name__ == "__main__":
    main()
