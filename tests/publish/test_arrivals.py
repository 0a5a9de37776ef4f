"""What partner cities get: the right counts, nothing personal, the same bytes twice."""

from collections import Counter
from dataclasses import replace
from pathlib import Path
from unicodedata import normalize
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook

from dispatch.language import text
from dispatch.publish.arrivals import write_arrivals
from dispatch.publish.arrivals.schedule import coaches, districts, origin_of, receptions
from dispatch.publish.view import build_view
from tests.publish.opened import opened
from tests.publish.sample_plan import sample
from tests.publish.test_homes import ADDRESS, with_a_home

GOLDEN = Path(__file__).parent / "golden" / "arrivals_qingdao.csv"


@pytest.fixture
def made(tmp_path):
    plan, inputs, settings = sample(tmp_path / "workspace")
    view = build_view(plan, inputs, settings)
    (tmp_path / "arrivals").mkdir()
    return view, settings, write_arrivals(view, tmp_path / "arrivals", settings), tmp_path / "arrivals"


def test_a_city_gets_a_page_a_table_a_workbook_and_a_calendar(made):
    _, _, files, folder = made
    names = {p.relative_to(folder).as_posix() for p in files}
    assert names == {"index.html"} | {
        f"{city}/{name}"
        for city in ("青岛", "上海")
        for name in ("index.html", "arrivals.csv", "arrivals.xlsx", "arrivals.ics")
    }
    assert all(p.is_file() for p in files)


def test_only_the_formats_asked_for_are_written(tmp_path):
    plan, inputs, settings = sample(tmp_path)
    settings = settings.model_copy(update={"publish": settings.publish.model_copy(update={"formats": ("csv",)})})
    files = write_arrivals(build_view(plan, inputs, settings), tmp_path / "arrivals", settings)
    assert {p.name for p in files} == {"arrivals.csv"}


def test_counts_of_every_level_add_up_to_the_people_of_the_city(made):
    view, *_ = made
    for city in view.cities:
        schedule = receptions(view, city)
        assert sum(r.arrival.people for r in schedule) == city.people
        assert sum(d.people for r in schedule for d in r.districts) == city.people
        assert sum(n for d in districts(view, city) for _, n in d.sites) == city.people
        onward = sum(g.people for r in schedule for c in r.coaches for g in c.gates)
        direct = sum(r.arrival.people for r in schedule if r.direct)
        assert onward + direct == city.people
        assert sum(c.people for c in coaches(view, city)) == onward


def test_gate_times_are_those_of_the_legs(made):
    view, *_ = made
    expected = Counter()
    for worker_id, legs in view.legs_by_worker.items():
        expected[view.employers[view.workers[worker_id].employer_id].name, legs[-1].trip_id, legs[-1].arrives_at] += 1
    found = Counter()
    for city in view.cities:
        for r in receptions(view, city):
            if r.direct:
                found[r.place.name, r.arrival.trip.trip_id, r.at] += r.arrival.people
            for coach in r.coaches:
                for gate in coach.gates:
                    found[gate.site.name, coach.trip.trip_id, gate.arrives_at] += gate.people
    assert found == expected


def test_the_table_is_as_agreed(made):
    *_, folder = made
    assert (folder / "青岛" / "arrivals.csv").read_bytes() == GOLDEN.read_bytes()
    assert GOLDEN.read_bytes().startswith(b"\xef\xbb\xbf")


def test_no_cell_of_the_workbook_is_a_formula_or_a_link(made):
    *_, folder = made
    for path in folder.glob("*/arrivals.xlsx"):
        book = load_workbook(path)
        assert all(cell.data_type != "f" for sheet in book for row in sheet.iter_rows() for cell in row)
        book.close()
        with ZipFile(path) as inside:
            assert not any(
                "hyperlink" in inside.read(n).decode("utf-8", "replace").lower() and "rels" in n
                for n in inside.namelist()
            )


