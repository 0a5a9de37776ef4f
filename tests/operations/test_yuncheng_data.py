"""Yuncheng in 2025: the register, the stations, the sign-up lists, children never without an escort."""

import csv
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from python_calamine import load_workbook

from dispatch.config import load_settings

ROOT = Path(__file__).parents[2]
DATA = ROOT / "data" / "yuncheng-2025"
WEIGHTS = [2 ** (17 - i) % 11 for i in range(17)]
CHILDREN_PER_ESCORT = 5
OF_AGE = 18


def roster(path: Path) -> list[dict[str, str]]:
    """The rows below the title row, the unit line and the headings."""
    _, _, headings, *rows = load_workbook(path).get_sheet_by_index(0).to_python()
    return [dict(zip(headings, row, strict=True)) for row in rows]


def table(name: str) -> list[dict[str, str]]:
    with (DATA / f"{name}.csv").open(encoding="utf-8-sig", newline="") as source:
        return list(csv.DictReader(source))


def window(row: dict[str, str]) -> tuple[datetime, datetime]:
    ready, due = (datetime.fromisoformat(row[key]) for key in ("可出发日期", "到岗日期"))
    return ready, due


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    out = tmp_path_factory.mktemp("yuncheng")
    subprocess.run([sys.executable, DATA / "make_people.py", "--out", out], check=True)
    return out


@pytest.fixture(scope="module")
def register():
    return table("register")


@pytest.fixture(scope="module")
def season():
    return roster(DATA / "workers.xlsx")


@pytest.fixture(scope="module")
def summer():
    return roster(DATA / "workers-summer.xlsx")


@pytest.fixture(scope="module")
def ages():
    """Years of age at the end of the summer, by ID number."""
    last = date(2025, 8, 31)
    born = {r["身份证号码"]: date.fromisoformat(r["身份证号码"][6:14]) for r in table("register-summer")}
    return {n: last.year - b.year - ((last.month, last.day) < (b.month, b.day)) for n, b in born.items()}


def test_the_script_still_makes_the_committed_files(made):
    files = sorted(made.iterdir())
    assert len(files) == 14
    for file in files:
        if file.suffix == ".csv":
            assert file.read_bytes() == (DATA / file.name).read_bytes(), file.name
        else:  # another version of XlsxWriter may wrap the same cells in other XML
            assert roster(file) == roster(DATA / file.name), file.name


def test_the_register_holds_thirty_nine_thousand_people_of_thirteen_counties(register):
    assert len(register) == len({r["编号"] for r in register}) == len({r["身份证号码"] for r in register}) == 39_000
    assert len({r["身份证号码"][:6] for r in register}) == 13
    assert all(r["户籍地"].startswith("运城市") for r in register)


@pytest.mark.parametrize("name", ["register", "register-summer"])
def test_nobody_in_a_register_can_exist(name):
    for row in table(name):
        digits = [int(c) for c in row["身份证号码"][:17]]
        assert digits[14:] == [0, 0, 0]
        assert row["身份证号码"][17] == "10X98765432"[sum(d * w for d, w in zip(digits, WEIGHTS, strict=True)) % 11]
        assert row["联系电话"].startswith("154")
        assert len(row["联系电话"]) == 11


@pytest.mark.parametrize("name", ["workers", "workers-403"])
def test_three_thousand_of_the_register_travel_and_are_named_by_nothing_but_a_number(name, register):
    rows = roster(DATA / f"{name}.xlsx")
    assert {"姓名", "联系电话", "户籍地"}.isdisjoint(rows[0])
    numbers, ids = {r["编号"]: r["身份证号码"] for r in register}, {r["身份证号码"] for r in register}
    assert all((row["编号"] == "") != (row["身份证号码"] == "") for row in rows)
    people = {row["身份证号码"] or numbers[row["编号"]] for row in rows}
    assert people <= ids
    assert len(people) == len(rows) == 3_000
    assert any(row["编号"] for row in rows)
    assert any(row["身份证号码"] for row in rows)


def test_there_are_eighteen_provincial_and_forty_three_municipal_stations_with_somebody_to_call():
    stations = table("employers")
    assert Counter(s["name"].split("驻")[0] for s in stations) == {"山西省": 18, "运城市": 43}
    assert {"上海市", "金华市", "深圳市", "泉州市", "天津市"} <= {s["city"] for s in stations}
    assert all(s["contact"] and s["phone"].startswith("154") for s in stations)


