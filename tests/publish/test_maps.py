"""Maps that ask nothing of the network, carry no personal data, and show what the plan says."""

import re
from dataclasses import replace

import pytest

from dispatch.model.units import Position
from dispatch.publish.maps import write_maps
from dispatch.publish.maps.corridors import Mean, flows, gather
from dispatch.publish.maps.markup import encoded, popup
from dispatch.publish.view import build_view
from tests.publish.conftest import HARM
from tests.publish.sample_plan import sample


@pytest.fixture
def made(tmp_path):
    plan, inputs, settings = sample(tmp_path / "workspace")
    view = build_view(plan, inputs, settings)
    (tmp_path / "maps").mkdir()
    return view, settings, write_maps(view, tmp_path / "maps", settings), tmp_path / "maps"


def _features(page, layer):
    return page.evaluate(f"geo_json_{layer}.getLayers().map(l => l.feature)")


def _shown(page):
    return sorted(f["properties"]["kind"] for f in _features(page, "routes"))


def test_there_is_an_overview_and_a_map_per_city(made):
    _, _, files, folder = made
    assert [p.name for p in files] == ["overview.html", "上海.html", "青岛.html"]
    assert all(p.parent == folder for p in files)


def test_a_city_called_overview_does_not_replace_the_overview(tmp_path):
    plan, inputs, settings = sample(tmp_path / "workspace")
    employers = tuple(replace(e, city="overview") if e.city == "上海" else e for e in inputs.employers)
    view = build_view(plan, replace(inputs, employers=employers), settings)
    (tmp_path / "maps").mkdir()
    assert len(set(write_maps(view, tmp_path / "maps", settings))) == 3


def test_corridors_carry_each_rider_once(made):
    view, *_ = made
    people = {
        kind: sum(c.people.total() for c in flows(view).corridors if c.kind == kind)
        for kind in ("train", "coach", "feeder")
    }
    assert people == {"train": 38, "coach": 13, "feeder": 38}
    train = next(c for c in flows(view).corridors if c.kind == "train")
    assert (train.origin.name, train.destination.name) == ("定西北站", "青岛北站")


