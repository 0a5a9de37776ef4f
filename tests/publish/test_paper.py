"""What the font shows and how a text is made to fit its place."""

import pytest

from dispatch.publish.paper import trip_code, trip_code_svg
from dispatch.publish.paper.fitting import LEAST, fitted
from dispatch.publish.paper.glyphs import missing, width


@pytest.mark.parametrize(
    "text", ["张𬭎", "李𬭛", "䶮", "·", "é", "e\u0301", "a\u200bb\u202e", "葛\U000e0100", "\u2f08", "ǎ", "\t\n"]
)
def test_rare_composed_and_invisible_characters_can_be_printed(text):
    assert missing(text) == ()


@pytest.mark.parametrize("text", ["\U00030000", "😀", "བ", "ئ", "\ue000", "\x07"])
def test_what_the_font_lacks_is_named_once(text):
    assert missing(f"张{text}三{text}") == (text,)


def test_a_text_that_fits_stays_as_large_as_it_is():
    fit = fitted("陈静", 2.0)
    assert (fit.scale, fit.loose, fit.one_line) == (1, False, True)


def test_a_text_a_little_too_wide_shrinks_onto_one_line():
    fit = fitted("陇西县首阳镇集合点", 8.0)
    assert LEAST <= fit.scale < 1
    assert fit.one_line
    assert fit.scale * width("陇西县首阳镇集合点") <= 8.0


def test_a_text_much_too_wide_wraps_no_smaller_than_the_least_size():
    fit = fitted("青岛" * 20, 8.0)
    assert (fit.scale, fit.loose, fit.one_line) == (LEAST, False, False)


def test_a_word_without_a_place_to_break_may_break_anywhere():
    assert fitted("Qingdao" * 6, 5.0).loose
    assert not fitted("Qingdao Qingdao Qingdao", 5.0).loose


def test_a_code_keeps_four_modules_clear_on_each_side():
    assert trip_code("F-1").symbol_size(border=0)[0] == 21
    assert 'width="29" height="29"' in trip_code_svg("F-1")
