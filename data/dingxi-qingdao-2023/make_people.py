#!/usr/bin/env python3
"""Write the input files of the Dingxi-Qingdao charter train of 1 February 2023: 531 people, 127 employers.

``python make_people.py [--out DIR]``; the same run writes the same bytes. README.md tells what is made up.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from random import Random

HERE = Path(__file__).parent
sys.path.append(str(HERE.parent))

from made_up import (  # noqa: E402 - the folder above has to be on the path first
    COACHES,
    COLUMNS,
    NUMERALS,
    Papers,
    Point,
    Row,
    Town,
    coach,
    distance_km,
    headcounts,
    near,
    towns,
    write_roster,
    write_table,
)

TRAIN_DAY = date(2023, 2, 1)
TOWNS = towns(HERE / "places.csv")

# County: people, older ID prefix that people registered long ago still carry ("" where none is known), coach station.
COUNTIES: dict[str, tuple[int, str, Point]] = {
    "安定区": (70, "622421", (35.5800, 104.6180)),
    "通渭县": (62, "", (35.2079, 105.2506)),
    "陇西县": (66, "", (34.9988, 104.6400)),
    "渭源县": (48, "", (35.1367, 104.2221)),
    "临洮县": (78, "622427", (35.4014, 103.8533)),
    "漳县": (35, "", (34.8490, 104.4670)),
    "岷县": (52, "", (34.4358, 104.0306)),
    "武都区": (26, "", (33.3979, 104.9170)),
    "成县": (12, "", (33.7478, 105.7329)),
    "文县": (10, "", (32.9471, 104.6814)),
    "宕昌县": (16, "", (34.0446, 104.3946)),
    "康县": (8, "", (33.3308, 105.6047)),
    "西和县": (17, "", (34.0108, 105.2919)),
    "礼县": (18, "", (34.1900, 105.1725)),
    "徽县": (9, "", (33.7683, 106.0808)),
    "两当县": (4, "", (33.9097, 106.3022)),
}
# Townships with an assembly point of their own.
GATHERING = {
    "通渭县马营镇", "岷县梅川镇", "岷县闾井镇", "武都区洛塘镇", "武都区角弓镇", "文县临江镇", "宕昌县哈达铺镇",
    "西和县长道镇", "徽县江洛镇", "康县阳坝镇",
}  # fmt: skip
# District of Qingdao: employers, and the industrial areas that they lie around.
DISTRICTS: dict[str, tuple[int, list[Point]]] = {
    "胶州市": (30, [(36.284, 120.003), (36.358, 120.130), (36.138, 119.914)]),
    "黄岛区": (27, [(35.890, 119.975), (35.975, 120.150)]),
    "城阳区": (21, [(36.312, 120.400)]),
    "即墨区": (17, [(36.390, 120.462)]),
    "平度市": (15, [(36.784, 119.960), (36.533, 120.134), (36.992, 120.204)]),
    "莱西市": (8, [(36.859, 120.500), (36.678, 120.529)]),
    "李沧区": (4, [(36.180, 120.415)]),
    "市北区": (3, [(36.112, 120.375)]),
    "崂山区": (2, [(36.130, 120.470)]),
}
DAY_GATES = {4, 33, 61, 90, 118}  # employers that receive from 07:00 to 19:00: their people wait for the morning
TRADES = ["机械", "电子", "食品", "服装", "家电配件", "橡胶", "纺织", "包装", "木业", "水产加工"]


def prefecture(county: str) -> str:
    return "定西市" if TOWNS[county][0].county_code.startswith("6211") else "陇南市"


def stops() -> list[Row]:
    """Every stop but the gates."""
    rows: list[Row] = []

    def add(stop_id: str, name: str, kind: str, city: str, district: str, point: Point) -> None:
        rows.append(dict(zip(COLUMNS["stops"], (stop_id, name, kind, city, district, *point), strict=False)))

    for county, (_, _, point) in COUNTIES.items():
        add(f"A{TOWNS[county][0].county_code}", f"{county}汽车站", "assembly", prefecture(county), county, point)
    gathering = (t for county in TOWNS for t in TOWNS[county] if t.county + t.name in GATHERING)
    for n, t in enumerate(gathering, 1):
        assert t.point is not None, t
        add(f"T{n:02d}", f"{t.county}{t.name}集合点", "assembly", prefecture(t.county), t.county, t.point)
    add("R-DXB", "定西北站", "rail_station", "定西市", "安定区", (35.622, 104.573))
    add("R-TSN", "天水南站", "rail_station", "天水市", "麦积区", (34.541, 105.903))
    add("R-LX", "陇西站", "rail_station", "定西市", "陇西县", (34.964, 104.693))
    add("R-QDB", "青岛北站", "rail_station", "青岛市", "李沧区", (36.169, 120.374))
    add("F-LHW", "兰州中川机场", "airport", "兰州市", "永登县", (36.515, 103.620))
    add("F-TAO", "青岛胶东机场", "airport", "青岛市", "胶州市", (36.366, 120.090))
    add("B-JZ", "胶州汽车站", "coach_station", "青岛市", "胶州市", (36.284, 120.003))
    add("B-PD", "平度汽车站", "coach_station", "青岛市", "平度市", (36.784, 119.946))
    return rows


def employers(rng: Random) -> list[Row]:
    """127 receiving sites, their headcounts 531 in all, gates within 4 km of an industrial area."""
    places = [(d, areas[n % len(areas)]) for d, (count, areas) in DISTRICTS.items() for n in range(count)]
    heads = headcounts(rng, len(places), sum(c[0] for c in COUNTIES.values()), 0.85)
    return [employer(rng, n, district, area, heads[n]) for n, (district, area) in enumerate(places)]


def employer(rng: Random, n: int, district: str, area: Point, heads: int) -> Row:
    lat, lon = near(rng, area, 4)
    night = ("06:00", "02:00") if n % 5 < 2 else ("00:00", "23:59")
    opens, closes = ("07:00", "19:00") if n in DAY_GATES else night
    return {
        "employer_id": f"E{n + 1:03d}", "name": f"{district[:2]}{NUMERALS[n]}字{rng.choice(TRADES)}厂",
        "city": "青岛市", "district": district, "address": f"{district}样例工业园{n + 1}号", "lat": lat, "lon": lon,
        "headcount": heads, "receive_from": opens, "receive_to": closes, "contact": "接站负责人",
        "phone": f"154{rng.randrange(10**8):08d}",
    }  # fmt: skip


def parties(rng: Random, sites: list[Row]) -> Iterator[tuple[str, str, int]]:
    """(county, employer's name, size) of each party; an employer recruits in one to three counties."""
    quota = {county: figures[0] for county, figures in COUNTIES.items()}
    for site in sorted(sites, key=lambda s: -int(str(s["headcount"]))):
        left = int(str(site["headcount"]))
        anchors = rng.choices(list(quota), list(quota.values()), k=min(3, 1 + left // 8))
        while left:
            county = rng.choice([c for c in anchors if quota[c]] or [c for c in quota if quota[c]])
            size = min(left, quota[county], rng.choice((1, 1, 1, 1, 1, 1, 2, 2, 2, 3, 4)))
            left -= size
            quota[county] -= size
            yield county, str(site["name"]), size


def boarding_stop(rng: Random, town: Town) -> str:
    """For one party in ten the name of the assembly stop nearest to home, else empty."""
    if rng.random() >= 0.1:
        return ""
    home = town.point or COUNTIES[town.county][2]
    gathering = [s for s in stops() if s["kind"] == "assembly"]
    return str(min(gathering, key=lambda s: distance_km((float(str(s["lat"])), float(str(s["lon"]))), home))["name"])


def people(rng: Random, sites: list[Row]) -> list[dict[str, str]]:
    """The 531, party by party; in four parties the last is a child who travels with the first."""
    papers = Papers(rng, TRAIN_DAY)
    rows: list[dict[str, str]] = []
    party = children = 0
    for county, site, size in parties(rng, sites):
        party += size > 1
        town = rng.choice(TOWNS[county])
        shared = {
            "户籍地": f"甘肃省{prefecture(county)}{county}{town.name}",
            "上车点": boarding_stop(rng, town),
            "用工企业": site,
            "可出发日期": ready(rng, county),
            "到岗日期": "2023-02-02 20:00",
            "同行组": f"P{party:03d}" if size > 1 else "",
        }
        child = size > 1 and children < 4 and rng.random() < 0.06
        children += child
        leader = f"DX{len(rows) + 1:03d}"
        for i in range(size):
            minor = child and i == size - 1
            rows.append(person(rng, papers, f"DX{len(rows) + 1:03d}", town, shared, leader if minor else ""))
    return with_needs(rows)


def ready(rng: Random, county: str) -> str:
    """Longnan's people are called together in the evening before; a few of the others may come on that day too."""
    if prefecture(county) == "陇南市":
        return "2023-01-31 18:00"
    return "2023-01-31" if rng.random() < 0.05 else "2023-02-01"


def person(
    rng: Random, papers: Papers, number: str, town: Town, shared: dict[str, str], guardian: str
) -> dict[str, str]:
    old = COUNTIES[town.county][1]
    code = old if old and not guardian and rng.random() < 0.3 else town.county_code
    return {
        "编号": number, "姓名": papers.name(),
        "身份证号码": papers.id_number(code, *((8, 15) if guardian else (19, 56))), "联系电话": papers.phone(),
        **shared, "监护人": guardian, "不可乘": "", "备注": "随行子女" if guardian else "",
        "资金类别": rng.choices(("一般户", "脱贫户", "监测户"), (50, 42, 8))[0],
    }  # fmt: skip


def with_needs(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """A wheelchair, two pregnancies and two people who may not fly, on fixed rows of adults."""
    adults = [row for row in rows if not row["监护人"]]
    adults[110]["备注"] = "wheelchair"
    adults[195] |= {"备注": "pregnant", "不可乘": "flight"}
    adults[330]["备注"] = "pregnant"
    adults[432]["不可乘"] = "flight"
    return rows


def offers() -> Iterator[Row]:
    """Quotes: the charter train, ordinary seats, county feeders, long-distance coaches, Qingdao's last mile."""
    yield {
        "offer_id": "Z-G2093", "mode": "train", "basis": "charter", "operator": "铁路局",
        "vehicle": "G2093/G2096次劳务专列", "seats": 613, "seat_layout": "3+2", "available": 1,
        "from_date": TRAIN_DAY, "to_date": TRAIN_DAY, "origin_stop": "R-DXB", "destination_stop": "R-QDB",
        "departs": "10:30", "arrives": "21:30", "fixed_cost": 211400, "min_passengers": 300, "role": "trunk",
        "book_days_before": 31,
    }  # fmt: skip
    days = {"from_date": date(2023, 1, 31), "to_date": date(2023, 2, 2)}
    for offer in (*tickets(), *coaches()):
        yield offer | days


def tickets() -> Iterator[Row]:
    for offer_id, mode, vehicle, left, start, end, leaves, arrives, price in (
        ("TK-01", "train", "动车二等座", 8, "R-DXB", "R-QDB", "07:38", "18:12", 712),
        ("TK-02", "train", "动车二等座", 8, "R-TSN", "R-QDB", "08:47", "18:12", 645),
        ("TK-03", "train", "动车二等座", 6, "R-DXB", "R-QDB", "09:41", "21:52", 712),
        ("TK-04", "train", "普速硬座", 6, "R-LX", "R-QDB", "02:40", "06:50+1", 205),
        ("FL-01", "flight", "经济舱", 6, "F-LHW", "F-TAO", "13:20", "15:50", 1180),
    ):
        yield {
            "offer_id": offer_id, "mode": mode, "basis": "ticket", "vehicle": vehicle, "seats": left,
            "operator": "铁路局" if mode == "train" else "航空公司", "seat_layout": "3+2" if mode == "train" else "3+3",
            "available": left, "origin_stop": start, "destination_stop": end, "departs": leaves, "arrives": arrives,
            "seat_cost": price, "role": "trunk", "book_days_before": 3,
        }  # fmt: skip


def coaches() -> Iterator[Row]:
    for county, (heads, _, _) in COUNTIES.items():
        base = f"A{TOWNS[county][0].county_code}"
        for seats, count in ({37: 3, 45: 3, 53: 2} if heads > 30 else {19: 2, 37: 1, 45: 1}).items():
            yield coach(f"FD-{base}-{seats}", f"{county}车队", seats, count, base, "feeder")
    for base, operator in (("A621102", "定西长途车队"), ("A621202", "陇南长途车队")):
        for seats, count in {45: 3, 53: 4}.items():
            yield coach(f"LH-{base}-{seats}", operator, seats, count, base, "trunk", price=1.2)
    for base, operator, count in (
        ("R-QDB", "青岛接站车队", 8),
        ("B-JZ", "胶州接站车队", 4),
        ("B-PD", "平度接站车队", 3),
    ):
        for seats in (s for s in COACHES if s > 7):
            yield coach(f"LM-{base}-{seats}", operator, seats, count, base, "last_mile", price=0.9)


def calls() -> Iterator[Row]:
    """The charter train stops once on the way, where Longnan's people can join it."""
    for call in (
        ("Z-G2093", 1, "R-DXB", "10:30", "10:30", "yes", "no"),
        ("Z-G2093", 2, "R-TSN", "11:26", "11:31", "yes", "no"),
        ("Z-G2093", 3, "R-QDB", "21:30", "21:30", "no", "yes"),
    ):
        yield dict(zip(COLUMNS["calls"], call, strict=True))


def main() -> None:
    """Write every file of the operation into ``--out`` (default: this folder)."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=HERE)
    out: Path = parser.parse_args().out
    rng = Random(20230201)
    sites = employers(rng)
    roster = people(rng, sites)
    title = "2023年定西、陇南赴青岛“点对点”返岗务工人员花名册"
    unit_line = f"填报单位：劳务工作办公室（样例）    填报日期：2023年1月29日    单位：人    合计：{len(roster)}"
    write_roster(out / "workers.xlsx", title, unit_line, date(2023, 1, 29), roster)
    for name, rows in (("employers", sites), ("stops", stops()), ("offers", offers()), ("calls", calls())):
        write_table(out, name, rows)


if __name__ == "__main__":
    main()
