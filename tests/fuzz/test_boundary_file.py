"""No boundary file, whatever it holds, makes its reader raise anything but its named errors."""

from __future__ import annotations

import json
from functools import partial
from importlib.resources import files

import pytest
from examples import bounded
from hypothesis import given
from hypothesis import strategies as st
from mutants import EDITS, mutated

from dispatch.geo.datum import to_wgs84
from dispatch.intake.boundary import MAX_POINTS, read_boundary
from dispatch.intake.reader import UnreadableError

CODES = set(json.loads((files("dispatch") / "texts" / "notices.json").read_text("utf-8")))
RING = [[110.1, 35], [111, 35.25], [111, 36, 812.5], [110.1, 35]]
GOOD = json.dumps(
    {
        "type": "FeatureCollection",
        "bbox": [110, 35, 111, 36],
        "features": [
            {
                "type": "Feature",
                "properties": {"name": "示例县"},
                "geometry": {"type": "Polygon", "coordinates": [RING]},
            },
            {"type": "Feature", "properties": None, "geometry": None},
            {
                "type": "Feature",
                "geometry": {
                    "type": "GeometryCollection",
                    "geometries": [
                        {"type": "MultiPolygon", "coordinates": [[RING], [RING, RING]]},
                        {"type": "LineString", "coordinates": RING[:2]},
                        {"type": "Point", "coordinates": RING[0]},
                    ],
                },
            },
        ],
    },
    ensure_ascii=False,
).encode()
DATUMS = st.sampled_from(["wgs84", "gcj02", "bd09"])

KINDS = ["Feature", "FeatureCollection", "GeometryCollection", "Point", "MultiPoint", "LineString", "MultiLineString"]
KINDS += ["Polygon", "MultiPolygon", "Topology", "", "linestring"]
EDGES = [-180, 180, -90, 90, 10**400, 1e308, 1e-320, -0.0]
NUMBERS = st.one_of(st.integers(-181, 181), st.floats(-180, 180), st.sampled_from(EDGES))
ANY = st.one_of(st.none(), st.booleans(), st.text(max_size=3), NUMBERS, st.floats())
# Somewhere on the globe, and at its edges more often than anywhere else.
SOMEWHERE = st.tuples(*(st.sampled_from([-most, most]) | st.floats(-most, most) for most in (180, 90)))
POINTS = st.lists(NUMBERS, min_size=2, max_size=3) | st.lists(ANY, max_size=3)
LINES = st.lists(POINTS, max_size=4)
COORDINATES = st.one_of(POINTS, LINES, st.lists(LINES, max_size=3), st.lists(st.lists(LINES, max_size=2), max_size=2))
GEOMETRIES = st.one_of(
    st.builds(lambda line: {"type": "LineString", "coordinates": line}, st.lists(SOMEWHERE, min_size=2)),
    st.builds(lambda rings: {"type": "Polygon", "coordinates": rings}, st.lists(st.lists(SOMEWHERE), min_size=1)),
    st.fixed_dictionaries({"type": st.sampled_from(KINDS)}, optional={"coordinates": COORDINATES | ANY, "bbox": ANY}),
)


def holders(inner):
    """Features and collections around what they may hold, and around what they may not."""
    some = st.lists(inner, max_size=3) | inner | ANY
    return st.fixed_dictionaries(
        {"type": st.sampled_from(KINDS) | ANY},
        optional={"geometry": inner | ANY, "features": some, "geometries": some, "properties": ANY},
    )


SAID = st.recursive(GEOMETRIES | ANY, holders, max_leaves=8)

# Files that once raised: Baidu's shift leads from the pole beyond it.
FOUND = [(b'{"type":"LineString","coordinates":[[-180,-90],[180,90]]}', "bd09")]


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return tmp_path_factory.mktemp("boundary") / "border.json"


def check(path, content, datum):
    """Lines of two points and more on the globe, or a finding that is worded."""
    path.write_bytes(content)
    try:
        lines = read_boundary(path, partial(to_wgs84, datum))
    except UnreadableError as error:
        assert error.code.startswith("boundary_")
        assert {error.code, f"{error.code}.remedy"} <= CODES
    else:
        assert lines
        assert min(map(len, lines)) > 1
        assert sum(map(len, lines)) <= MAX_POINTS


@bounded(400)
@given(edits=EDITS, datum=DATUMS)
def test_a_boundary_with_changed_bytes(path, edits, datum):
    check(path, mutated(GOOD, edits), datum)


@bounded(400)
@given(said=SAID, datum=DATUMS)
def test_any_json_as_a_boundary(path, said, datum):
    check(path, json.dumps(said).encode(), datum)


@bounded(200)
@given(content=st.binary(max_size=200), datum=DATUMS)
def test_any_bytes_as_a_boundary(path, content, datum):
    check(path, content, datum)


@pytest.mark.parametrize(("content", "datum"), FOUND)
def test_what_was_found_stays_mended(path, content, datum):
    check(path, content, datum)


def test_the_good_boundary_is_read_in_every_datum(path):
    path.write_bytes(GOOD)
    for datum in ("wgs84", "gcj02", "bd09"):
        assert len(read_boundary(path, partial(to_wgs84, datum))) == 5
