"""Maps as files: what they draw, carry and leave out, without a browser."""

import json
import re
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from dispatch.errors import ConfigError
from dispatch.geo.datum import from_wgs84
from dispatch.map_settings import MapSettings
from dispatch.model.demand import Home
from dispatch.model.plan import Call, Leg, Trip
from dispatch.model.supply import Mode, Role, Stop, StopKind
from dispatch.model.units import Position
from dispatch.publish import publish
from dispatch.publish.map_order import MapOrder
from dispatch.publish.maps import write_maps
from dispatch.publish.maps.corridors import flows
from dispatch.publish.maps.ground import Ground
from dispatch.publish.maps.markup import encoded, popup
from dispatch.publish.maps.shapes import COLOURS, GROUND, OPACITY
from dispatch.publish.maps.timing import Clock
from dispatch.publish.view import build_view
from tests.publish.conftest import HARM
from tests.publish.sample_plan import DAY, at, sample
from tests.publish.test_homes import ADDRESS, with_a_home

EVERY_TRIP = MapOrder(("F-1", "T-G2093-0201", "L-1", "D-1"), from_wgs84)


def maps(folder, operation, order=EVERY_TRIP):
    """The pages of an operation's maps by name."""
    plan, inputs, settings = operation
    target = folder / "maps"
    target.mkdir(parents=True, exist_ok=True)
    files = write_maps(build_view(plan, inputs, settings), target, settings, order)
    return {path.name: path.read_text("utf-8") for path in files}


def features(page, layer):
    """The features of a layer as the page carries them."""
    text = re.search(rf"geo_json_{layer}_add\((\{{.*\}})\);", page).group(1)
    return json.loads(text)["features"]


def plain(page):
    """The page with its escapes resolved, as a search for a name would read it."""
    return re.sub(r"\\u([0-9a-f]{4})", lambda m: chr(int(m[1], 16)), page)


@pytest.fixture
def made(tmp_path):
    return maps(tmp_path, sample(tmp_path / "workspace"))


def _flows(operation):
    view = build_view(*operation)
    return flows(view, Clock.over(view, view.plan.trips))


def test_there_is_an_overview_a_map_per_city_and_one_per_trip_asked_for(made, tmp_path):
    trips = [f"trip-{t}.html" for t in EVERY_TRIP.trips]
    assert list(made) == ["overview.html", "上海.html", "青岛.html", *trips]
    assert list(maps(tmp_path, sample(tmp_path), MapOrder())) == ["overview.html", "上海.html", "青岛.html"]


def test_cities_called_like_other_maps_replace_none_of_them(tmp_path):
    plan, inputs, settings = sample(tmp_path)
    named = {"上海": "overview", "青岛": "trip-D-1"}
    employers = tuple(replace(e, city=named[e.city]) for e in inputs.employers)
    assert len(maps(tmp_path, (plan, replace(inputs, employers=employers), settings), MapOrder(("D-1",)))) == 4


def test_a_plan_that_carries_nobody_has_no_map(tmp_path):
    plan, inputs, settings = sample(tmp_path)
    assert maps(tmp_path, (replace(plan, trips=(), legs=(), costs=()), inputs, settings), MapOrder()) == {}


def test_a_corridor_leads_from_a_county_to_a_city_and_carries_each_person_once(tmp_path):
    found = {(c.kind, c.origin.name, c.city.name): c.tally.people for c in _flows(sample(tmp_path)).corridors}
    assert found == {
        ("train", "陇西县", "青岛"): 26,
        ("train", "渭源县", "青岛"): 12,
        ("coach", "临洮县", "上海"): 13,
    }


