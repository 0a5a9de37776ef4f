import re
from dataclasses import replace

import pytest
from printed import bands_mm, pages, picture
from pypdf import PdfReader
from sample_plan import sample

from dispatch.publish import publish
from dispatch.publish.signs import NAME_HEIGHT_MM, NAME_WIDTH_MM
from dispatch.publish.signs.large import reads_at_m, set_large
from dispatch.publish.signs.short import short_districts, short_employers

TRAIN = "青岛/2023-02-01_T-G2093-0201.pdf"


def signs(folder, language="zh", **more):
    plan, inputs, settings = sample(folder, language, **{"formats": ("pdf",), **more})
    publish(plan, inputs, settings, only=frozenset({"signs"}), unmask=False, progress=lambda *_: None)
    return settings.out / "signs", inputs


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return signs(tmp_path_factory.mktemp("signs"))


def small_line(page):
    """The facts at a sign's foot: full name and count."""
    found = re.search(r"([^\n]*?)·(?:[^\n]*)·(\d+)人", page)
    return found[1].split("的跟我走")[-1].strip(), int(found[2])


def test_each_arrival_has_one_sign_per_district_and_per_employer_and_no_other(made):
    folder, _ = made
    assert {p.relative_to(folder).as_posix() for p in folder.rglob("*.pdf")} == {
        TRAIN, "上海/2023-02-01_D-1_6.pdf", "上海/2023-02-01_D-1_7.pdf"
    }  # fmt: skip
    assert [small_line(page) for page in pages(folder / TRAIN)] == [
        ("城阳区", 13), ("胶州市", 25), ("城阳区 =HYPERLINK(1)</script><img src=y onerror=alert(2)>", 5),
        ("城阳区 CON", 8), ("胶州市 ../../x", 6), ("胶州市 青岛海湾电子有限公司", 19),
    ]  # fmt: skip
    assert [small_line(page) for page in pages(folder / "上海/2023-02-01_D-1_6.pdf")] == [
        ("松江区", 4),
        ("松江区 上海松江服装厂", 4),
    ]


def test_the_signs_of_districts_and_of_employers_each_count_everybody_who_arrives(made):
    counts = [count for _, count in map(small_line, pages(made[0] / TRAIN))]
    assert sum(counts[:2]) == sum(counts[2:]) == 38


def test_a_sign_says_come_with_me_and_where_when_and_from_which_plan(made):
    page = "".join(pages(made[0] / TRAIN)[1].split())
    assert "胶州的跟我走" in page
    assert "青岛北站火车G20932月1日21:30到" in page
    assert "换乘大巴L-1" in page
    assert "方案第3版" in page
    assert "可公开（不含个人信息）" in page


def test_an_english_sign_calls_first_and_names_then(tmp_path):
    page = " ".join(pages(signs(tmp_path, "en")[0] / TRAIN)[1].split())
    assert page.startswith("This way: 胶州 ")
    assert "青岛北站, Train G2093, arrives 1 Feb 21:30 · people: 25 · change to coach L-1" in page


def test_a_sign_is_a_sheet_of_a4_across(made):
    for path in made[0].rglob("*.pdf"):
        for page in PdfReader(path).pages:
            assert [round(float(side) / 72 * 25.4) for side in page.mediabox[2:]] == [297, 210]


@pytest.mark.parametrize(("page", "lines"), [(2, 1), (6, 2)])
def test_han_letters_are_printed_high_enough_to_read_at_20_metres(made, page, lines):
    assert all(height >= 80 for height in bands_mm(picture(made[0] / TRAIN, page, 100), 100)[:lines])


def test_nothing_is_printed_outside_the_margin_a_printer_keeps(made):
    for number in range(1, 7):
        grey = picture(made[0] / TRAIN, number, 100)
        edge = round(5 / 25.4 * 100)
        assert (grey[:edge] > 128).all()
        assert (grey[-edge:] > 128).all()
        assert (grey[:, :edge] > 128).all()
        assert (grey[:, -edge:] > 128).all()


@pytest.mark.parametrize("name", ["胶州", "城阳区", "浦东新区", "西海岸新区", "黄岛经济开区"])
def test_names_of_up_to_six_han_characters_reach_twenty_metres(name):
    large = set_large(name, NAME_WIDTH_MM, NAME_HEIGHT_MM)
    assert reads_at_m(name, large.letter_mm) >= 20
    assert len(large.lines) * large.line_mm <= NAME_HEIGHT_MM
    assert "".join(large.lines) == name


def test_lines_are_as_even_as_the_size_allows():
    assert set_large("海湾电子", NAME_WIDTH_MM, NAME_HEIGHT_MM).lines == ("海湾", "电子")


def test_a_line_break_enters_no_word():
    large = set_large("Jiaozhou Bay Electronics", NAME_WIDTH_MM, NAME_HEIGHT_MM)
    assert large.lines == ("Jiaozhou", "Bay", "Electronics")
    assert reads_at_m("Jiaozhou", set_large("Jiaozhou", NAME_WIDTH_MM, NAME_HEIGHT_MM).letter_mm) > 14


