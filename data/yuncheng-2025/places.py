"""Where Yuncheng's people live, leave and arrive: counties, stations, the service stations outside the province."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from made_up import COLUMNS, Point, Row, county_seats, county_towns

GEO = Path(__file__).parents[2] / "dispatch" / "geo" / "data"
SEATS = county_seats(GEO, "")
HOME = {code: seat for code, seat in SEATS.items() if code.startswith("1408")}
TOWNS = county_towns(GEO, HOME)

# Share of each county, in percent.
SHARES = {
    "140802": 14, "140821": 12, "140822": 12, "140823": 8, "140824": 8, "140825": 6, "140826": 5, "140827": 4,
    "140828": 6, "140829": 5, "140830": 6, "140881": 8, "140882": 6,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class City:
    """A receiving city: the season's travellers, division codes of its provincial and municipal service stations."""

    name: str
    travellers: int
    provincial: tuple[str, ...]
    municipal: tuple[str, ...]

    @property
    def prefix(self) -> str:
        """How the codes of the city's divisions begin; a directly governed city has all of the province's."""
        code = (*self.provincial, *self.municipal)[0]
        return code[:2] if code[:2] in {"11", "12", "31"} else code[:4]


# Cities that share departures stand together; travellers are 3,000 in all, the stations 18 and 43.
REGIONS: dict[str, list[City]] = {
    "hu": [
        City("上海市", 371, ("310115",), ("310117", "310114", "310118", "310112", "310115")),
        City("嘉兴市", 40, (), ("330402",)),
    ],
    "su": [
        City("苏州市", 265, ("320506",), ("320583", "320509", "320585", "320505")),
        City("无锡市", 106, ("320214",), ("320281",)),
        City("常州市", 40, (), ("320412",)),
        City("南京市", 53, (), ("320115", "320111")),
    ],
    "zhe": [
        City("金华市", 265, ("330782",), ("330782", "330784")),
        City("杭州市", 140, ("330110",), ("330109", "330106")),
        City("宁波市", 90, ("330212",), ("330206",)),
        City("温州市", 35, (), ("330303",)),
    ],
    "yue": [
        City("深圳市", 318, ("440306",), ("440307", "440309", "440305")),
        City("东莞市", 100, ("441900",), ("441900",)),
        City("广州市", 130, ("440113",), ("440114", "440111")),
        City("佛山市", 40, (), ("440605",)),
        City("惠州市", 20, (), ("441302",)),
        City("珠海市", 20, (), ("440402",)),
    ],
    "min": [
        City("泉州市", 170, ("350503",), ("350582", "350581")),
        City("厦门市", 30, ("350206",), ()),
        City("福州市", 15, (), ("350105",)),
    ],
    "jing": [
        City("天津市", 200, ("120116",), ("120111", "120114", "120110")),
        City("北京市", 230, ("110115",), ("110105", "110113", "110106")),
    ],
    "xi": [
        City("西安市", 90, ("610112",), ("610117",)),
        City("鄂尔多斯市", 45, ("150602",), ()),
    ],
    "zhong": [
        City("郑州市", 60, ("410122",), ("410104",)),
        City("洛阳市", 25, (), ("410311",)),
        City("武汉市", 35, ("420112",), ()),
    ],
    "lu": [
        City("青岛市", 40, ("370211",), ()),
        City("济南市", 15, (), ("370112",)),
        City("烟台市", 12, (), ("370611",)),
    ],
}
CITIES = [city for cities in REGIONS.values() for city in cities]

