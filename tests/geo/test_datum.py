"""A point in the wrong datum is hundreds of metres off: at the wrong gate."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.geo.datum import from_wgs84, to_wgs84
from dispatch.model.units import Position, great_circle_m

WGS, GCJ = (39.908823, 116.397470), (39.910226498, 116.403713582)


def test_the_published_vector_of_gcj02_is_met_both_ways():
    assert from_wgs84("gcj02", *WGS) == pytest.approx(GCJ, abs=1e-8)
    assert to_wgs84("gcj02", *GCJ) == pytest.approx(WGS, abs=1e-8)


@pytest.mark.parametrize("datum", ["gcj02", "bd09"])
@settings(deadline=None)
@given(lat=st.floats(18, 53), lon=st.floats(74, 134))
def test_there_and_back_is_within_a_centimetre(datum, lat, lon):
    y, x = to_wgs84(datum, *from_wgs84(datum, lat, lon))
    assert great_circle_m(Position(lat, lon), Position(float(y), float(x))) < 0.01


@pytest.mark.parametrize("datum", ["wgs84", "gcj02", "bd09"])
@settings(deadline=None)
@given(lat=st.floats(-90, 90) | st.sampled_from([-90, 90]), lon=st.floats(-180, 180) | st.sampled_from([-180, 180]))
def test_a_point_on_the_globe_stays_on_it(datum, lat, lon):
    assert Position(*map(float, to_wgs84(datum, lat, lon)))


@pytest.mark.parametrize(("datum", "least", "most"), [("gcj02", 50, 800), ("bd09", 300, 2000)])
def test_the_shift_has_the_size_it_is_known_for(datum, least, most):
    y, x = from_wgs84(datum, *WGS)
    assert least < great_circle_m(Position(*WGS), Position(float(y), float(x))) < most


def test_points_outside_china_are_not_shifted_and_gaps_stay_gaps():
    assert from_wgs84("gcj02", 60.17, 24.94) == (60.17, 24.94)
    y, x = to_wgs84("gcj02", np.array([np.nan, GCJ[0]]), np.array([np.nan, GCJ[1]]))
    assert np.isnan(y[0]) and np.isnan(x[0]) and y[1] == pytest.approx(WGS[0])