@pytest.mark.parametrize(
    ("name", "short"), [("胶州市", "胶州"), ("城阳区", "城阳"), ("漳县", "漳县"), ("浦东新区", "浦东新区")]
)
def test_a_district_is_called_as_people_call_it(name, short):
    assert short_districts([name]) == {name: short}


def test_an_employer_goes_without_city_and_legal_form_unless_two_would_be_called_the_same(tmp_path):
    one, other, *_ = sample(tmp_path)[1].employers
    assert short_employers([one])["E1"] == "海湾电子"
    twin = replace(other, name="青岛市海湾电子股份有限公司")
    assert short_employers([one, twin]) == {"E1": one.name, "E2": twin.name}
    assert short_employers([replace(one, name="青岛公司")])["E1"] == "青岛公司"


@pytest.mark.parametrize(
    ("name", "city", "short"),
    [
        ("青岛啤酒股份有限公司", "青岛", "青岛啤酒"), ("青岛银行股份有限公司", "青岛市", "青岛银行"),
        ("宁波银行", "宁波", "宁波银行"), ("青岛市海尔集团公司", "青岛", "青岛市海尔"),
        ("青岛港有限公司", "青岛", "青岛港"),
        ("青岛海湾电子有限公司", "青岛", "海湾电子"),
    ],
)  # fmt: skip
def test_an_employer_keeps_its_city_where_little_else_would_be_left(tmp_path, name, city, short):
    one, *_ = sample(tmp_path)[1].employers
    assert short_employers([replace(one, name=name, city=city)]) == {"E1": short}


def test_districts_that_would_be_called_the_same_keep_their_full_names():
    assert short_districts(["长沙市", "长沙县", "浏阳市"]) == {"长沙市": "长沙市", "长沙县": "长沙县", "浏阳市": "浏阳"}
    assert short_districts(["青岛", "青岛市"]) == {"青岛": "青岛", "青岛市": "青岛市"}


def titles(folder, change):
    """The calls on the signs of the train when the districts are changed."""
    plan, inputs, settings = sample(folder, formats=("pdf",))
    employers = tuple(replace(e, district=change.get(e.district, e.district)) for e in inputs.employers)
    ask = {"only": frozenset({"signs"}), "unmask": False, "progress": lambda *_: None}
    publish(plan, replace(inputs, employers=employers), settings, **ask)
    return ["".join(page.split()).partition("的跟我走")[0] for page in pages(settings.out / "signs" / TRAIN)]


def test_two_districts_of_one_arrival_have_signs_that_differ(tmp_path):
    assert titles(tmp_path, {"胶州市": "青岛市", "城阳区": "青岛县"})[:2] == ["青岛县", "青岛市"]


def test_whoever_goes_to_no_district_follows_the_sign_of_the_district_called_as_the_city(tmp_path):
    assert titles(tmp_path, {"胶州市": "", "城阳区": "青岛"}).count("青岛") == 1


def test_a_sign_that_does_not_reach_twenty_metres_says_how_far_it_reads(made, tmp_path):
    said = ["".join(page.split()) for page in pages(made[0] / TRAIN)]
    assert ["米内可辨认" in page for page in said] == [False, False, True, False, False, False]
    english = " ".join(pages(signs(tmp_path, "en")[0] / TRAIN)[2].split())
    assert re.search(r"readable within \d+ m", english)


def test_a_sign_tells_of_nobody(made):
    folder, inputs = made
    said = "".join("".join(pages(path)) for path in folder.rglob("*.pdf"))
    numbers = [value for w in inputs.workers for value in (w.id_number, w.phone)]
    assert not [value for value in numbers if value in said]
    assert not [w.name for w in inputs.workers[4:] if w.name in said]


def test_the_same_plan_gives_the_same_signs(tmp_path, made):
    again, _ = signs(tmp_path)
    for path in made[0].rglob("*.pdf"):
        assert (again / path.relative_to(made[0])).read_bytes() == path.read_bytes()


def test_cities_that_are_one_word_to_a_file_system_have_a_folder_each(tmp_path):
    plan, inputs, settings = sample(tmp_path, formats=("pdf",))
    cities = {"E1": "青 岛", "E2": "青 岛", "E3": "青_岛", "E4": "青_岛"}
    employers = tuple(replace(e, city=cities.get(e.employer_id, e.city)) for e in inputs.employers)
    inputs = replace(inputs, employers=employers)
    publish(plan, inputs, settings, only=frozenset({"signs"}), unmask=False, progress=lambda *_: None)
    folders = sorted(path.name for path in (settings.out / "signs").iterdir())
    assert len(folders) == 3
    assert [name for name in folders if name.startswith("青_岛_")] == folders[1:]


def test_without_the_format_pdf_there_are_no_signs(tmp_path):
    assert not signs(tmp_path, formats=("xlsx",))[0].exists()
