"""The shipped operations: files that their scripts still make, the articles' figures, people who can be nobody."""

import csv
import re
import subprocess
import sys
from collections import Counter
from functools import cache
from itertools import chain
from pathlib import Path

import pytest
from python_calamine import load_workbook

from dispatch.config import load_settings

ROOT = Path(__file__).parents[2]
PEOPLE = {"dingxi-qingdao-2023": 531, "linfen-2026": 196, "shanxi-2021": 27_000, "zunyi-2023": 20_608}
SITES = {"dingxi-qingdao-2023": 127, "linfen-2026": 39, "shanxi-2021": 126, "zunyi-2023": 150}
GROWN_UP = {"shanxi-2021"}
VARIANTS = {"shanxi-2021-half-load": "shanxi-2021"}
# Counties, or prefectures, that people come from.
SENDING = {
    "dingxi-qingdao-2023": (
        "安定区 临洮县 陇西县 通渭县 渭源县 漳县 岷县 武都区 成县 文县 宕昌县 康县 西和县 礼县 徽县 两当县"
    ),
    "linfen-2026": (
        "尧都区 曲沃县 翼城县 襄汾县 洪洞县 古县 安泽县 浮山县 吉县 乡宁县 大宁县 隰县 永和县 蒲县 汾西县 侯马市 霍州市"
    ),
    "zunyi-2023": (
        "红花岗区 汇川区 播州区 桐梓县 绥阳县 正安县 道真仡佬族苗族自治县 务川仡佬族苗族自治县 凤冈县 湄潭县 余庆县 "
        "习水县 赤水市 仁怀市"
    ),
    "shanxi-2021": "太原市 大同市 阳泉市 长治市 晋城市 朔州市 晋中市 运城市 忻州市 临汾市 吕梁市",
}
WEIGHTS = [2 ** (17 - i) % 11 for i in range(17)]

operations = pytest.mark.parametrize("name", PEOPLE)


@cache
def roster(path: Path) -> list[dict[str, str]]:
    """The rows below the title row, the unit line and the headings."""
    _, _, headings, *rows = load_workbook(path).get_sheet_by_index(0).to_python()
    return [dict(zip(headings, row, strict=True)) for row in rows]


def table(name: str, file: str) -> list[dict[str, str]]:
    with (ROOT / "data" / name / file).open(encoding="utf-8-sig", newline="") as source:
        return list(csv.DictReader(source))


def homes(name: str) -> list[str]:
    return [row.get("户籍地") or row["县"] + row["乡镇"] for row in roster(ROOT / "data" / name / "workers.xlsx")]


@pytest.fixture(scope="module")
def made_again(tmp_path_factory):
    """Called with an operation's name: the folders of two runs of its script, side by side and made once."""

    @cache
    def made(name: str) -> tuple[Path, Path]:
        outs = tmp_path_factory.mktemp("a"), tmp_path_factory.mktemp("b")
        script = ROOT / "data" / name / "make_people.py"
        runs = [subprocess.Popen([sys.executable, script, "--out", out]) for out in outs]
        assert [run.wait() for run in runs] == [0, 0]
        return outs

    return made


@operations
def test_the_script_still_makes_the_committed_tables(name, made_again):
    out, _ = made_again(name)
    for made in out.glob("*.csv"):
        assert made.read_bytes() == (ROOT / "data" / name / made.name).read_bytes(), made.name
    # Another version of XlsxWriter may wrap the same cells in other XML.
    assert roster(out / "workers.xlsx") == roster(ROOT / "data" / name / "workers.xlsx")


@operations
def test_two_runs_of_the_script_write_the_same_bytes(name, made_again):
    one, other = made_again(name)
    assert len(list(one.iterdir())) >= 4
    for made in one.iterdir():
        assert made.read_bytes() == (other / made.name).read_bytes(), made.name


@operations
def test_the_roster_holds_as_many_people_as_the_article_reports(name):
    assert len(homes(name)) == PEOPLE[name]


@operations
def test_people_come_from_every_county_and_from_no_other(name):
    places = SENDING[name].split()
    found = [re.search(f"[省市]({'|'.join(places)})", home) for home in homes(name)]
    assert all(found)
    assert {home[1] for home in found} == set(places)


@operations
def test_every_employer_takes_somebody_and_exactly_as_many_as_it_asked_for(name):
    sites = table(name, "employers.csv")
    asked = {s.get("name") or s["企业名称"]: int(s.get("headcount") or s["需求人数"]) for s in sites}
    sent = Counter(row["用工企业"] for row in roster(ROOT / "data" / name / "workers.xlsx"))
    assert len(asked) == SITES[name]
    assert sent == asked