def _many_counties(folder, known):
    """The sample, each boarding stop of it replaced by thirty counties of two prefectures."""
    plan, inputs, settings = sample(folder)
    workers = {w.worker_id: n % 30 for n, w in enumerate(inputs.workers)}
    city = ["定西", "天水市"]

    def home(w):
        n = workers[w.worker_id]
        full = f"甘肃省{city[n % 2].removesuffix('市')}市县{n:02d}县某镇"
        return Home("", "township", "", full, "", f"县{n:02d}县", "某镇", w.home.position, w.home.seat)

    people = tuple(replace(w, home=home(w)) for w in inputs.workers)
    legs, trips = [], {t.trip_id: t for t in plan.trips}
    for leg in plan.legs:
        n = workers[leg.worker_id]
        if leg.leg == 1:
            trip = trips[leg.trip_id]
            call = next(c for c in trip.calls if c.seq == leg.from_seq)
            seq = 100 + n
            if not any(c.seq == seq for c in trip.calls):
                trips[leg.trip_id] = replace(trip, calls=(*trip.calls, replace(call, seq=seq, stop_id=f"M{n}")))
            legs.append(replace(leg, from_seq=seq, board_stop=f"M{n}"))
        else:
            legs.append(leg)
    made = [
        Stop(f"M{n}", f"M{n}", StopKind.ASSEMBLY, city[n % 2], f"县{n:02d}县", Position(35, 104)) for n in range(30)
    ]
    stops = inputs.stops + (tuple(made) if known else ())
    plan = replace(plan, legs=tuple(legs), trips=tuple(trips.values()))
    return plan, replace(inputs, workers=people, stops=stops), settings


@pytest.mark.parametrize("known", [True, False])
def test_many_counties_are_read_by_prefecture_whether_their_stops_are_in_the_file_or_made(tmp_path, known):
    found = _flows(_many_counties(tmp_path, known))
    assert set(found.origins) == ({"定西", "天水市"} if known else {"定西市", "天水市"})
    assert sum(c.tally.people for c in found.corridors) == 51
    assert sum(len(spot.counties) for spot in found.origins.values()) == 30


def test_counties_of_one_name_are_told_apart_by_their_prefecture(tmp_path):
    plan, inputs, settings = sample(tmp_path)
    where = {"S1": "定西", "S2": "定西", "S3": "阳泉", "S4": "大同"}
    stops = tuple(replace(s, district="城区", city=where[s.stop_id]) if s.stop_id in where else s for s in inputs.stops)
    found = _flows((plan, replace(inputs, stops=stops), settings))
    assert set(found.origins) == {"定西城区", "阳泉城区", "大同城区"}


@pytest.mark.parametrize(("name", "golden"), [("overview", "overview"), ("青岛", "qingdao"), ("trip-D-1", "trip-D-1")])
def test_what_a_map_draws_is_the_golden_file(tmp_path, name, golden):
    page = maps(tmp_path, sample(tmp_path, map={"slider": True}))[f"{name}.html"]
    drawn = {layer: features(page, layer) for layer in ("routes", "points")}
    said = json.dumps(drawn | {"rows": re.findall(r"<tr.*?</tr>", page)}, ensure_ascii=False, indent=1) + "\n"
    assert said == (Path(__file__).parent / "golden" / f"map_{golden}.json").read_text("utf-8")


def test_the_credit_of_openstreetmap_leads_to_its_terms_and_nobody_elses_is_a_link():
    osm = Ground.of(MapSettings(tiles="osm"), (), None).tiles.credit
    assert osm == '<a href="https://www.openstreetmap.org/copyright">© OpenStreetMap contributors</a>'
    own = MapSettings(tiles="http://h/{z}/{x}/{y}", attribution='<a href="//evil">x</a>')
    assert "<" not in Ground.of(own, (), None).tiles.credit


def test_a_second_run_gives_the_same_bytes(made, tmp_path):
    assert maps(tmp_path, sample(tmp_path)) == made


def test_no_address_of_any_server_is_in_a_map_without_tiles(made):
    for page in made.values():
        assert re.findall(r"<link|<script[^>]*src|<img|@import", page) == []
        assert re.findall(r"url\((?!data:|#)", page) == []
        assert "sourceMappingURL" not in page
        assert not re.search("jsdelivr|cloudflare|bootstrap|jquery|fontawesome|openstreetmap|autonavi", page, re.I)
        assert 'img-src data:">' in page


def test_each_map_says_revision_audience_sketch_and_source_of_times(made):
    for page in made.values():
        for said in (
            "方案第3版",
            "2023-01-20 09:05",
            "可公开（不含个人信息）",
            "线路为示意，非实际道路",
            "路途时间为估算值",
        ):
            assert said in page
        assert '<html lang="zh-CN">' in page


