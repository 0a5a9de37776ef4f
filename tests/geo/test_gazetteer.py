"""Address texts as rosters have them, resolved without a network."""

import pytest
from geopy.exc import GeocoderServiceError
from geopy.geocoders.base import Geocoder

from dispatch.geo.gazetteer import Gazetteer
from dispatch.model.units import Position, great_circle_m

PLACES = Gazetteer()


@pytest.mark.parametrize(
    ("text", "level", "code", "township"),
    [
        ("山西省运城市平陆县圣人涧镇示例村", "county", "140829", "圣人涧镇"),
        ("平陆县", "county", "140829", ""),
        ("平陆", "county", "140829", ""),
        ("甘肃省定西市临洮县洮阳镇", "township", "621124101", "洮阳镇"),
        ("甘肃定西临洮洮阳镇", "township", "621124101", "洮阳镇"),
        ("安定区", "county", "621102", ""),
        ("江苏省南京市鼓楼区", "county", "320106", ""),
        ("户籍地：山西省 平陆县", "county", "140829", ""),
        ("吉林省吉林市船营区", "county", "220204", ""),
        ("黔东南苗族侗族自治州凯里市", "county", "522601", ""),
        ("北京市市辖区东城区", "county", "110101", ""),
        ("东莞市长安镇", "township", "441900119", "长安镇"),
        ("东莞市", "county", "441900", ""),
        ("甘肃省陇南市武都区某新镇三组", "county", "621202", "某新镇"),
        ("圣人涧镇示例村", "county", "140829", "圣人涧镇"),
    ],
)
def test_a_text_names_its_township_or_else_its_county(text, level, code, township):
    home = PLACES.resolve(text)
    assert (home.level, home.division_code, home.township_name) == (level, code, township)
    assert home.county_code == code[:6]
    assert home.seat == home.position is not None


@pytest.mark.parametrize("text", ["", "鼓楼区", "张店镇", "山西省运城市", "某处", "Helsinki", "1234"])
def test_an_unclear_text_is_unknown_rather_than_guessed(text):
    home = PLACES.resolve(text)
    assert (home.level, home.position, home.county_code) == ("unknown", None, "")


def test_a_name_that_many_counties_share_is_settled_by_the_rest_of_the_roster():
    homes = PLACES.resolve_all(["圣人涧镇", "张店镇", "杜马乡", "鼓楼区"])
    assert [h.county_code for h in homes] == ["140829", "140829", "140829", ""]


def test_a_home_says_whether_it_was_guessed_and_a_point_settles_it():
    texts = ["圣人涧镇", "张店镇", "杜马乡"]
    assert [h.guessed for h in PLACES.resolve_all(texts)] == [False, True, False]
    zibo = Position(36.8, 118.0)
    homes = PLACES.resolve_all([*texts, "张店镇"], [None, zibo, None, None])
    assert (homes[1].guessed, homes[3].guessed) == (False, True)
    assert homes[1].county_code != homes[3].county_code == "140829"


def test_a_preferred_prefecture_settles_it_too():
    assert Gazetteer(prefer="3203").resolve("鼓楼区").county_code == "320302"


def test_a_known_point_is_kept_and_settles_ambiguous_names():
    point = Position(26.70, 106.60)
    homes = PLACES.resolve_all(["白云区", "", "遵义市播州区"], [point] * 3)
    assert [h.county_code for h in homes] == ["520113", "520113", "520304"]
    assert all(h.level == "point" and h.position == point for h in homes)
    assert great_circle_m(homes[0].seat, point) < 20_000


def test_suggestions_stay_in_the_named_prefecture():
    assert PLACES.suggest("山西省运城市平路县")[0] == "山西省运城市平陆县"
    assert set(PLACES.suggest("鼓楼区")) <= {"江苏省南京市鼓楼区", "江苏省徐州市鼓楼区", "福建省福州市鼓楼区"}


def test_it_is_a_geopy_geocoder_both_ways():
    assert isinstance(PLACES, Geocoder)
    found = PLACES.geocode("胶州市")
    assert found.address == "山东省青岛市胶州市"
    assert (found.latitude, found.longitude) == pytest.approx((36.28, 120.0), abs=0.05)
    assert PLACES.geocode("鼓楼区") is None
    assert PLACES.reverse((34.84, 111.2)).raw == {"code": "140829"}


def test_it_refuses_to_reach_for_the_network():
    with pytest.raises(GeocoderServiceError):
        PLACES.adapter.get_json("x", timeout=1, headers={})
