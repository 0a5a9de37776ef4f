#!/usr/bin/env python3
"""Write the input files of Zunyi's point-to-point transport of 27 January to 8 February 2023: 20,000 people and more.

``python make_people.py [--out DIR]``; the same run writes the same bytes. README.md tells what is made up.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import cycle, pairwise
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
    call,
    coach,
    county_seats,
    county_towns,
    distance_km,
    near,
    seats,
    write_roster,
    write_table,
)

FIRST_DAY, LAST_DAY = date(2023, 1, 27), date(2023, 2, 8)
GEO = HERE.parents[1] / "dispatch" / "geo" / "data"
TOWNS = county_towns(GEO, county_seats(GEO, "5203"))
CHUNK = 110  # people whom one employer takes from one county at a time, about
HOME_KM = 38.0  # townships farther from their assembly point than this send nobody here


@dataclass(frozen=True, slots=True)
class County:
    """A sending county: full name, code, the code of before 1997 that older people carry, assembly points."""

    name: str
    code: str
    old_code: str
    squares: tuple[tuple[str, str, Point], ...]  # stop, name, point; the county seat first


def _county(name: str, code: str, old_code: str, *squares: tuple[str, Point]) -> County:
    rows = tuple((f"A{code}" + f"-{n}" * (n > 0), place, point) for n, (place, point) in enumerate(squares))
    return County(name, code, old_code, rows)


# The name that the lists below use, and the county.
COUNTIES: dict[str, County] = {
    "红花岗": _county(
        "红花岗区",
        "520302",
        "522101",
        ("红花岗区人力资源市场", (27.687, 106.907)),
        ("新蒲新区集合点", (27.720, 107.032)),
    ),
    "汇川": _county("汇川区", "520303", "522101", ("汇川区人力资源市场", (27.750, 106.935))),
    "播州": _county("播州区", "520304", "522121", ("播州区客运站", (27.536, 106.830))),
    "桐梓": _county(
        "桐梓县", "520322", "522122", ("桐梓县客运站", (28.137, 106.822)), ("松坎镇集合点", (28.550, 106.860))
    ),
    "绥阳": _county("绥阳县", "520323", "522123", ("绥阳县客运站", (27.950, 107.191))),
    "正安": _county("正安县", "520324", "522124", ("正安县客运站", (28.553, 107.439))),
    "道真": _county("道真仡佬族苗族自治县", "520325", "522125", ("道真县客运站", (28.889, 107.594))),
    "务川": _county("务川仡佬族苗族自治县", "520326", "522126", ("务川县客运站", (28.526, 107.887))),
    "凤冈": _county("凤冈县", "520327", "522127", ("凤冈县客运站", (27.955, 107.720))),
    "湄潭": _county("湄潭县", "520328", "522128", ("湄潭县客运站", (27.770, 107.490))),
    "余庆": _county("余庆县", "520329", "522129", ("余庆县客运站", (27.224, 107.890))),
    "习水": _county(
        "习水县", "520330", "522132", ("习水县客运站", (28.331, 106.214)), ("温水镇集合点", (28.4506, 106.5267))
    ),
    "赤水": _county("赤水市", "520381", "522131", ("赤水市客运站", (28.590, 105.697))),
    "仁怀": _county("仁怀市", "520382", "522130", ("仁怀市客运站", (27.792, 106.401))),
}
SECOND_SQUARE = {"红花岗": 0.3, "桐梓": 0.15, "习水": 0.15}  # share of a county's groups that gather there
XINPU = {"新蒲街道", "新中街道", "礼仪街道", "新舟镇", "永乐镇", "喇叭镇", "虾子镇", "三渡镇"}


@dataclass(frozen=True, slots=True)
class Park:
    """An industrial park: where, how many employers, and who is sent there: county, people, day of readiness."""

    city: str
    district: str
    point: Point
    employers: int
    flows: tuple[tuple[str, int, date], ...]


def _park(city: str, district: str, point: Point, employers: int, sent: str) -> Park:
    """``sent`` reads like ``正安 310 1.27`` separated by commas."""
    flows = []
    for words in sent.split(","):
        county, people, day = words.split()
        month, number = day.split(".")
        flows.append((county, int(people), date(2023, int(month), int(number))))
    return Park(city, district, point, employers, tuple(flows))


# fmt: off
PARKS = (
    _park("珠海市", "金湾区", (22.100, 113.360), 10,
          "正安 310 1.27, 道真 210 1.27, 湄潭 190 1.31, 习水 240 1.31, 凤冈 160 2.3, 务川 270 2.3"),
    _park("珠海市", "斗门区", (22.210, 113.200), 7,
          "桐梓 260 1.27, 播州 230 1.27, 务川 150 1.31, 余庆 170 1.31, 绥阳 200 2.3"),
    _park("珠海市", "香洲区", (22.225, 113.490), 5, "红花岗 180 1.27, 汇川 160 1.27, 凤冈 280 2.3"),
    _park("广州市", "番禺区", (22.930, 113.400), 4, "播州 210 1.27, 仁怀 310 1.30"),
    _park("广州市", "南沙区", (22.780, 113.530), 6, "正安 260 1.30, 绥阳 240 2.2, 桐梓 300 2.2"),
    _park("广州市", "增城区", (23.130, 113.620), 4, "道真 220 1.30, 务川 260 2.2"),
    _park("深圳市", "宝安区", (22.680, 113.860), 6, "习水 300 1.28, 仁怀 260 2.1, 凤冈 260 2.4"),
    _park("深圳市", "龙华区", (22.680, 114.020), 4, "正安 270 1.28, 余庆 210 2.1"),
    _park("东莞市", "长安镇", (22.800, 113.790), 10,
          "桐梓 320 1.29, 播州 280 1.29, 湄潭 220 2.2, 绥阳 260 2.2, 道真 320 2.5"),
    _park("东莞市", "大朗镇", (22.940, 113.940), 6, "务川 310 1.29, 凤冈 290 2.2, 习水 320 2.5"),
    _park("佛山市", "顺德区", (22.790, 113.270), 8,
          "正安 330 1.28, 湄潭 180 1.28, 赤水 210 2.1, 仁怀 280 2.1, 余庆 200 2.5"),
    _park("中山市", "火炬开发区", (22.560, 113.470), 4, "桐梓 310 1.30, 绥阳 300 2.3"),
    _park("中山市", "三角镇", (22.690, 113.430), 4, "红花岗 140 1.30, 正安 210 1.30, 播州 250 2.3"),
    _park("杭州市", "钱塘区", (30.280, 120.500), 9,
          "播州 330 1.27, 桐梓 250 1.27, 红花岗 180 1.30, 仁怀 250 1.30, 务川 200 2.3"),
    _park("杭州市", "余杭区", (30.420, 120.270), 5, "汇川 190 1.27, 湄潭 240 1.27, 绥阳 260 1.30"),
    _park("宁波市", "北仑区", (29.900, 121.820), 7, "习水 300 1.28, 播州 230 1.28, 正安 280 2.2, 汇川 200 2.2"),
    _park("金华市", "义乌市", (29.300, 120.050), 6, "绥阳 230 1.31, 桐梓 240 1.31, 凤冈 220 2.4"),
    _park("上海市", "松江区", (31.030, 121.220), 7, "红花岗 210 1.29, 汇川 180 1.29, 仁怀 300 2.3, 道真 310 2.3"),
    _park("苏州市", "昆山市", (31.380, 120.980), 8, "播州 310 1.30, 桐梓 270 1.30, 习水 260 2.4, 正安 360 2.4"),
    _park("福州市", "福清市", (25.680, 119.400), 6, "湄潭 260 1.28, 务川 330 2.1, 播州 310 2.1"),
    _park("泉州市", "晋江市", (24.740, 118.520), 10,
          "余庆 180 1.29, 仁怀 280 1.29, 红花岗 120 1.29, 习水 480 2.2, 赤水 260 2.2"),
    _park("泉州市", "石狮市", (24.730, 118.650), 4, "凤冈 280 1.29, 习水 220 2.2"),
    _park("厦门市", "同安区", (24.740, 118.150), 5, "赤水 200 1.31, 仁怀 240 1.31, 绥阳 240 2.4"),
    _park("漳州市", "龙海区", (24.530, 117.900), 5, "道真 190 1.30, 余庆 190 1.30, 正安 230 2.5"),
)
TRADES = ["电子", "家电", "机械", "鞋服", "纺织", "食品", "五金", "塑料", "玩具", "光学", "灯饰", "包装"]
STATIONS = (  # stop, name, kind, city, district, point
    ("R-TZD", "桐梓东站", "rail_station", "遵义市", "桐梓县", (28.128, 106.848)),
    ("R-LSG", "娄山关南站", "rail_station", "遵义市", "汇川区", (27.925, 106.880)),
    ("R-ZY", "遵义站", "rail_station", "遵义市", "红花岗区", (27.647, 106.884)),
    ("R-ZYN", "遵义南站", "rail_station", "遵义市", "播州区", (27.470, 106.840)),
    ("F-ZYI", "遵义新舟机场", "airport", "遵义市", "红花岗区", (27.810, 107.247)),
    ("F-WMT", "遵义茅台机场", "airport", "遵义市", "仁怀市", (27.816, 106.334)),
    ("R-GZN", "广州南站", "rail_station", "广州市", "番禺区", (22.989, 113.268)),
    ("R-GZ", "广州站", "rail_station", "广州市", "越秀区", (23.149, 113.257)),
    ("R-ZSB", "中山北站", "rail_station", "中山市", "石岐街道", (22.558, 113.377)),
    ("R-ZH", "珠海站", "rail_station", "珠海市", "香洲区", (22.217, 113.549)),
    ("R-HM", "虎门站", "rail_station", "东莞市", "虎门镇", (22.861, 113.673)),
    ("R-SZB", "深圳北站", "rail_station", "深圳市", "龙华区", (22.610, 114.029)),
    ("R-HZD", "杭州东站", "rail_station", "杭州市", "上城区", (30.291, 120.213)),
    ("R-YW", "义乌站", "rail_station", "金华市", "义乌市", (29.347, 120.024)),
    ("R-NB", "宁波站", "rail_station", "宁波市", "海曙区", (29.862, 121.538)),
    ("R-SHHQ", "上海虹桥站", "rail_station", "上海市", "闵行区", (31.196, 121.316)),
    ("R-KSN", "昆山南站", "rail_station", "苏州市", "昆山市", (31.376, 120.953)),
    ("R-FZN", "福州南站", "rail_station", "福州市", "仓山区", (25.986, 119.390)),
    ("R-JJ", "晋江站", "rail_station", "泉州市", "晋江市", (24.715, 118.467)),
    ("R-XMB", "厦门北站", "rail_station", "厦门市", "集美区", (24.637, 118.073)),
    ("R-ZZ", "漳州站", "rail_station", "漳州市", "龙海区", (24.442, 117.700)),
    ("F-ZUH", "珠海金湾机场", "airport", "珠海市", "金湾区", (22.006, 113.376)),
    ("F-CAN", "广州白云机场", "airport", "广州市", "白云区", (23.392, 113.299)),
    ("F-HGH", "杭州萧山机场", "airport", "杭州市", "萧山区", (30.229, 120.434)),
    ("F-JJN", "泉州晋江机场", "airport", "泉州市", "晋江市", (24.796, 118.590)),
)
# Ordinary seats: offer, mode, vehicle, seats a day, price, then the calls: where people board, where they alight.
SEATS = (
    ("TK-GZ1", "train", "动车二等座", 80, 412, "R-TZD 07:52, R-ZY 08:21", "R-GZN 14:06"),
    ("TK-GZ2", "train", "动车二等座", 60, 405, "R-ZY 13:12, R-ZYN 13:26", "R-GZN 18:58"),
    ("TK-ZH1", "train", "动车二等座", 60, 466, "R-LSG 08:46, R-ZY 09:05", "R-ZSB 15:34, R-ZH 16:08"),
    ("TK-SZ1", "train", "动车二等座", 60, 472, "R-TZD 09:58, R-ZY 10:30", "R-HM 16:52, R-SZB 17:20"),
    ("TK-GZK", "train", "普速硬座", 50, 184, "R-ZY 15:40", "R-GZ 13:10+1"),
    ("TK-HZ1", "train", "高铁二等座", 120, 598, "R-TZD 07:20, R-ZY 07:55", "R-YW 16:38, R-HZD 17:22"),
    ("TK-HZ2", "train", "高铁二等座", 100, 598, "R-ZY 09:40, R-ZYN 09:54", "R-YW 18:21, R-HZD 19:05"),
    ("TK-NB1", "train", "高铁二等座", 100, 632, "R-LSG 08:01, R-ZY 08:20", "R-NB 18:42"),
    ("TK-SH1", "train", "高铁二等座", 150, 655, "R-TZD 08:22, R-ZY 08:55", "R-SHHQ 18:55, R-KSN 19:30"),
    ("TK-HZK", "train", "普速硬座", 60, 232, "R-ZY 11:20", "R-YW 10:41+1, R-HZD 12:30+1"),
    ("TK-FZ1", "train", "动车二等座", 90, 594, "R-ZY 07:30, R-ZYN 07:44", "R-FZN 17:12"),
    ("TK-QZ1", "train", "动车二等座", 90, 618, "R-TZD 07:38, R-ZY 08:10", "R-ZZ 17:58, R-XMB 18:24, R-JJ 18:52"),
    ("FL-CAN", "flight", "经济舱", 12, 760, "F-ZYI 15:20", "F-CAN 17:05"),
    ("FL-HGH", "flight", "经济舱", 10, 880, "F-ZYI 12:40", "F-HGH 15:00"),
)
# Hired trains and flights: offer, mode, vehicle, day, seats, hire, least people, calls as above.
HIRED = (
    ("Z-0202", "train", "福建返岗专列", "2023-02-02", 613, 262000, 400,
     "R-ZY 07:05, R-ZYN 07:20", "R-FZN 16:35, R-JJ 17:40, R-XMB 18:15"),
    ("B-0131", "flight", "珠海务工包机", "2023-01-31", 189, 75600, 120, "F-WMT 10:40", "F-ZUH 12:40"),
    ("B-0202", "flight", "晋江务工包机", "2023-02-02", 189, 98000, 120, "F-WMT 10:10", "F-JJN 12:30"),
)
GUANGDONG = ("R-TZD 11:25, R-ZY 12:00, R-ZYN 12:15", "R-GZN 17:52, R-ZSB 18:40, R-ZH 19:12")
ZHEJIANG = ("R-TZD 08:25, R-ZY 09:00, R-ZYN 09:16", "R-YW 17:50, R-HZD 18:35")
# The first train of 27 January as the article's text has it, and as its caption; the other train runs later.
READINGS = {
    "": (
        ("Z-0127", "train", "珠海、广州返岗专列", "2023-01-27", 613, 186000, 400, *GUANGDONG),
        ("Z-0130", "train", "杭州返岗专列", "2023-01-30", 613, 272000, 400, *ZHEJIANG),
    ),
    "-hangzhou": (
        ("Z-0127", "train", "G1339次返岗专列", "2023-01-27", 613, 272000, 400, *ZHEJIANG),
        ("Z-0128", "train", "珠海、广州返岗专列", "2023-01-28", 613, 186000, 400, *GUANGDONG),
    ),
}
# fmt: on


@dataclass(frozen=True, slots=True)
class Group:
    """People of one county whom one employer takes, from one assembly point on one day."""

    county: str
    square: int
    site: str
    people: int
    ready: date
    report: str


def stops() -> list[Row]:
    """Every stop but the gates."""
    squares = [
        (stop, name, "assembly", "遵义市", county.name, point)
        for county in COUNTIES.values()
        for stop, name, point in county.squares
    ]
    return [
        dict(zip(COLUMNS["stops"], (stop, name, kind, city, district, *point), strict=False))
        for stop, name, kind, city, district, point in (*squares, *STATIONS)
    ]


def sites_and_groups(rng: Random) -> tuple[list[Row], list[Group]]:
    """Employers, gates within 2.5 km of their park's middle, and who is sent to each."""
    sites: list[Row] = []
    groups: list[Group] = []
    for park in PARKS:
        here = [employer(rng, len(sites) + n, n, park) for n in range(park.employers)]
        sent = list(groups_of(rng, park, [str(site["name"]) for site in here]))
        for site in here:
            site["headcount"] = sum(g.people for g in sent if g.site == site["name"])
        sites += here
        groups += sent
    return sites, groups


