"""A parent's home is an employer's gate to the planner and nobody's business to the public."""

from dataclasses import replace

import pytest

from dispatch.model.supply import StopKind
from dispatch.model.units import great_circle_m
from dispatch.publish.homes import public_place, public_site
from dispatch.publish.view import build_view
from tests.publish.sample_plan import sample

ADDRESS = "胶州市样例小区8号（家长住址）"


def with_a_home(folder, language="zh"):
    """The sample in which employer E1 is a parent's home in 胶东街道."""
    plan, inputs, settings = sample(folder, language)
    employers = tuple(
        replace(e, name=ADDRESS, address=ADDRESS, private=True) if e.employer_id == "E1" else e
        for e in inputs.employers
    )
    stops = tuple(
        replace(s, name=ADDRESS, kind=StopKind.HOME, township="胶东街道") if s.stop_id == "E1" else s
        for s in inputs.stops
    )
    trips = tuple(
        replace(t, calls=tuple(replace(c, stop_name=ADDRESS) if c.stop_id == "E1" else c for c in t.calls))
        for t in plan.trips
    )
    return replace(plan, trips=trips), replace(inputs, employers=employers, stops=stops), settings


@pytest.fixture
def view(tmp_path):
    return build_view(*with_a_home(tmp_path))


def _call(view, stop_id):
    return next(c for t in view.plan.trips for c in t.calls if c.stop_id == stop_id)


def test_a_home_is_shown_as_its_township_some_kilometres_off(view):
    call = _call(view, "E1")
    place = public_place(view, call)
    assert place.name == "胶州市胶东街道（家庭，位置约略）"
    assert 0 < great_circle_m(place.position, call.position) < 5000
    assert (place.position.lat, place.position.lon) == (36.25, 120.05)
    assert place == public_site(view, view.employers["E1"])


def test_two_homes_of_a_township_are_one_place(view):
    call = _call(view, "E1")
    near = replace(call, position=replace(call.position, lat=call.position.lat + 0.003), stop_name="样例小区9号")
    assert public_place(view, near) == public_place(view, call)


def test_other_places_stay_as_they_are(view):
    call = _call(view, "E2")
    assert (public_place(view, call).name, public_place(view, call).position) == (call.stop_name, call.position)


def test_a_home_without_a_township_shows_its_district_then_its_city(tmp_path):
    plan, inputs, settings = with_a_home(tmp_path)
    for district, shown in (("胶州市", "胶州市"), ("", "青岛")):
        stops = tuple(replace(s, township="", district=district) if s.stop_id == "E1" else s for s in inputs.stops)
        employers = tuple(replace(e, district=district) if e.employer_id == "E1" else e for e in inputs.employers)
        view = build_view(plan, replace(inputs, stops=stops, employers=employers), settings)
        assert public_place(view, _call(view, "E1")).name == f"{shown}（家庭，位置约略）"


def test_the_stops_row_alone_makes_a_home(tmp_path):
    plan, inputs, settings = with_a_home(tmp_path)
    employers = tuple(replace(e, private=False) for e in inputs.employers)
    view = build_view(plan, replace(inputs, employers=employers), settings)
    assert public_place(view, _call(view, "E1")).home