# Id: name, kind, city, division code, point.
POINTS: dict[str, tuple[str, str, str, str, Point]] = {
    "R-YC": ("运城站", "rail_station", "运城市", "140802", (35.031, 110.986)),
    "R-YCB": ("运城北站", "rail_station", "运城市", "140802", (35.071, 110.972)),
    "R-YJ": ("永济站", "rail_station", "运城市", "140881", (34.884, 110.449)),
    "R-YJB": ("永济北站", "rail_station", "运城市", "140881", (34.902, 110.452)),
    "R-WXX": ("闻喜西站", "rail_station", "运城市", "140823", (35.372, 111.175)),
    "R-SMX": ("三门峡南站", "rail_station", "三门峡市", "411202", (34.731, 111.172)),
    "F-YCU": ("运城盐湖机场", "airport", "运城市", "140802", (35.116, 111.031)),
    "R-SHHQ": ("上海虹桥站", "rail_station", "上海市", "310112", (31.196, 121.316)),
    "R-SH": ("上海站", "rail_station", "上海市", "310106", (31.251, 121.451)),
    "R-SZB": ("苏州北站", "rail_station", "苏州市", "320507", (31.424, 120.640)),
    "R-SUZ": ("苏州站", "rail_station", "苏州市", "320508", (31.331, 120.608)),
    "R-WX": ("无锡站", "rail_station", "无锡市", "320213", (31.588, 120.301)),
    "R-NJN": ("南京南站", "rail_station", "南京市", "320114", (31.971, 118.794)),
    "R-HZD": ("杭州东站", "rail_station", "杭州市", "330102", (30.292, 120.208)),
    "R-YW": ("义乌站", "rail_station", "金华市", "330782", (29.374, 120.022)),
    "R-NB": ("宁波站", "rail_station", "宁波市", "330203", (29.862, 121.532)),
    "R-GZN": ("广州南站", "rail_station", "广州市", "440113", (22.988, 113.264)),
    "R-GZ": ("广州站", "rail_station", "广州市", "440103", (23.149, 113.253)),
    "R-SZN": ("深圳北站", "rail_station", "深圳市", "440309", (22.610, 114.025)),
    "R-SZD": ("深圳东站", "rail_station", "深圳市", "440307", (22.602, 114.120)),
    "R-DGD": ("东莞东站", "rail_station", "东莞市", "441900", (22.964, 114.041)),
    "R-QZ": ("泉州站", "rail_station", "泉州市", "350503", (24.957, 118.587)),
    "R-XM": ("厦门站", "rail_station", "厦门市", "350203", (24.467, 118.115)),
    "R-BJX": ("北京西站", "rail_station", "北京市", "110106", (39.895, 116.322)),
    "R-TJX": ("天津西站", "rail_station", "天津市", "120106", (39.158, 117.163)),
    "R-XAB": ("西安北站", "rail_station", "西安市", "610112", (34.377, 108.937)),
    "R-ZZD": ("郑州东站", "rail_station", "郑州市", "410104", (34.759, 113.777)),
    "R-WH": ("武昌站", "rail_station", "武汉市", "420106", (30.529, 114.317)),
    "R-JN": ("济南站", "rail_station", "济南市", "370105", (36.671, 116.991)),
    "R-QD": ("青岛北站", "rail_station", "青岛市", "370213", (36.169, 120.374)),
    "F-PVG": ("上海浦东机场", "airport", "上海市", "310115", (31.144, 121.808)),
    "F-SZX": ("深圳宝安机场", "airport", "深圳市", "440306", (22.639, 113.811)),
    "F-JJN": ("泉州晋江机场", "airport", "泉州市", "350582", (24.796, 118.590)),
    "F-HGH": ("杭州萧山机场", "airport", "杭州市", "330109", (30.230, 120.434)),
    "F-CAN": ("广州白云机场", "airport", "广州市", "440111", (23.392, 113.299)),
}
# City: where its coaches and vans wait for people.
STANDS = {
    "上海市": "R-SH", "苏州市": "R-SUZ", "无锡市": "R-WX", "南京市": "R-NJN", "杭州市": "R-HZD", "金华市": "R-YW",
    "宁波市": "R-NB", "广州市": "R-GZN", "深圳市": "R-SZN", "东莞市": "R-DGD", "泉州市": "R-QZ", "厦门市": "R-XM",
    "北京市": "R-BJX", "天津市": "R-TJX", "西安市": "R-XAB", "郑州市": "R-ZZD", "武汉市": "R-WH", "济南市": "R-JN",
    "青岛市": "R-QD",
}  # fmt: skip


def assembly(code: str) -> str:
    """The assembly stop of a county of Yuncheng."""
    return f"A{code}"


def stop(stop_id: str, name: str, kind: str, city: str, district: str, point: Point) -> Row:
    """A row of stops.csv."""
    return dict(zip(COLUMNS["stops"], (stop_id, name, kind, city, district, *point), strict=False))


def stops() -> list[Row]:
    """A coach station in each county, railway stations and airports; the service stations are the gates."""
    rows = [stop(assembly(c), f"{name}客运站", "assembly", "运城市", name, at) for c, (name, at) in HOME.items()]
    for stop_id, (name, kind, city, code, at) in POINTS.items():
        rows.append(stop(stop_id, name, kind, city, SEATS[code][0], at))
    return rows
