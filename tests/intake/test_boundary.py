"""The boundary file of the maps: lines or one finding, whatever the file holds."""

import json

import pytest

from dispatch.intake.notices import describe
from dispatch.model.units import Position

RING = [[110, 35], [111, 35], [111, 36], [110, 35]]


def feature(kind, coordinates, **properties):
    return {"type": "Feature", "properties": properties, "geometry": {"type": kind, "coordinates": coordinates}}


def collection(*features):
    return {"type": "FeatureCollection", "features": list(features)}


@pytest.fixture
def bounded(office):
    """Read the office's files with a boundary of these bytes, or of this object as JSON."""

    def read(content, datum="wgs84"):
        office.config += f"datum: {datum}\npublish: {{map: {{boundary: ../data/border.json}}}}\n"
        office.settings()
        if content is not None:
            said = content if isinstance(content, bytes) else json.dumps(content).encode()
            (office.folder / "data" / "border.json").write_bytes(said)
        inputs, notices = office.read()
        return inputs.boundary, [n for n in notices if n.code.startswith("boundary_")]

    return read


def test_without_a_file_there_is_no_boundary(office):
    assert office.read()[0].boundary == ()


@pytest.mark.parametrize(
    "said",
    [
        collection(feature("Polygon", [RING])),
        collection(
            feature("MultiPolygon", [[RING]]), feature("Point", [110, 35]), {"type": "Feature", "geometry": None}
        ),
        feature("MultiLineString", [RING]),
        {"type": "GeometryCollection", "geometries": [{"type": "LineString", "coordinates": RING}]},
        b"\xef\xbb\xbf" + json.dumps({"type": "LineString", "coordinates": [[*p, 812.5] for p in RING]}).encode(),
    ],
)
def test_lines_and_rings_of_every_geometry_are_drawn(bounded, said):
    lines, found = bounded(said)
    assert found == []
    assert lines == (tuple(Position(lat, lon) for lon, lat in RING),)


def test_points_closer_than_ten_metres_become_one(bounded):
    lines, _ = bounded({"type": "LineString", "coordinates": [[110, 35], [110.00001, 35.00001], [111, 35]]})
    assert lines == ((Position(35, 110), Position(35, 111)),)


def test_a_boundary_is_read_in_the_operations_datum(bounded):
    lines, _ = bounded({"type": "LineString", "coordinates": RING}, datum="gcj02")
    assert lines[0][0] != Position(35, 110)
    assert abs(lines[0][0].lat - 35) < 0.01


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (None, "boundary_missing"),
        (b"", "boundary_wrong"),
        (b"{", "boundary_wrong"),
        (b"[" * 200_000, "boundary_wrong"),
        (b'{"type": "LineString", "coordinates": [[1e999, 3], [4, 5]]}', "boundary_wrong"),
        (b'{"type": "LineString", "coordinates": [[NaN, 3], [4, 5]]}', "boundary_wrong"),
        (b'{"type": "LineString", "coordinates": [[' + b"9" * 6000 + b", 3], [4, 5]]}", "boundary_wrong"),
        ('{"type": "省界"}'.encode("gb18030"), "boundary_wrong"),
        ([], "boundary_wrong"),
        ("text", "boundary_wrong"),
        ({"type": "Topology"}, "boundary_wrong"),
        ({"type": ["Feature"]}, "boundary_wrong"),
        (collection(), "boundary_wrong"),
        (collection(feature("Point", [110, 35])), "boundary_wrong"),
        (feature("Polygon", "x"), "boundary_wrong"),
        (feature("LineString", []), "boundary_wrong"),
        (feature("MultiLineString", [[], [[110, 35]]]), "boundary_wrong"),
        (feature("LineString", [[110, 35], [110.00001, 35.00001]]), "boundary_wrong"),
        (feature("Polygon", RING), "boundary_wrong"),
        (feature("LineString", [[True, False], [1, 2]]), "boundary_wrong"),
        (feature("LineString", [[35.1], [1, 2]]), "boundary_wrong"),
        (feature("LineString", [[19_500_000, 3_900_000], [19_500_001, 3_900_000]]), "boundary_wrong"),
        (feature("LineString", [[n / 1000, 35] for n in range(60_000)]), "boundary_too_large"),
        (b" " * 5_000_001, "boundary_too_large"),
    ],
)
def test_a_file_that_cannot_be_drawn_is_one_finding_with_file_and_remedy(bounded, content, code):
    lines, found = bounded(content)
    assert lines == ()
    assert [(n.code, n.file, n.severity) for n in found] == [(code, "border.json", "error")]
    for language in ("zh", "en"):
        what, remedy = describe(found[0], language)
        assert "border.json" in what
        assert "publish.map.boundary" in remedy or "mapshaper" in remedy


def test_a_folder_in_the_place_of_the_file_is_said_to_be_one(office):
    office.config += "publish: {map: {boundary: ../data}}\n"
    assert [n.code for n in office.read()[1] if n.severity == "error"] == ["boundary_unreadable"]
