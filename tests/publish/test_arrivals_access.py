"""Pages that everybody can use: by keyboard, by ear, with weak eyes, on paper."""

import re
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from unicodedata import normalize

import pytest

from dispatch.publish import publish
from dispatch.publish.arrivals import write_arrivals
from dispatch.publish.view import build_view
from tests.publish.sample_plan import ZONE, sample

CONTRAST = Path(__file__).with_name("contrast.js").read_text("utf-8")
TEXT, SIGNS = 4.5, 3.0
DURING = datetime(2023, 2, 2, 18, tzinfo=ZONE)
PAGES = frozenset({"arrivals", "map", "report"})


@pytest.fixture(scope="module", params=["zh", "en"])
def pages(request, tmp_path_factory):
    plan, inputs, settings = sample(tmp_path_factory.mktemp("pages"), request.param)
    publish(plan, inputs, settings, only=PAGES, unmask=False, progress=lambda *_: None)
    return request.param, settings.out, settings.maps


def _all_pages(pages):
    _, out, maps = pages
    return sorted([*out.rglob("*.html"), *maps.rglob("*.html")])


def _city(pages, city="上海"):
    return pages[1] / "arrivals" / city / "index.html"


def test_no_text_of_any_page_is_too_pale(pages, visit):
    found = {}
    for path in _all_pages(pages):
        for width in (390, 1200):
            with visit(path, width=width, clock=DURING) as seen:
                found[path.name, width] = seen.page.evaluate(CONTRAST, TEXT)
    assert {place: pale for place, pale in found.items() if pale} == {}
    assert len(found) >= 10


def test_a_pale_text_would_be_found(pages, visit):
    with visit(_city(pages)) as seen:
        seen.page.add_style_tag(content=".soft { color: #8a97a3; } .many { opacity: 1; color: rgb(0 0 0 / .4); }")
        pale = seen.page.evaluate(CONTRAST, TEXT)
        assert len(pale) > 3
        assert all(contrast < TEXT for _, contrast, *_ in pale)


def test_texts_of_a_popup_are_not_too_pale(pages, visit):
    with visit(pages[2] / "overview.html") as seen:
        seen.page.evaluate("geo_json_routes.getLayers()[0].openPopup()")
        seen.page.locator(".leaflet-popup-content").wait_for()
        assert seen.page.evaluate(CONTRAST, TEXT) == []


def test_every_page_names_its_language_and_itself(pages, visit):
    for path in _all_pages(pages):
        with visit(path) as seen:
            assert seen.page.get_attribute("html", "lang") == {"zh": "zh-CN", "en": "en"}[pages[0]]
            assert seen.page.title()
            assert seen.page.locator("h1").count() == 1, path.name


def test_everything_that_can_be_used_is_reached_by_keyboard_and_shows_it(pages, visit):
    with visit(_city(pages, "青岛")) as seen:
        page = seen.page
        usable = "select, button, a[href], summary"
        wanted = page.evaluate(f"[...document.querySelectorAll('{usable}')].filter(e => e.checkVisibility()).length")
        reached = []
        for _ in range(wanted + 3):
            page.keyboard.press("Tab")
            state = page.evaluate(
                "(() => { const e = document.activeElement, s = getComputedStyle(e), b = e.getBoundingClientRect();"
                "return [e.outerHTML.slice(0, 60), s.outlineStyle, s.outlineColor, parseFloat(s.outlineWidth), b.top,"
                "document.elementFromPoint(b.left + b.width / 2, b.top + b.height / 2) !== null] })()"
            )
            if state[0] not in reached and not state[0].startswith("<body"):
                reached.append(state[0])
                assert (state[1], state[3] >= 2) == ("solid", True), state
                assert _contrast(state[2], "rgb(243, 245, 247)") >= SIGNS
        assert len(reached) == wanted


