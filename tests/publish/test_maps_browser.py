"""Maps as people use them: in a browser, from a file, with no network."""

import http.server
import threading
from dataclasses import replace

import pytest

from dispatch.geo.datum import from_wgs84
from dispatch.model.units import Position
from dispatch.publish.map_order import MapOrder
from dispatch.publish.maps import write_maps
from dispatch.publish.view import build_view
from tests.publish.conftest import HARM
from tests.publish.sample_plan import sample

TRIPS = MapOrder(("D-1", "L-1", "F-1"), from_wgs84)
BORDER = ((Position(35, 104), Position(36, 110), Position(35, 118)),)


@pytest.fixture
def folder(tmp_path):
    """Maps of the sample with every optional thing that needs no network."""
    plan, inputs, settings = sample(tmp_path, map={"slider": True})
    (tmp_path / "m").mkdir()
    write_maps(build_view(plan, replace(inputs, boundary=BORDER), settings), tmp_path / "m", settings, TRIPS)
    return tmp_path / "m"


def _features(page, layer):
    return page.evaluate(f"geo_json_{layer}.getLayers().map(l => l.feature)")


def _shown(page):
    return sorted(f["properties"]["kind"] for f in _features(page, "routes"))


def _listed(page):
    return page.eval_on_selector_all("#list tbody tr:not([hidden])", "rows => rows.map(r => r.innerText)")


def _until(page, condition):
    """Wait for a condition; the page's own policy forbids the driver's way of waiting."""
    for _ in range(100):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(100)
    raise AssertionError(condition)


def _opened(page, layer, which):
    """Open the popup of the first feature for which the script's condition holds; its text."""
    page.evaluate(f"geo_json_{layer}.getLayers().find(l => {which}).openPopup()")
    return page.inner_text(".leaflet-popup-content")


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("name", ["overview", "青岛", "上海", "trip-D-1"])
def test_every_map_opens_without_network_on_phone_and_desk(folder, visit, name, width):
    with visit(folder / f"{name}.html", width=width) as seen:
        page = seen.page
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.locator("path.leaflet-interactive").count() >= 2
        assert page.locator(".leaflet-control-scale").count() == 1
        assert page.locator("path[stroke='#8693a0']").count() == 1  # the user's boundary
        assert page.evaluate("document.querySelector('.leaflet-container').clientHeight") > 600


def test_a_corridor_tells_its_trips_times_and_people(folder, visit):
    with visit(folder / "overview.html") as seen:
        text = _opened(seen.page, "routes", "l.feature.properties.popup.includes('陇西县')")
        assert all(said in text for said in ("陇西县 → 青岛", "G2093", "02-01 10:30", "02-01 21:30", "26"))


def test_more_people_make_a_wider_line(folder, visit):
    with visit(folder / "overview.html") as seen:
        widths = seen.page.evaluate(
            "geo_json_routes.getLayers().map(l => [Object.values(l.feature.properties.when.days)[0], l.options.weight])"
        )
        assert widths == sorted(widths)
        assert widths[0][1] < widths[-1][1]


def test_layers_and_list_can_be_switched_by_mode(folder, visit):
    with visit(folder / "overview.html") as seen:
        page = seen.page
        assert (_shown(page), len(_listed(page))) == (["coach", "train", "train"], 3)
        page.uncheck("input[value=train]")
        assert _shown(page) == ["coach"]
        assert all("coach" in f["properties"]["kinds"] for f in _features(page, "points"))
        assert [row.split("\t")[0] for row in _listed(page)] == ["直达大巴：临洮县 → 上海"]


def test_a_day_shows_what_sets_out_on_it_and_counts_anew(visit, tmp_path):
    plan, inputs, settings = sample(tmp_path)
    trips = tuple(
        replace(t, departs_at=t.departs_at.replace(day=3), arrives_at=t.arrives_at.replace(day=4))
        if t.trip_id == "D-1"
        else t
        for t in plan.trips
    )
    legs = tuple(
        replace(g, departs_at=g.departs_at.replace(day=3), arrives_at=g.arrives_at.replace(day=4))
        if g.trip_id == "D-1"
        else g
        for g in plan.legs
    )
    (tmp_path / "m").mkdir()
    view = build_view(replace(plan, trips=trips, legs=legs), inputs, settings)
    overview = write_maps(view, tmp_path / "m", settings)[0]
    with visit(overview) as seen:
        page = seen.page
        page.select_option("select[name=day]", "2023-02-01")
        assert _shown(page) == ["train", "train"]
        assert len(_listed(page)) == 2
        page.select_option("select[name=day]", "2023-02-03")
        assert _shown(page) == ["coach"]
        assert [f["properties"]["label"] for f in _features(page, "points")] == ["临洮县", "上海"]
        page.select_option("select[name=day]", "")
        assert len(_listed(page)) == 3