def employer(rng: Random, number: int, n: int, park: Park) -> Row:
    lat, lon = near(rng, park.point, 2.5)
    opens, closes = ("06:00", "23:00") if number % 9 == 4 else ("00:00", "23:59")
    return {
        "employer_id": f"E{number + 1:03d}", "name": f"{park.district[:2]}{NUMERALS[n]}字{rng.choice(TRADES)}厂",
        "city": park.city, "district": park.district, "address": f"{park.district}样例工业园{n + 1}号",
        "lat": lat, "lon": lon, "headcount": 0, "receive_from": opens, "receive_to": closes, "contact": "接站负责人",
        "phone": f"154{rng.randrange(10**8):08d}",
    }  # fmt: skip


def groups_of(rng: Random, park: Park, names: list[str]) -> Iterator[Group]:
    """Each flow cut into employers' groups; the employers take turns."""
    turn = cycle(rng.sample(names, len(names)))
    takers = sum(max(1, round(people / CHUNK)) for _, people, _ in park.flows)
    assert takers >= len(names), park
    for county, people, ready in park.flows:
        parts = cut(rng, people + rng.randrange(-9, 10), max(1, round(people / CHUNK)))
        for part in parts:
            square = int(rng.random() < SECOND_SQUARE.get(county, 0))
            yield Group(county, square, next(turn), part, ready, report(park, county, ready))