def test_every_file_tells_revision_time_and_audience(made):
    _, _, files, _ = made
    for path in files:
        if path.suffix == ".xlsx":
            with ZipFile(path) as inside:
                content = inside.read("xl/sharedStrings.xml").decode()
        else:
            content = path.read_text("utf-8").replace("\r\n ", "").replace("\n ", "")
        assert "2023-01-20" in content, path
        assert "接收地人社部门" in content, path
        assert "第3版" in content or ",3,2023-01-20" in content, path


def test_no_name_id_or_phone_leaves_in_any_file(made, secrets):
    _, _, files, _ = made
    for path in files:
        raw = path.read_bytes()
        if path.suffix == ".xlsx":
            with ZipFile(path) as inside:
                raw = b"".join(inside.read(n) for n in inside.namelist())
        content = raw.decode("utf-8", "replace").replace("\r\n ", "")
        assert [s for s in secrets if s in content] == [], path


def test_a_second_run_gives_the_same_bytes(made, tmp_path):
    view, settings, files, _ = made
    again = write_arrivals(view, tmp_path / "again", settings)
    assert [p.read_bytes() for p in again] == [p.read_bytes() for p in files]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_both_languages_render(tmp_path, language):
    plan, inputs, settings = sample(tmp_path, language)
    write_arrivals(build_view(plan, inputs, settings), tmp_path / "arrivals", settings)
    page = (tmp_path / "arrivals" / "青岛" / "index.html").read_text("utf-8")
    assert f'lang="{ {"zh": "zh-CN", "en": "en"}[language] }"' in page
    assert ("Last-mile coaches" in page) == (language == "en")


HOME = text("zh", "pages.home", place="胶州市胶东街道")


def test_a_home_is_shown_to_its_city_as_a_township_in_every_file(tmp_path):
    plan, inputs, settings = with_a_home(tmp_path)
    for path in write_arrivals(build_view(plan, inputs, settings), tmp_path / "arrivals", settings):
        said = opened(path)
        assert ADDRESS not in said, path
        if path.parent.name == "青岛":
            assert normalize("NFKC", HOME) in said.replace("\\", ""), path


def test_two_homes_of_a_township_are_counted_together(tmp_path):
    plan, inputs, settings = with_a_home(tmp_path)
    homes = {"E1", "E2"}
    employers = tuple(replace(e, private=e.employer_id in homes) for e in inputs.employers)
    stops = tuple(replace(s, township="胶东街道") if s.stop_id in homes else s for s in inputs.stops)
    view = build_view(plan, replace(inputs, employers=employers, stops=stops), settings)
    city = next(c for c in view.cities if c.name == "青岛")
    counted = {d.name: [(site.name, n) for site, n in d.sites] for d in districts(view, city)}
    assert counted["胶州市"] == [(HOME, 25)]


def test_an_arrival_at_a_home_is_put_on_the_calendar_some_kilometres_off(tmp_path):
    plan, inputs, settings = sample(tmp_path)
    employers = tuple(replace(e, private=e.employer_id == "E6") for e in inputs.employers)
    view = build_view(plan, replace(inputs, employers=employers), settings)
    write_arrivals(view, tmp_path / "arrivals", settings)
    said = (tmp_path / "arrivals" / "上海" / "arrivals.ics").read_text("utf-8")
    assert "GEO:31.05;121.25" in said
    assert "上海松江服装厂" not in opened(tmp_path / "arrivals" / "上海" / "arrivals.ics")


def test_a_journey_that_sets_out_from_a_home_does_not_name_it(tmp_path):
    plan, inputs, settings = with_a_home(tmp_path)
    back = replace(next(t for t in plan.trips if t.trip_id == "L-1"), trip_id="B-1")
    back = replace(back, calls=back.calls[::-1])
    view = build_view(plan, inputs, settings)
    assert origin_of(view, back) != origin_of(view, replace(back, calls=back.calls[1:]))
    assert origin_of(view, replace(back, calls=back.calls[1:])) == HOME