def test_the_slider_shows_who_is_on_the_way_in_an_hour_and_obeys_the_keyboard(folder, visit):
    with visit(folder / "overview.html") as seen:
        page = seen.page
        slider = page.locator("input[type=range]")
        assert page.inner_text("#now") == "全部时间"
        slider.fill("12")
        assert _shown(page) == ["train", "train"]
        assert page.inner_text("#now") == "2023年2月1日 周三 12时：在途38人"
        assert slider.get_attribute("aria-valuetext") == page.inner_text("#now")
        slider.focus()
        for _ in range(4):
            page.keyboard.press("ArrowRight")
        assert "16时：在途51人" in page.inner_text("#now")
        slider.fill("30")
        assert (_shown(page), len(_listed(page))) == (["coach"], 1)
        assert "2023年2月2日 周四 06时：在途13人" in page.inner_text("#now")
        slider.fill("3")
        assert (_shown(page), _listed(page), _features(page, "points")) == ([], [], [])
        page.keyboard.press("Home")
        assert len(_shown(page)) == 3


def test_the_slider_plays_and_pauses(folder, visit):
    with visit(folder / "overview.html") as seen:
        page = seen.page
        page.click("#play")
        _until(page, "document.getElementById('hour').valueAsNumber >= 1")
        assert page.inner_text("#play") == "暂停"
        page.click("#play")
        assert page.inner_text("#play") == "播放"


def test_a_city_map_shows_last_mile_coaches_stop_by_stop(folder, visit):
    with visit(folder / "青岛.html") as seen:
        page = seen.page
        assert [len(f["geometry"]["coordinates"]) for f in _features(page, "routes")] == [3, 3]
        text = _opened(page, "routes", "l.feature.properties.popup.includes('L-1')")
        assert text.index("青岛北站") < text.index("青岛海湾电子有限公司") < text.index("../../x")
        assert "22:15" in text and "23:10" in text and "23:30" in text
        assert "22:15 青岛北站（上车25） → 02-01 23:10 青岛海湾电子有限公司（下车19）" in page.inner_text("#list")


def test_a_city_reached_by_coach_shows_its_gates_and_no_mark_of_a_station(folder, visit):
    with visit(folder / "上海.html") as seen:
        labels = {f["properties"]["label"] for f in _features(seen.page, "points")}
        assert labels == {"上海浦江机械制造股份有限公司第二分公司临港工厂", "上海松江服装厂"}
        assert "到达车站" not in seen.page.inner_text("#panel")


def test_a_trip_map_tells_each_call(folder, visit):
    with visit(folder / "trip-F-1.html") as seen:
        text = _opened(seen.page, "points", "l.feature.properties.label.startsWith('2.')")
        assert all(said in text for said in ("陇西县文峰镇集合点", "06:20", "06:30", "18"))
        assert [row.split("\t")[0] for row in _listed(seen.page)] == [
            "1. 陇西县首阳镇集合点", "2. 陇西县文峰镇集合点", "3. 定西北站"
        ]  # fmt: skip


def test_the_list_opens_the_map_by_keyboard_and_leads_back(folder, visit):
    with visit(folder / "overview.html") as seen:
        page = seen.page
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.innerText") == "火车：陇西县 → 青岛"
        page.keyboard.press("Enter")
        assert "26" in page.inner_text(".leaflet-popup-content")
        assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "关闭"
        page.keyboard.press("Escape")
        _until(page, "document.activeElement.innerText === '火车：陇西县 → 青岛'")


