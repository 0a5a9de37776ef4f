import pytest
from sample_plan import RARE

from dispatch.publish.privacy import Audience, Shown, disclosure, shown_id, shown_name, shown_phone

ID = "621122198002020004"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (RARE, "张*"),
        ("欧阳修", "欧阳*"),
        ("司马", "司马*"),
        ("阿依古丽·买买提", "阿*"),
        ("  李四", "李*"),
        ("王", "王*"),
    ],
)
def test_a_masked_name_keeps_the_whole_surname_and_hides_the_length(name, shown):
    assert shown_name(name, Shown.MASKED) == shown


def test_a_masked_id_keeps_the_last_four_of_eighteen():
    assert shown_id(ID, Shown.MASKED) == "**************0004"
    assert shown_id("", Shown.MASKED) == ""


def test_a_short_identifier_is_hidden_whole_rather_than_half_shown():
    assert shown_id("1234567", Shown.MASKED) == "*******"


@pytest.mark.parametrize(
    ("phone", "shown"), [("15400000001", "154****0001"), ("0932123", "*****23"), ("12", "*2"), ("", "")]
)
def test_a_masked_phone_never_shows_every_digit(phone, shown):
    assert shown_phone(phone, Shown.MASKED) == shown


def test_unmasking_changes_the_view_of_vehicle_leaders_and_subsidy_desks_only():
    for audience in Audience:
        changed = disclosure(audience, unmask=True) != disclosure(audience)
        assert changed == (audience in (Audience.LEADER, Audience.COUNTY))
        assert disclosure(audience).id_number is not Shown.FULL


def test_the_public_and_the_receiving_city_get_no_identifiers():
    for audience in (Audience.CITY, Audience.PUBLIC):
        see = disclosure(audience)
        assert shown_id(ID, see.id_number) == shown_phone("15400000001", see.phone) == ""
        assert shown_name(RARE, see.name) != RARE