def test_a_table_of_travel_times_is_named_as_the_source(tmp_path):
    plan, inputs, settings = sample(tmp_path)
    paths = settings.inputs.model_copy(update={"travel_times": tmp_path / "travel_times.csv"})
    pages = maps(tmp_path, (plan, inputs, settings.model_copy(update={"inputs": paths})))
    assert "路途时间以所提供的路程时间表为准" in pages["overview.html"]


def test_no_name_id_or_phone_is_on_any_map(made, secrets):
    for name, page in made.items():
        assert plain(page) != page
        assert [s for s in secrets if s in plain(page)] == [], name
        assert not re.search(r"W00\d\d", page)


def test_a_private_home_is_on_no_map_with_its_address_or_its_point(tmp_path):
    operation = with_a_home(tmp_path)
    employer = operation[1].employers[0]
    for name, page in maps(tmp_path, operation).items():
        assert ADDRESS not in plain(page), name
        assert "样例小区" not in plain(page), name
        assert f"{employer.position.lon}" not in page, name
        assert f"{employer.position.lat}" not in page, name
    assert "胶州市胶东街道" in plain(maps(tmp_path, operation)["青岛.html"])


def test_a_city_that_receives_people_at_a_home_only_is_drawn_off_its_point(tmp_path):
    plan, inputs, settings = with_a_home(tmp_path)
    employers = tuple(replace(e, city="烟台") if e.employer_id == "E1" else e for e in inputs.employers)
    page = maps(tmp_path, (plan, replace(inputs, employers=employers), settings))["overview.html"]
    city = next(f for f in features(page, "points") if f["properties"]["label"] == "烟台")
    assert city["geometry"]["coordinates"] == [120.05, 36.25]


def test_encoding_leaves_no_character_that_scripts_or_tags_are_made_of():
    markup = str(encoded("".join(HARM) + "\"'&<>${}`\\"))
    assert not re.search(r"""[<>"'$`{}\\]""", markup)
    assert not re.search(r"[$`{}\\]", popup(HARM[0], [(HARM[1], HARM[2])], (HARM[3],), [(HARM[2],)]))


def _luminance(rgb):
    return sum(
        share * (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4)
        for share, c in zip((0.2126, 0.7152, 0.0722), rgb, strict=True)
    )


@pytest.mark.parametrize("kind", COLOURS)
def test_lines_stand_out_from_the_bare_ground(kind):
    ink, ground = (np.array([int(c[i : i + 2], 16) / 255 for i in (1, 3, 5)]) for c in (COLOURS[kind], GROUND))
    light, dark = (_luminance(c) + 0.05 for c in (ground, OPACITY * ink + (1 - OPACITY) * ground))
    assert light / dark >= 3


def test_a_trip_is_drawn_call_by_call_with_its_rests(made):
    page = made["trip-D-1.html"]
    assert [f["properties"]["label"] for f in features(page, "points")] == [
        "1. 临洮县洮阳镇集合点",
        "2. 休息30分钟",
        "3. 休息20分钟",
        "4. 休息3小时0分钟",
        "5. 休息45分钟",
        "6. 上海松江服装厂",
        "7. 上海浦江机械制造股份有限公司第二分公司临港工厂",
    ]
    assert len(features(page, "routes")[0]["geometry"]["coordinates"]) == 7
    assert re.search(
        r"6\. 上海松江服装厂</button></th><td>02-02 17:30</td><td>02-02 17:35</td><td>0</td><td>4</td><td>9", page
    )


def _published(folder, **more):
    plan, inputs, settings = sample(folder)
    return publish(plan, inputs, settings, unmask=False, progress=lambda *_: None, **more), settings


def test_trips_are_published_with_the_other_maps_each_once(tmp_path):
    files, settings = _published(tmp_path, only=frozenset({"map"}), trips=("L-1", "L-1", "F-2"))
    assert [p.name for p in files if p.name.startswith("trip")] == ["trip-L-1.html", "trip-F-2.html"]
    assert all(p.is_file() and p.parent == settings.maps for p in files)


