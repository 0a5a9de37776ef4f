"""The arrivals page as a reception uses it: in a browser, from a file, with no network."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from dispatch.publish.arrivals import write_arrivals
from dispatch.publish.view import build_view
from tests.publish.conftest import HARM
from tests.publish.sample_plan import sample

ZONE = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def folder(tmp_path):
    plan, inputs, settings = sample(tmp_path)
    write_arrivals(build_view(plan, inputs, settings), tmp_path / "arrivals", settings)
    return tmp_path / "arrivals"


def _times(page):
    return page.eval_on_selector_all(".card:not([hidden]) .when time", "e => e.map(x => x.textContent)")


def _total(page):
    return sum(
        map(int, page.eval_on_selector_all(".card:not([hidden]) .many .count", "e => e.map(x => x.textContent)"))
    )


@pytest.mark.parametrize("width", [390, 1200])
def test_the_page_fits_phone_and_desk(folder, visit, width):
    with visit(folder / "青岛" / "index.html", width=width) as seen:
        assert seen.page.evaluate("document.documentElement.scrollWidth") <= width


def test_filters_leave_only_what_matches_and_recount(folder, visit):
    with visit(folder / "青岛" / "index.html") as seen:
        page = seen.page
        assert _total(page) == 38
        page.select_option("select[name=district]", "胶州市")
        assert _total(page) == 25
        assert "25" in page.inner_text("#found")
        assert page.locator("#fleet tbody tr:visible").count() == 1
        assert page.locator(".card tbody tr:visible").count() == 1
        assert "城阳区" not in page.inner_text(".card")
        page.select_option("select[name=employer]", "../../x")
        assert _total(page) == 6
        page.select_option("select[name=district]", "城阳区")
        assert _times(page) == []
        assert page.locator("#none").is_visible()
        page.click("button[type=reset]")
        page.locator(".card:not([hidden])").wait_for()
        assert _total(page) == 38


def test_station_and_day_filters_work(folder, visit):
    with visit(folder / "上海" / "index.html") as seen:
        seen.page.select_option("select[name=station]", "上海松江服装厂")
        assert (_times(seen.page), _total(seen.page)) == (["17:30"], 4)
        seen.page.select_option("select[name=station]", "")
        seen.page.select_option("select[name=day]", "2023-02-02")
        assert _total(seen.page) == 13


@pytest.mark.parametrize(
    ("clock", "order", "marked"),
    [
        (datetime(2023, 2, 2, 9, tzinfo=ZONE), ["17:30", "19:00"], "17:30"),
        (datetime(2023, 2, 2, 18, tzinfo=ZONE), ["19:00", "17:30"], "19:00"),
        (datetime(2023, 2, 3, 9, tzinfo=ZONE), ["17:30", "19:00"], None),
    ],
)
def test_the_next_arrival_stands_on_top(folder, visit, clock, order, marked):
    with visit(folder / "上海" / "index.html", clock=clock) as seen:
        assert _times(seen.page) == order
        next_ones = seen.page.eval_on_selector_all(".is-next time", "e => e.map(x => x.textContent)")
        assert next_ones == ([marked] if marked else [])


def test_every_filter_has_a_label_and_can_be_reached_by_keyboard(folder, visit):
    with visit(folder / "青岛" / "index.html") as seen:
        assert seen.page.evaluate("[...document.querySelectorAll('select')].every(s => s.labels.length === 1)")
        seen.page.keyboard.press("Tab")
        assert seen.page.evaluate("document.activeElement.name") == "day"


def test_the_index_leads_to_each_city(folder, visit):
    with visit(folder / "index.html") as seen:
        links = seen.page.eval_on_selector_all("main a", "e => e.map(x => decodeURI(x.getAttribute('href')))")
        assert sorted(links) == ["上海/index.html", "青岛/index.html"]
        assert all((folder / link).is_file() for link in links)


def test_texts_that_mean_harm_stay_text(harmful_view, tmp_path, visit):
    view, settings = harmful_view
    met = set()
    for path in write_arrivals(view, tmp_path / "arrivals", settings):
        if path.suffix == ".html":
            with visit(path) as seen:
                shown = seen.page.inner_text("body")
                assert HARM[0] in shown
                assert seen.page.locator("img").count() == 0
                met |= {harm for harm in HARM if harm in shown}
                if path.parent.name != "arrivals":
                    for value in seen.page.eval_on_selector_all(
                        "select[name=employer] option", "e => e.map(x => x.value)"
                    ):
                        seen.page.select_option("select[name=employer]", value)
                        assert _total(seen.page) > 0
    assert met == set(HARM)