def cut(rng: Random, people: int, parts: int) -> list[int]:
    """``people`` in so many parts, one in five of them small."""
    weights = [rng.choice((0.12, 0.6, 0.9, 1.2, 1.6)) for _ in range(parts)]
    edges = [round(people * sum(weights[:n]) / sum(weights)) for n in range(parts + 1)]
    return [b - a for a, b in pairwise(edges)]


def report(park: Park, county: str, ready: date) -> str:
    """Two days after the first possible one, farther away three; Xishui's for Zhuhai are awaited the next morning."""
    if (park.city, county) == ("珠海市", "习水"):
        return f"{ready + timedelta(days=1)} 08:00"
    near_by = park.city in {"珠海市", "广州市", "深圳市", "东莞市", "佛山市", "中山市"}
    return f"{ready + timedelta(days=2 if near_by else 3)} 20:00"


def homes(county: str, square: int) -> list[Town]:
    """Townships of a county that gather at one of its squares; Xinpu's are eight of Honghuagang's."""
    towns = TOWNS[COUNTIES[county].code]
    if county == "红花岗":
        return [t for t in towns if (t.name in XINPU) == bool(square)]
    squares = [point for _, _, point in COUNTIES[county].squares]
    return [t for t in towns if gathers_at(t.point, squares) == square]