def test_many_origins_are_gathered_under_the_largest_nearby_and_none_is_lost():
    origins = {f"县{n:03d}": Mean() for n in range(120)}
    for n, mean in enumerate(origins.values()):
        mean.add(Position(26 + n // 12 * 0.2, 105 + n % 12 * 0.2), 10 + n)
    groups = gather(origins)
    assert len(groups) <= 16
    assert sorted(name for own in groups.values() for name in own) == sorted(origins)
    assert all(origins[seat].people == max(origins[n].people for n in own) for seat, own in groups.items())


def test_few_origins_stay_as_they_are(made):
    assert all(own == (seat,) for seat, own in flows(made[0]).members.items())


def test_a_second_run_gives_the_same_bytes(made, tmp_path):
    view, settings, files, _ = made
    (tmp_path / "again").mkdir()
    again = write_maps(view, tmp_path / "again", settings)
    assert [p.read_bytes() for p in again] == [p.read_bytes() for p in files]


def test_no_address_of_any_server_is_loaded(made):
    _, _, files, _ = made
    for path in files:
        content = path.read_text("utf-8")
        assert re.findall(r"<link|<script[^>]*src|<img|@import", content) == []
        assert re.findall(r"url\((?!data:|#)", content) == []
        assert "sourceMappingURL" not in content
        assert not re.search("jsdelivr|cloudflare|bootstrap|jquery|fontawesome|openstreetmap", content, re.IGNORECASE)


def test_each_map_says_revision_audience_sketch_and_source_of_times(made):
    _, _, files, _ = made
    for path in files:
        content = path.read_text("utf-8")
        assert "方案第3版" in content
        assert "2023-01-20 09:05" in content
        assert "可公开（不含个人信息）" in content
        assert "线路为示意，非实际道路" in content
        assert "路途时间为估算值" in content


def test_a_table_of_travel_times_is_named_as_the_source(tmp_path):
    plan, inputs, settings = sample(tmp_path)
    paths = settings.inputs.model_copy(update={"travel_times": tmp_path / "travel_times.csv"})
    settings = settings.model_copy(update={"inputs": paths})
    (tmp_path / "m").mkdir()
    page = write_maps(build_view(plan, inputs, settings), tmp_path / "m", settings)[0].read_text("utf-8")
    assert "路途时间以所提供的路程时间表为准" in page


def test_no_name_id_or_phone_is_on_any_map(made, secrets):
    _, _, files, _ = made
    for path in files:
        content = path.read_text("utf-8")
        decoded = re.sub(r"\\u([0-9a-f]{4})", lambda m: chr(int(m[1], 16)), content)
        assert decoded != content
        assert [s for s in secrets if s in decoded] == [], path


def test_encoding_leaves_no_character_that_scripts_or_tags_are_made_of():
    markup = str(encoded("".join(HARM) + "\"'&<>${}`\\"))
    assert not re.search(r"""[<>"'$`{}\\]""", markup)
    assert not re.search(r"[$`{}\\]", popup(HARM[0], [(HARM[1], HARM[2])], (HARM[3],), [(HARM[2],)]))


@pytest.mark.parametrize("width", [390, 1280])
def test_the_overview_draws_every_corridor_with_its_popup(made, visit, width):
    view, _, _, folder = made
    with visit(folder / "overview.html", width=width) as seen:
        page = seen.page
        assert len(_features(page, "routes")) == len(flows(view).corridors)
        assert page.locator("path.leaflet-interactive").count() >= len(flows(view).corridors)
        page.evaluate("geo_json_routes.getLayers().find(l => l.feature.properties.kind === 'train').openPopup()")
        text = page.inner_text(".leaflet-popup-content")
        assert "G2093" in text and "38" in text and "10:30" in text and "21:30" in text


def test_more_people_make_a_wider_line(made, visit):
    *_, folder = made
    with visit(folder / "overview.html") as seen:
        weights = {f["properties"]["kind"]: f["properties"]["style"]["weight"] for f in _features(seen.page, "routes")}
        assert weights["train"] > weights["coach"]


def test_layers_can_be_switched_by_mode_and_by_day(made, visit):
    *_, folder = made
    with visit(folder / "overview.html") as seen:
        page = seen.page
        every = _shown(page)
        page.uncheck("input[value=feeder]")
        assert _shown(page) == [kind for kind in every if kind != "feeder"]
        page.uncheck("input[value=train]")
        assert _shown(page) == ["coach"]
        assert all("coach" in f["properties"]["kinds"] for f in _features(page, "points"))
        page.check("input[value=train]")
        page.select_option("select[name=day]", "2023-02-01")
        assert _shown(page) == ["coach", "train"]


def test_a_day_without_the_route_hides_it(made, visit):
    *_, folder = made
    with visit(folder / "overview.html") as seen:
        page = seen.page
        page.evaluate("document.querySelector('select[name=day]').add(new Option('other', '2023-02-09'))")
        page.select_option("select[name=day]", "2023-02-09")
        assert _shown(page) == []
        assert _features(page, "points") == []


def test_a_city_map_shows_last_mile_coaches_stop_by_stop(made, visit):
    *_, folder = made
    with visit(folder / "青岛.html") as seen:
        page = seen.page
        assert [len(f["geometry"]["coordinates"]) for f in _features(page, "routes")] == [3, 3]
        page.evaluate("geo_json_routes.getLayers()[0].openPopup()")
        text = page.inner_text(".leaflet-popup-content")
        assert text.index("青岛北站") < text.index("青岛海湾电子有限公司") < text.index("../../x")
        assert "22:15" in text and "23:10" in text and "23:30" in text
        assert page.locator(".leaflet-control-scale").count() == 1


def test_a_city_reached_by_coach_shows_its_gates(made, visit):
    *_, folder = made
    with visit(folder / "上海.html") as seen:
        assert {f["properties"]["label"] for f in _features(seen.page, "points")} == {
            "上海浦江机械制造股份有限公司第二分公司临港工厂",
            "上海松江服装厂",
        }


def test_texts_that_mean_harm_stay_text(harmful_view, tmp_path, visit):
    view, settings = harmful_view
    (tmp_path / "maps").mkdir()
    met = set()
    for path in write_maps(view, tmp_path / "maps", settings):
        with visit(path) as seen:
            page = seen.page
            shown = page.inner_text("body")
            for layer in ("routes", "points"):
                for n in range(len(_features(page, layer))):
                    page.evaluate(f"geo_json_{layer}.getLayers()[{n}].openPopup()")
                    shown += page.inner_text(".leaflet-popup-content")
                    assert (
                        page.locator(".leaflet-popup-content img, .place img, .leaflet-popup-content script").count()
                        == 0
                    )
            here = {harm for harm in HARM if harm in shown}
            assert len(here) >= 2, path.name
            met |= here
    assert met == set(HARM)


def test_a_plan_that_carries_nobody_has_no_map(tmp_path):
    plan, inputs, settings = sample(tmp_path)
    nobody = replace(plan, trips=(), legs=(), costs=())
    assert write_maps(build_view(nobody, inputs, settings), tmp_path, settings) == []