@operations
def test_no_person_of_the_sample_can_exist(name):
    rows = roster(ROOT / "data" / name / "workers.xlsx")
    for number in (row["身份证号码"] for row in rows):
        digits = [int(c) for c in number[:17]]
        assert digits[14:] == [0, 0, 0]
        assert number[17] == "10X98765432"[sum(d * w for d, w in zip(digits, WEIGHTS, strict=True)) % 11]
    sites = table(name, "employers.csv")
    for phone in chain((r["联系电话"] for r in rows), (s.get("phone") or s["联系电话"] for s in sites)):
        assert phone.startswith("154")
        assert len(phone) == 11
    assert len({row["身份证号码"] for row in rows}) == len(rows)


@operations
def test_a_party_shares_home_stop_and_employer_and_a_child_rides_with_a_parent_of_its_party(name):
    rows = roster(ROOT / "data" / name / "workers.xlsx")
    parties = {}
    for row in filter(lambda r: r["同行组"], rows):
        shared = [row.get(k) for k in ("户籍地", "县", "乡镇", "上车点", "用工企业", "可出发日期", "到岗日期")]
        assert parties.setdefault(row["同行组"], shared) == shared
    of = {row["编号"]: row["同行组"] for row in rows}
    children = [row for row in rows if row.get("监护人")]
    assert bool(children) == (name not in GROWN_UP)
    assert all(of[child["监护人"]] == child["同行组"] for child in children)


@operations
def test_stops_and_sites_that_other_tables_name_exist(name):
    stops = {s["stop_id"]: s["name"] for s in table(name, "stops.csv")}
    for offer in table(name, "offers.csv"):
        named = {offer[k] for k in ("base_stop", "origin_stop", "destination_stop")} - {""}
        assert named <= set(stops), offer["offer_id"]
    boarding = {row["上车点"] for row in roster(ROOT / "data" / name / "workers.xlsx")} - {""}
    assert boarding
    assert boarding <= set(stops.values())


@operations
def test_the_config_loads_and_names_files_that_exist(name):
    settings = load_settings(ROOT / "configs" / f"{name}.yaml")
    assert settings.name == name
    named = [p if isinstance(p, tuple) else (p,) for p in settings.inputs.model_dump().values() if p]
    assert len(named) >= 4
    assert all((settings.path.parent / p).is_file() for paths in named for p in paths)


def test_the_charter_train_has_a_seat_for_everybody_and_comes_at_half_past_nine_at_night():
    train = next(o for o in table("dingxi-qingdao-2023", "offers.csv") if o["offer_id"] == "Z-G2093")
    assert int(train["seats"]) >= 531 >= int(train["min_passengers"])
    assert (train["from_date"], train["departs"], train["arrives"]) == ("2023-02-01", "10:30", "21:30")


ZUNYI = ("zunyi-2023", "zunyi-2023-hangzhou")
ZUNYI_DAYS = ["01-27", "01-28", "01-29", "01-30", "01-31", *(f"02-0{n}" for n in range(1, 9))]


def quotes(config: str) -> list[dict[str, str]]:
    """The offers that one reading of Zunyi's operation names."""
    path = load_settings(ROOT / "configs" / f"{config}.yaml").inputs.offers
    return table("zunyi-2023", path.name)


@pytest.mark.parametrize("config", ZUNYI)
def test_zunyi_is_quoted_two_flights_and_three_trains(config):
    hired = [o for o in quotes(config) if o["basis"] == "charter" and o["mode"] != "coach"]
    flights = [o for o in hired if o["mode"] == "flight"]
    trains = [o for o in hired if o["mode"] == "train"]
    assert (len(flights), len(trains)) == (2, 3)
    assert [o["destination_stop"] for o in flights if o["from_date"] == o["to_date"] == "2023-01-31"] == ["F-ZUH"]
    assert all(o["from_date"] == o["to_date"] for o in hired)
    (first,) = (o for o in trains if o["from_date"] == "2023-01-27")
    assert int(first["seats"]) >= 600 >= int(first["min_passengers"])