def test_what_can_be_operated_has_a_name(folder, visit):
    for name in ("overview", "青岛", "trip-L-1"):
        with visit(folder / f"{name}.html") as seen:
            nameless = seen.page.evaluate(
                "[...document.querySelectorAll('input, select, button, a[href], [role=region]')].filter(e =>"
                " !(e.innerText || e.getAttribute('aria-label') || e.getAttribute('aria-labelledby')"
                " || (e.labels && e.labels.length && e.labels[0].innerText))).map(e => e.outerHTML)"
            )
            assert nameless == []


def test_where_a_place_is_looked_at_the_other_lines_recede(folder, visit):
    with visit(folder / "overview.html") as seen:
        page = seen.page
        _opened(page, "points", "l.feature.properties.label === '上海'")
        faint = "geo_json_routes.getLayers().filter(l => l.options.opacity < 0.5).map(l => l.feature.properties.kind)"
        assert page.evaluate(faint) == ["train", "train"]
        page.evaluate("map_drawing.closePopup()")
        assert page.evaluate(faint) == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_texts_that_mean_harm_stay_text(harmful_view, tmp_path, visit, language):
    view, settings = harmful_view
    chosen = settings.publish.map.model_copy(update={"slider": True})
    publish = settings.publish.model_copy(update={"map": chosen, "language": language})
    settings = settings.model_copy(update={"publish": publish})
    view = replace(view, settings=settings, language=language)
    (tmp_path / "maps").mkdir()
    met = set()
    for path in write_maps(view, tmp_path / "maps", settings, TRIPS):
        with visit(path) as seen:
            page = seen.page
            shown = page.inner_text("body") + page.inner_text("#list")
            for layer in ("routes", "points"):
                for n in range(len(_features(page, layer))):
                    page.evaluate(f"geo_json_{layer}.getLayers()[{n}].openPopup()")
                    shown += page.inner_text(".leaflet-popup-content")
                    assert page.locator("img, .leaflet-popup-content script, #list script, .place script").count() == 0
            here = {harm for harm in HARM if harm in shown}
            assert len(here) >= 2, path.name
            met |= here
            if page.locator("input[type=range]").count():
                page.locator("input[type=range]").fill("12")
                assert page.locator("img").count() == 0
    assert met == set(HARM)


class _Tiles(http.server.BaseHTTPRequestHandler):
    """A tile server that gives one grey pixel and remembers what it was asked."""

    asked: list[str]
    PIXEL = bytes.fromhex(
        "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763d8b061030002ae0156"
        "b1e5a8110000000049454e44ae426082"
    )

    def do_GET(self):
        self.asked.append(self.path)
        self.send_response(200)
        self.send_header("Content-Type", "image/png")
        self.end_headers()
        self.wfile.write(self.PIXEL)

    def log_message(self, *_):
        pass


@pytest.fixture
def tile_server():
    _Tiles.asked = []
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Tiles)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", _Tiles.asked
    server.shutdown()
    server.server_close()
    thread.join()


def test_with_own_tiles_that_server_is_asked_and_no_other(tmp_path, browser, tile_server):
    address, asked = tile_server
    chosen = {"tiles": address + "/t/{z}/{x}/{y}.png", "attribution": "示例<b>测绘</b>"}
    plan, inputs, settings = sample(tmp_path, map=chosen)
    (tmp_path / "m").mkdir()
    overview = write_maps(build_view(plan, inputs, settings), tmp_path / "m", settings, TRIPS)[0]
    requests, complaints = [], []
    context = browser.new_context()
    page = context.new_page()
    page.on("request", lambda r: requests.append(r.url) if not r.url.startswith("data:") else None)
    page.on("console", lambda m: complaints.append(m.text))
    page.goto(overview.as_uri())
    page.wait_for_selector("img.leaflet-tile-loaded")
    assert requests[0] == overview.as_uri()
    assert requests[1:] and all(url.startswith(f"{address}/t/") for url in requests[1:])
    assert asked and all(path.startswith("/t/") for path in asked)
    assert page.inner_text(".leaflet-control-attribution") == "示例<b>测绘</b>"
    assert address in page.inner_text("#asks")
    assert complaints == []
    page.evaluate("new Image().src = 'http://127.0.0.2:9/elsewhere.png'")
    page.wait_for_timeout(200)
    assert any("Content Security Policy" in said for said in complaints)
    context.close()