def gathers_at(home: Point | None, squares: list[Point]) -> int:
    """The nearest square, -1 where it is too far; the county seat's where the home's place is not known."""
    if home is None:
        return 0
    away = [distance_km(home, square) for square in squares]
    return away.index(min(away)) if min(away) < HOME_KM else -1


def people(rng: Random, groups: list[Group]) -> Iterator[dict[str, str]]:
    """Everybody, group by group and party by party; now and then a child travels with the first of a party."""
    papers = Papers(rng, FIRST_DAY)
    number = party = 0
    for group in groups:
        some = rng.sample(near_by := homes(group.county, group.square), min(3, len(near_by)))
        left = group.people
        while left:
            size = min(left, rng.choice((1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 3, 4)))
            left -= size
            party += size > 1
            town = rng.choice(some)
            stop = COUNTIES[group.county].squares[group.square][1]
            shared = {
                "户籍地": f"贵州省遵义市{town.county}{town.name}",
                "上车点": stop if group.square or rng.random() < 0.1 else "",
                "用工企业": group.site,
                "可出发日期": group.ready.isoformat(),
                "到岗日期": group.report,
                "同行组": f"P{party:04d}" if size > 1 else "",
            }
            child = size > 1 and rng.random() < 0.02
            leader = f"ZY{number + 1:05d}"
            for i in range(size):
                number += 1
                minor = child and i == size - 1
                yield person(rng, papers, f"ZY{number:05d}", COUNTIES[group.county], shared, leader if minor else "")


