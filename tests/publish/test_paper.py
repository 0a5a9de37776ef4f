"""What the font shows and how a text is made to fit its place."""

from dataclasses import replace

import pytest
from sample_plan import sample

from dispatch.errors import InputRejectedError
from dispatch.intake.notices import describe
from dispatch.model.supply import StopKind
from dispatch.publish import publish
from dispatch.publish.paper import require_legible, trip_code, trip_code_svg, unprintable
from dispatch.publish.paper.fitting import LEAST, fitted
from dispatch.publish.paper.glyphs import direction_marks, missing, width
from dispatch.publish.view import build_view


@pytest.mark.parametrize(
    "text", ["张𬭎", "李𬭛", "䶮", "·", "é", "e\u0301", "a\u200bb", "葛\U000e0100", "\u2f08", "ǎ", "\t\n"]
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


def changed(items, **values):
    """The first of them with other values, and the rest."""
    return (replace(items[0], **values), *items[1:])


BAD = "好😀"
PLACES_OF_TEXT = {
    "funding": lambda p, i: (p, replace(i, workers=changed(i.workers, funding=BAD))),
    "district of a site": lambda p, i: (p, replace(i, employers=changed(i.employers, district=BAD))),
    "district of a stop": lambda p, i: (p, replace(i, stops=changed(i.stops, kind=StopKind.HOME, district=BAD))),
    "township of a stop": lambda p, i: (p, replace(i, stops=changed(i.stops, kind=StopKind.HOME, township=BAD))),
    "city of a stop": lambda p, i: (p, replace(i, stops=changed(i.stops, kind=StopKind.HOME, city=BAD))),
    "reason": lambda p, i: (replace(p, unserved=changed(p.unserved, detail=BAD)), i),
    "remedy": lambda p, i: (replace(p, unserved=changed(p.unserved, remedy=BAD)), i),
    "stop of a trip": lambda p, i: (
        replace(p, trips=changed(p.trips, calls=changed(p.trips[0].calls, stop_name=BAD))),
        i,
    ),
}


@pytest.mark.parametrize("place", PLACES_OF_TEXT)
def test_every_text_that_a_sheet_can_hold_is_looked_at_before_anything_is_written(tmp_path, place):
    plan, inputs, settings = sample(tmp_path, formats=("pdf",))
    with pytest.raises(InputRejectedError, match=r"😀 \(U\+1F600\)"):
        require_legible(build_view(*PLACES_OF_TEXT[place](plan, inputs), settings))


@pytest.mark.parametrize(("part", "file"), [("manifests", "manifests/"), ("slips", "slips/"), ("signs", "signs/")])
def test_what_nobody_looked_at_is_refused_with_its_sheet_and_character(tmp_path, monkeypatch, part, file):
    plan, inputs, settings = sample(tmp_path, formats=("pdf",), slips="a6")
    employers = tuple(replace(e, name=BAD, address=BAD) for e in inputs.employers)
    monkeypatch.setattr("dispatch.publish.require_legible", lambda _: None)
    with pytest.raises(InputRejectedError) as refused:
        publish(
            plan,
            replace(inputs, employers=employers),
            settings,
            only=frozenset({part}),
            unmask=False,
            progress=lambda *_: None,
        )
    assert refused.value.exit_code == 3
    assert file in str(refused.value)
    assert "😀 (U+1F600)" in str(refused.value)
    assert list(settings.out.iterdir()) == []


@pytest.mark.parametrize(
    "mark", [chr(n) for n in (0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))]
)
def test_a_mark_that_turns_the_direction_of_a_name_is_not_printed(mark):
    assert direction_marks(f"张{mark}三") == (mark,)


@pytest.mark.parametrize("formats", [("pdf",), ("xlsx", "html")])
def test_a_name_with_a_direction_mark_is_refused_with_its_row_whatever_is_published(tmp_path, formats):
    _, inputs, settings = sample(tmp_path, formats=formats)
    inputs = replace(inputs, workers=changed(inputs.workers, name="王\u202e伟三\u202c"))
    (found,) = unprintable(inputs, settings)
    assert (found.code, found.row, found.severity) == ("direction_mark", 3, "error")
    for language in ("zh", "en"):
        what, remedy = describe(found, language)
        assert "U+202E" in what
        assert "\u202e" not in what
        assert "formats" not in remedy


def test_a_plan_with_a_direction_mark_in_a_name_is_not_printed(tmp_path):
    plan, inputs, settings = sample(tmp_path, "en", formats=("pdf",))
    inputs = replace(inputs, workers=changed(inputs.workers, name="王\u2067伟"))
    with pytest.raises(InputRejectedError, match=r"W0000.*U\+2067"):
        require_legible(build_view(plan, inputs, settings))