@pytest.mark.parametrize(
    ("file", "name", "sites"), [("employers", "workers", 61), ("employers-403", "workers-403", 403)]
)
def test_every_station_receives_somebody_and_knows_how_many(file, name, sites):
    asked = {s["employer_id"]: int(s["headcount"]) for s in table(file)}
    assert len(asked) == len({s["name"] for s in table(file)}) == sites
    assert min(asked.values()) > 0
    assert Counter(row["企业编号"] for row in roster(DATA / f"{name}.xlsx")) == asked


def test_groups_leave_inside_the_season_on_two_weekdays_of_each_city(season):
    city = {s["employer_id"]: s["city"] for s in table("employers")}
    weekdays = defaultdict(Counter)
    for row in season:
        ready, due = window(row)
        assert date(2025, 2, 3) <= ready.date() < due.date() <= date(2025, 3, 2)
        weekdays[city[row["企业编号"]]][ready.isoweekday()] += 1
    for days in weekdays.values():
        assert sum(n for _, n in days.most_common(2)) > 0.8 * days.total()


def test_some_offers_run_on_some_weekdays_only():
    for name in ("offers", "offers-summer"):
        days = [set(o["days"].split()) for o in table(name)]
        assert any(0 < len(d) < 7 for d in days)
        assert all(d <= set("1234567") for d in days)


def test_a_party_shares_station_stop_and_dates(season):
    parties = defaultdict(set)
    for row in season:
        if row["同行组"]:
            parties[row["同行组"]].add(tuple(row[k] for k in ("上车点", "企业编号", "可出发日期", "到岗日期")))
    assert parties
    assert all(len(shared) == 1 for shared in parties.values())


def test_no_child_travels_without_an_escort_of_age_who_goes_the_same_way(summer, ages):
    ways = {(r["身份证号码"], *window(r), r["上车点"], r["企业编号"]) for r in summer}
    children = [row for row in summer if ages[row["身份证号码"]] < OF_AGE]
    assert len({row["身份证号码"] for row in children}) == 103
    for row in children:
        assert ages[row["监护人"]] >= OF_AGE
        assert (row["监护人"], *window(row), row["上车点"], row["企业编号"]) in ways
    assert all(row["监护人"] == "" for row in summer if ages[row["身份证号码"]] >= OF_AGE)


def test_nobody_has_more_children_than_the_config_allows(summer):
    wards = Counter((row["监护人"], row["可出发日期"]) for row in summer if row["监护人"])
    settings = load_settings(ROOT / "configs" / "yuncheng-2025-summer.yaml")
    assert max(wards.values()) == settings.policy.people.children_per_escort == CHILDREN_PER_ESCORT


def test_every_child_goes_out_in_july_and_comes_back_in_august_and_no_two_windows_of_anybody_meet(summer, ages):
    journeys = defaultdict(list)
    for row in summer:
        journeys[row["身份证号码"]].append(window(row))
    for number, windows in journeys.items():
        months = [ready.month for ready, _ in sorted(windows)]
        assert months == ([7, 8] if len(windows) == 2 else [7, 7, 8, 8])
        assert len(windows) == 2 or ages[number] >= OF_AGE
        assert all(a[1] < b[0] for a, b in pairwise(sorted(windows)))


def test_parents_and_stations_hand_children_over_by_day(summer, ages):
    children_at = {row["企业编号"] for row in summer if ages[row["身份证号码"]] < OF_AGE}
    sites = {s["employer_id"]: s for s in table("employers-summer")}
    assert children_at <= set(sites)
    assert all(sites[i]["receive_from"] >= "07:00" and sites[i]["receive_to"] <= "22:00" for i in children_at)
    assert all(sites[i]["contact"] and sites[i]["phone"] for i in children_at)


@pytest.mark.parametrize("variant", ["", "-403-stations", "-summer"])
def test_the_configs_load_and_name_files_that_exist(variant):
    settings = load_settings(ROOT / "configs" / f"yuncheng-2025{variant}.yaml")
    assert settings.name == f"yuncheng-2025{variant}"
    named = [p if isinstance(p, tuple) else (p,) for p in settings.inputs.model_dump().values() if p]
    assert len(named) >= 4
    assert all((settings.path.parent / p).is_file() for paths in named for p in paths)


@pytest.mark.parametrize("season", ["", "-summer"])
def test_stops_that_other_tables_name_exist(season):
    sites = "employers-summer" if season else "employers"
    stops = table(f"stops{season}") + [{"stop_id": s["employer_id"], "name": s["name"]} for s in table(sites)]
    known = {s["stop_id"] for s in stops} | {s["name"] for s in stops}
    named = {o[k] for o in table(f"offers{season}") for k in ("base_stop", "origin_stop", "destination_stop")}
    named |= {c["stop_id"] for c in table(f"calls{season}")}
    named |= {row["上车点"] for row in roster(DATA / f"workers{season}.xlsx")}
    assert named - {""} <= known