def person(
    rng: Random, papers: Papers, number: str, county: County, shared: dict[str, str], guardian: str
) -> dict[str, str]:
    old = not guardian and rng.random() < 0.4
    ages = (8, 15) if guardian else (27, 56) if old else (19, 50)
    needs = rng.choices(("", "wheelchair", "pregnant"), (9960, 15, 25))[0]
    return {
        "编号": number, "姓名": papers.name(),
        "身份证号码": papers.id_number(county.old_code if old else county.code, *ages), "联系电话": papers.phone(),
        **shared, "监护人": guardian,
        "不可乘": "flight" if needs == "pregnant" or rng.random() < 0.004 else "",
        "备注": "随行子女" if guardian else needs,
        "资金类别": rng.choices(("一般户", "脱贫户", "监测户"), (58, 36, 6))[0],
    }  # fmt: skip


def offers(reading: str) -> Iterator[Row]:
    """Quotes: hired trains and flights, ordinary seats, county fleets, feeders, shuttles at the stations."""
    for hired in (*READINGS[reading], *HIRED):
        yield hire(*hired)
    days = {"from_date": FIRST_DAY, "to_date": LAST_DAY}
    for offer_id, mode, vehicle, count, price, board, alight in SEATS:
        (start, leaves), (end, arrives) = way(board)[0], way(alight)[-1]
        yield seats(offer_id, mode, vehicle, count, (start, end), (leaves, arrives), price) | days
    for offer in coaches():
        yield offer | days