def test_a_trip_the_plan_does_not_have_is_refused_with_the_nearest_and_nothing_is_written(tmp_path):
    with pytest.raises(ConfigError, match=r"L-9.*L-1") as refused:
        _published(tmp_path, only=frozenset({"map"}), trips=("L-9",))
    assert refused.value.exit_code == 2
    assert not (tmp_path / "maps").exists()


def test_a_trip_without_the_part_of_the_maps_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="--only"):
        _published(tmp_path, only=frozenset({"report"}), trips=("L-1",))


@pytest.mark.parametrize(
    ("chosen", "server", "credit"),
    [
        ({"tiles": "osm"}, "https://tile.openstreetmap.org", "OpenStreetMap contributors"),
        ({"tiles": "amap"}, "https://webrd01.is.autonavi.com", "高德地图"),
        (
            {"tiles": "http://10.1.2.3:8080/t/{z}/{y}/{x}.png", "attribution": "<img src=x onerror=alert(1)>示例"},
            "http://10.1.2.3:8080",
            "&lt;img src=x onerror=alert(1)&gt;示例",
        ),
    ],
)
def test_tiles_are_named_credited_and_alone_allowed(tmp_path, chosen, server, credit):
    for page in maps(tmp_path, sample(tmp_path, map=chosen)).values():
        policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page).group(1)
        assert (
            policy
            == f"default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data: {server}"
        )
        assert server in re.search(r'<p class="note" id="asks">(.*?)</p>', page).group(1)
        assert credit in plain(page)
        assert "不含底图" not in page


def test_under_amap_every_point_is_moved_to_where_its_tiles_show_it(tmp_path):
    bare = maps(tmp_path, sample(tmp_path))
    shifted = maps(tmp_path, sample(tmp_path, map={"tiles": "amap"}))
    for name, page in bare.items():
        for layer in ("routes", "points"):
            for a, b in zip(features(page, layer), features(shifted[name], layer), strict=True):
                lon, lat = np.atleast_2d(a["geometry"]["coordinates"]).T
                moved = np.column_stack(from_wgs84("gcj02", lat, lon)[::-1])
                np.testing.assert_allclose(np.atleast_2d(b["geometry"]["coordinates"]), moved, atol=2e-5)
                assert np.abs(moved - np.column_stack((lon, lat))).max() > 0.001


def test_other_tiles_leave_points_where_they_are(tmp_path):
    own = {"tiles": "http://h/{z}/{x}/{y}", "attribution": "x"}
    bare, tiled = (maps(tmp_path, sample(tmp_path, map=m))["overview.html"] for m in ({}, own))
    assert features(bare, "points") == features(tiled, "points")
    shifted = maps(tmp_path, sample(tmp_path, map=own | {"tiles_datum": "gcj02"}))["overview.html"]
    assert features(shifted, "points") != features(bare, "points")


def test_shifted_tiles_without_a_way_to_shift_points_are_an_error_and_no_wrong_map(tmp_path):
    with pytest.raises(ValueError, match="gcj02"):
        maps(tmp_path, sample(tmp_path, map={"tiles": "amap"}), MapOrder())


def test_no_boundary_is_drawn_but_the_users_own(made, tmp_path):
    assert '"boundary": []' in made["overview.html"]
    plan, inputs, settings = sample(tmp_path)
    border = (Position(35, 104), Position(36, 105), Position(35, 106))
    for page in maps(tmp_path, (plan, replace(inputs, boundary=(border,)), settings)).values():
        assert '"boundary": [[[35, 104], [36, 105], [35, 106]]]' in page
        assert "边界线取自" in page
        assert "不含底图和行政边界" not in page


def test_hours_are_in_the_page_only_where_the_slider_is_asked_for(made, tmp_path):
    assert "spans" not in json.dumps(features(made["overview.html"], "routes"))
    assert 'type="range"' not in made["overview.html"]
    sliding = maps(tmp_path, sample(tmp_path, map={"slider": True}))
    train = next(f for f in features(sliding["overview.html"], "routes") if f["properties"]["kind"] == "train")
    # 10:30 to 21:30: from the hour that begins at ten to the one that begins at nine in the evening.
    assert train["properties"]["when"]["spans"] == [[10, 22, 12]]