def test_the_first_train_goes_to_zhuhai_in_one_reading_and_to_hangzhou_in_the_other():
    ends, others = [], []
    for config in ZUNYI:
        offers = {o["offer_id"]: o for o in quotes(config)}
        trains = [key for key in offers if key.startswith("Z-01")]
        ends.append([offers.pop(train)["destination_stop"] for train in trains])
        others.append(offers)
        settings = load_settings(ROOT / "configs" / f"{config}.yaml")
        calls = table("zunyi-2023", settings.inputs.calls.name)
        first = [c for c in calls if c["offer_id"] == "Z-0127"]
        assert first[-1]["stop_id"] == ends[-1][0]
        assert [c["board"] for c in first].count("yes") > 1
    assert ends == [["R-ZH", "R-HZD"], ["R-HZD", "R-ZH"]]
    assert others[0] == others[1]


def test_each_of_zunyis_counties_quotes_coaches_all_the_way_and_fenggang_a_fleet_of_its_own():
    coaches = [o for o in quotes("zunyi-2023") if o["mode"] == "coach" and o["role"] == "trunk"]
    assert {o["base_stop"] for o in coaches} >= {
        s["stop_id"]
        for s in table("zunyi-2023", "stops.csv")
        if s["stop_id"].startswith("A") and "-" not in s["stop_id"]
    }
    assert sum(int(o["available"]) for o in coaches) * 13 >= 200
    own = [o for o in coaches if o["operator"] == "凤冈县返岗复工专车"]
    assert {o["base_stop"] for o in own} == {"A520327"}
    assert not [o for o in coaches if o["base_stop"] == "A520327" and o not in own]


def test_zunyis_people_are_ready_in_waves_and_enough_of_them_for_the_first_train():
    rows = roster(ROOT / "data" / "zunyi-2023" / "workers.xlsx")
    assert {"2023-01-27"} < {r["可出发日期"] for r in rows} <= {f"2023-{d}" for d in ZUNYI_DAYS}
    assert {r["到岗日期"][:10] for r in rows} <= {f"2023-{d}" for d in ZUNYI_DAYS}
    city = {s["name"]: s["city"] for s in table("zunyi-2023", "employers.csv")}
    first = Counter(city[r["用工企业"]] for r in rows if r["可出发日期"] == "2023-01-27")
    assert first["珠海市"] + first["广州市"] > 600
    assert first["杭州市"] > 600


def test_shuttles_wait_at_every_station_where_somebody_of_zunyi_arrives():
    ends = {c["stop_id"] for c in table("zunyi-2023", "calls.csv") if c["alight"] == "yes"}
    shuttles = {o["base_stop"] for o in quotes("zunyi-2023") if o["role"] == "last_mile"}
    assert ends == shuttles


@pytest.mark.parametrize(("name", "whole"), VARIANTS.items())
def test_a_variant_reads_the_files_of_its_operation(name, whole):
    variant, settings = (load_settings(ROOT / "configs" / f"{n}.yaml") for n in (name, whole))
    assert variant.name == name
    assert variant.inputs == settings.inputs
    assert variant.horizon == settings.horizon


def test_shanxi_sends_eleven_thousand_people_by_the_sixth_of_january_and_five_thousand_on_it():
    days = Counter(row["可出发日期"][:10] for row in roster(ROOT / "data" / "shanxi-2021" / "workers.xlsx"))
    assert 11_000 < sum(heads for day, heads in days.items() if day <= "2021-01-06") < 12_000
    assert 5_000 < days["2021-01-06"] < 5_500
    assert max(days) < "2021-01-31"


def test_shanxis_send_off_gathers_everybody_of_a_prefecture_at_its_square():
    rows = [r for r in roster(ROOT / "data" / "shanxi-2021" / "workers.xlsx") if r["可出发日期"] == "2021-01-06 06:00"]
    squares = {s["city"]: s["name"] for s in table("shanxi-2021", "stops.csv") if s["stop_id"].startswith("SQ-")}
    assert squares["太原市"] == "太原市滨河体育中心"
    assert {(r["户籍地"][3:6], r["上车点"]) for r in rows} == set(squares.items())


def test_the_half_load_leaves_enough_seats_in_shanxis_quotes_on_every_day():
    cap = load_settings(ROOT / "configs" / "shanxi-2021-half-load.yaml").policy.load.cap
    assert cap == 0.5
    rows = roster(ROOT / "data" / "shanxi-2021" / "workers.xlsx")
    days = Counter((row["户籍地"][3:6], row["可出发日期"][:10]) for row in rows)
    squares = {s["stop_id"]: s["city"] for s in table("shanxi-2021", "stops.csv")}
    seats = Counter()
    for offer in table("shanxi-2021", "offers.csv"):
        if offer["role"] == "any":
            seats[squares[offer["base_stop"]]] += int(int(offer["seats"]) * cap) * int(offer["available"])
    assert all(seats[prefecture] > heads for (prefecture, _), heads in days.items())