def hire(
    offer_id: str, mode: str, vehicle: str, day: str, count: int, price: int, least: int, board: str, alight: str
) -> Row:
    """A whole train or flight on one day."""
    (start, leaves), (end, arrives) = way(board)[0], way(alight)[-1]
    return {
        "offer_id": offer_id, "mode": mode, "basis": "charter", "operator": "铁路局" if mode == "train" else "航空公司",
        "vehicle": vehicle, "seats": count, "seat_layout": "3+2" if mode == "train" else "3+3", "available": 1,
        "from_date": day, "to_date": day, "origin_stop": start, "destination_stop": end, "departs": leaves,
        "arrives": arrives, "fixed_cost": price, "min_passengers": least, "role": "trunk",
        "book_days_before": 15 if mode == "train" else 7,
    }  # fmt: skip


def way(calls_at: str) -> list[tuple[str, str]]:
    """``R-ZY 12:00, R-ZYN 12:15`` as pairs."""
    return [(stop, at) for stop, at in (words.split() for words in calls_at.split(","))]


def coaches() -> Iterator[Row]:
    """Fleets of every square, all the way and to the stations, and of every station of arrival."""
    for short, county in COUNTIES.items():
        own = short == "凤冈"  # runs coaches of its own, which the article shows
        operator = f"{county.name}返岗复工专车" if own else f"{county.name}车队"
        for number, (base, _, _) in enumerate(county.squares):
            fleet = {45: 2, 53: 2} if number else {37: 2, 45: 4, 53: 9 if own else 6}
            for size, count in fleet.items():
                yield coach(f"LH-{base}-{size}", operator, size, count, base, "trunk", price=1.05)
            for size, count in {19: 3, 37: 3, 45: 3, 53: 5}.items():
                yield coach(f"FD-{base}-{size}", f"{county.name}车队", size, count, base, "feeder")
    for stop, name, _, city, _, _ in STATIONS:
        if city != "遵义市":
            for size, count in {19: 4, 37: 4, 45: 4, 53: 8}.items():
                yield coach(f"LM-{stop}-{size}", f"{name}接驳车队", size, count, stop, "last_mile", price=0.9)


def calls(reading: str) -> Iterator[Row]:
    """The way of every train and flight, with a stand of three minutes on it."""
    for offer_id, board, alight in (
        *((h[0], *h[-2:]) for h in (*READINGS[reading], *HIRED)),
        *((s[0], *s[-2:]) for s in SEATS),
    ):
        ends = [(stop, at, "board") for stop, at in way(board)] + [(stop, at, "alight") for stop, at in way(alight)]
        for seq, (stop, at, purpose) in enumerate(ends, 1):
            on_the_way = purpose == "alight" and seq < len(ends)
            yield call(offer_id, seq, stop, (at, later(at, 3) if on_the_way else at), purpose)


def later(at: str, minutes: int) -> str:
    """``17:52`` or ``10:41+1`` so many minutes later."""
    clock, _, days = at.partition("+")
    hour, minute = map(int, clock.split(":"))
    total = 60 * hour + minute + minutes
    day = int(days or 0) + total // 1440
    return f"{total // 60 % 24:02d}:{total % 60:02d}" + f"+{day}" * (day > 0)


def main() -> None:
    """Write every file of the operation into ``--out`` (default: this folder)."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=HERE)
    out: Path = parser.parse_args().out
    rng = Random(20230127)
    sites, groups = sites_and_groups(rng)
    roster = list(people(rng, groups))
    title = "2023年遵义市“点对点、一站式”返岗务工人员花名册"
    unit_line = f"填报单位：市就业局（样例）    填报日期：2023年1月25日    单位：人    合计：{len(roster)}"
    write_roster(out / "workers.xlsx", title, unit_line, date(2023, 1, 25), roster)
    for name, rows in (("employers", sites), ("stops", stops())):
        write_table(out, name, rows)
    for reading in READINGS:
        write_table(out, "offers", offers(reading), file=f"offers{reading}")
        write_table(out, "calls", calls(reading), file=f"calls{reading}")


if __name__ == "__main__":
    main()