def test_an_arrival_on_the_hour_ends_the_hour_before(tmp_path):
    view = build_view(*sample(tmp_path))
    clock = Clock.over(view, view.plan.trips)
    assert clock.hours(at("10:00"), at("12:00")) == (10, 12)
    assert clock.hours(at("10:00"), at("12:01")) == (10, 13)
    assert clock.hours(at("23:30"), at("23:30")) == (23, 24)
    assert clock.hours(at("01:00", 1), at("02:00", 1)) == (25, 26)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_list_says_what_the_map_draws(tmp_path, language):
    page = maps(tmp_path, sample(tmp_path, language))["overview.html"]
    rows = re.findall(r'<tr data-kind="(\w+)".*?data-target="(\w+):(\d+)">.*?<td>(\d+)</td></tr>', page)
    routes = features(page, "routes")
    assert [int(people) for *_, people in rows] == [26, 13, 12]
    for kind, layer, number, people in rows:
        drawn = routes[int(number)]["properties"]
        assert (layer, drawn["kind"]) == ("routes", kind)
        assert sum(drawn["when"]["days"].values()) == int(people)


def _big(folder):
    """27,000 people from 120 counties of eleven prefectures to forty cities by 700 coaches over thirty days."""
    plan, inputs, settings = sample(folder, map={"slider": True})
    stops = [
        Stop(
            f"B{n}",
            f"县{n:03d}客运站",
            StopKind.ASSEMBLY,
            f"第{n % 11:02d}市",
            f"县{n:03d}",
            Position(34 + n % 7, 110 + n % 5),
        )
        for n in range(120)
    ]
    cities = [
        replace(
            inputs.employers[0],
            employer_id=f"G{n}",
            name=f"厂{n:03d}",
            city=f"到{n % 40:02d}市",
            position=Position(23 + n % 17, 113 + n % 9),
        )
        for n in range(200)
    ]
    trips, legs, workers = [], [], []
    pattern = inputs.workers[0]
    for n in range(700):
        leaves = DAY + timedelta(hours=n)
        ends, trip_id, offer = leaves + timedelta(hours=14), f"D-{n:04d}", inputs.offers[0]
        stop, gates = stops[n % 120], [cities[(n * 7 + k) % 200] for k in range(3)]
        places = [
            (stop.stop_id, stop.name, stop.position, leaves),
            *((g.employer_id, g.name, g.position, ends) for g in gates),
        ]
        calls = tuple(Call(trip_id, q, i, name, p, t, t, 0, 13, 0, 0) for q, (i, name, p, t) in enumerate(places, 1))
        trips.append(
            Trip(
                trip_id,
                offer.offer_id,
                Mode.COACH,
                Role.TRUNK,
                "示例车队",
                "45座客车",
                45,
                2,
                "B",
                "G",
                leaves,
                ends,
                39,
                10**6,
                1,
                calls,
            )
        )
        for k in range(39):
            workers.append(replace(pattern, worker_id=f"{n:04d}{k:02d}", employer_id=gates[k // 13].employer_id))
            legs.append(Leg(workers[-1].worker_id, 1, trip_id, 1, 2 + k // 13, "B", "G", leaves, ends, ""))
    plan = replace(plan, trips=tuple(trips), legs=tuple(legs))
    return plan, replace(inputs, stops=tuple(stops), employers=tuple(cities), workers=tuple(workers)), settings


def test_the_overview_of_27000_people_stays_readable_and_below_three_megabytes(tmp_path):
    operation = _big(tmp_path)
    pages = maps(tmp_path, operation, MapOrder())
    assert len(operation[1].workers) == 27_300
    assert max(len(page.encode()) for page in pages.values()) < 3_000_000
    routes = features(pages["overview.html"], "routes")
    assert len({f["properties"]["label"] for f in features(pages["overview.html"], "points")}) == 51
    assert len(routes) <= 11 * 40
    assert sum(Counter(f["properties"]["when"]["days"]).total() for f in routes) == 27_300