def _contrast(ink, ground):
    def light(colour):
        parts = [int(n) / 255 for n in re.findall(r"\d+", colour)[:3]]
        r, g, b = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in parts)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    high, low = sorted((light(ink), light(ground)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_filters_work_by_keyboard_alone_and_the_number_is_announced(pages, visit):
    with visit(_city(pages)) as seen:
        page = seen.page
        found = page.locator("#found")
        assert (found.get_attribute("role"), found.get_attribute("aria-live")) == ("status", "polite")
        before = found.inner_text()
        for _ in range(2):
            page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.name") == "station"
        page.keyboard.press("ArrowDown")
        page.wait_for_function("b => document.getElementById('found').textContent !== b", arg=before)
        assert "1" in found.inner_text()
        assert page.evaluate("document.activeElement.selectedOptions[0].text") in found.inner_text()
        for _ in range(3):
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_function("b => document.getElementById('found').textContent === b", arg=before)


def test_the_clock_does_not_take_the_focus_from_what_is_being_read(pages, visit):
    with visit(_city(pages), clock=datetime(2023, 2, 2, 9, tzinfo=ZONE)) as seen:
        page = seen.page
        page.evaluate(
            "document.querySelectorAll('.card')[1].tabIndex = 0; document.querySelectorAll('.card')[1].focus()"
        )
        page.evaluate("document.querySelector('form').dispatchEvent(new Event('change'))")
        assert page.evaluate("document.activeElement.className").startswith("card")


def test_every_table_of_the_arrivals_has_a_caption_and_headings(pages, visit):
    for path in sorted((pages[1] / "arrivals").rglob("*.html")):
        with visit(path) as seen:
            faults = seen.page.evaluate(
                "[...document.querySelectorAll('table')].filter(t => !(t.caption && t.caption.textContent.trim())"
                "|| !t.tHead || [...t.querySelectorAll('th')].some(h => !h.scope || !h.textContent.trim())"
                "|| ![...t.tBodies[0].rows].some(r => r.querySelector('th'))).map(t => t.outerHTML.slice(0, 200))"
            )
            assert faults == [], path


def test_nothing_is_told_by_colour_alone(pages, visit):
    with visit(_city(pages), clock=DURING) as seen:
        assert seen.page.locator(".is-next .next").is_visible()
        assert seen.page.locator(".is-past .past").is_visible()
        assert all(seen.page.locator(".mode").all_inner_texts())


def test_without_scripts_everything_is_there_and_no_filter_pretends_to_work(pages, browser):
    context = browser.new_context(java_script_enabled=False, offline=True)
    page = context.new_page()
    page.goto(_city(pages).as_uri())
    assert page.locator(".card").count() == 2
    assert page.locator("#filters").is_hidden()
    context.close()


def test_the_page_prints_what_is_shown_and_says_what_it_was_filtered_by(pages, visit, tmp_path):
    pypdf = pytest.importorskip("pypdf")
    with visit(_city(pages)) as seen:
        seen.page.select_option("select[name=station]", "上海松江服装厂")
        seen.page.pdf(path=tmp_path / "page.pdf", prefer_css_page_size=True)
    sheets = pypdf.PdfReader(tmp_path / "page.pdf").pages
    text = normalize("NFKC", "".join(sheet.extract_text() for sheet in sheets))
    width, height = (round(float(side) / 72 * 25.4) for side in sheets[0].mediabox[2:])
    assert (width, height) == (210, 297)
    assert "17:30" in text
    assert "19:00" not in text.replace("02-02 19:00", "")  # the last arrival of all, told above
    assert text.count("上海松江服装厂") >= 2


def test_hundreds_of_arrivals_make_a_small_page(tmp_path):
    plan, inputs, settings = sample(tmp_path)
    view = build_view(plan, inputs, settings)
    city = next(c for c in view.cities if c.name == "青岛")
    many = replace(city, people=city.people * 400, arrivals=city.arrivals * 400)
    write_arrivals(replace(view, cities=(many,)), tmp_path / "many", settings)
    assert (tmp_path / "many" / "青岛" / "index.html").stat().st_size < 1_000_000
