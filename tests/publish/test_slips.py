from collections import Counter
from dataclasses import replace
from itertools import product

import pytest
from printed import pages, picture, words_mm
from pypdf import PdfReader
from sample_plan import sample

from dispatch.config import Publish
from dispatch.errors import ConfigError
from dispatch.publish import publish

SLIPS = frozenset({"slips"})


def slips(folder, language="zh", change=lambda plan, inputs: (plan, inputs), **more):
    plan, inputs, settings = sample(folder, language, hotline="0932-8210000", formats=("pdf",), **more)
    plan, inputs = change(plan, inputs)
    publish(plan, inputs, settings, only=SLIPS, unmask=False, progress=lambda *_: None)
    served = {leg.worker_id for leg in plan.legs}
    return settings.out / "slips", [w for w in inputs.workers if w.worker_id in served]


@pytest.fixture(scope="module")
def single(tmp_path_factory):
    return slips(tmp_path_factory.mktemp("a6"), slips="a6")


@pytest.fixture(scope="module")
def nine(tmp_path_factory):
    return slips(tmp_path_factory.mktemp("nine"), slips="nine")


def squeezed(text):
    return "".join(text.split())


@pytest.mark.parametrize("form", ["single", "nine"])
def test_everybody_who_travels_has_one_slip_in_the_file_of_the_own_township(form, request):
    folder, served = request.getfixturevalue(form)
    assert {p.stem for p in folder.iterdir()} == {f"{w.home.county_name}_{w.home.township_name}" for w in served}
    for path in folder.iterdir():
        own = [w for w in served if f"{w.home.county_name}_{w.home.township_name}" == path.stem]
        said = squeezed("".join(pages(path)))
        assert said.count("前到场") == len(own)
        heads = Counter(f"{squeezed(w.name)}身份证**************{w.id_number[-4:]}" for w in own)
        assert [head for head, times in heads.items() if said.count(head) != times] == []


def test_a_slip_is_a_page_of_a6(single):
    folder, served = single
    sheets = [page for path in folder.iterdir() for page in PdfReader(path).pages]
    assert len(sheets) == len(served) == 51
    assert {tuple(round(float(side) / 72 * 25.4) for side in page.mediabox[2:]) for page in sheets} == {(105, 148)}


def test_nine_slips_share_a_page_of_a4(nine):
    folder, _ = nine
    per_page = [page.count("前到场") for page in pages(folder / "陇西县_文峰镇.pdf")]
    assert per_page == [9, 9]
    assert [page.count("前到场") for page in pages(folder / "临洮县_洮阳镇.pdf")] == [9, 4]
    sheet = PdfReader(folder / "陇西县_文峰镇.pdf").pages[0].mediabox
    assert [round(float(side) / 72 * 25.4) for side in sheet[2:]] == [210, 297]


def test_a_slip_tells_place_time_every_leg_with_seat_employer_and_leader(single):
    page = squeezed(pages(single[0] / "陇西县_首阳镇.pdf")[0])
    assert page.startswith("务工人员乘车卡")
    for said in (
        "2月1日05:10前到场陇西县首阳镇集合点", "1.大巴F-15C座2月1日05:40发陇西县首阳镇集合点2月1日08:40到定西北站",
        "2.火车G20934D座2月1日10:30发定西北站2月1日21:30到青岛北站", "3.大巴L-21A座", "2月1日23:05到CON",
        "用工企业CON", "地址青岛市城阳区工业园", "领队陈静", "咨询电话0932-8210000", "请带身份证", "方案第3版",
        "使用对象：本人",
    ):  # fmt: skip
        assert said in page


def test_an_english_slip_says_the_same(tmp_path):
    page = " ".join(pages(slips(tmp_path, "en", slips="a6")[0] / "陇西县_首阳镇.pdf")[0].split())
    for said in (
        "Be there by 1 Feb 05:10",
        "1. Coach F-1 seat 5C",
        "1 Feb 05:40 dep.",
        "Leader 陈静",
        "Bring your ID card",
    ):
        assert said in page


@pytest.mark.parametrize("form", ["single", "nine"])
def test_no_slip_shows_a_phone_or_more_of_an_id_number_than_its_end(form, request):
    folder, served = request.getfixturevalue(form)
    said = "".join(squeezed("".join(pages(path))) for path in folder.iterdir())
    assert not [w.worker_id for w in served if w.phone in said or w.id_number[-5:] in said.replace("0932-8210000", "")]


@pytest.mark.parametrize(("form", "codes"), [("single", 1), ("nine", 9)])
def test_every_code_reads_as_the_first_trip(form, codes, request):
    reader = pytest.importorskip("zxingcpp")
    folder, _ = request.getfixturevalue(form)
    found = reader.read_barcodes(picture(folder / "陇西县_文峰镇.pdf", 1, 150))
    assert [code.text for code in found] == ["F-1"] * codes


@pytest.mark.parametrize("form", ["a6", "nine"])
def test_a_slip_with_long_names_keeps_them_all_inside_its_edges(tmp_path, form):
    long = "青岛西海岸新区" * 6 + "有限公司"

    def change(plan, inputs):
        calls = lambda t: tuple(replace(c, stop_name=c.stop_name and long) for c in t.calls)  # noqa: E731
        employers = tuple(replace(e, name=long, address=long) for e in inputs.employers)
        return replace(plan, trips=tuple(replace(t, calls=calls(t)) for t in plan.trips)), replace(
            inputs, employers=employers, workers=tuple(replace(w, name=w.name + "阿依古丽" * 8) for w in inputs.workers)
        )

    path = slips(tmp_path, change=change, slips=form)[0] / "陇西县_文峰镇.pdf"
    first = squeezed(pages(path)[0])
    each = 9 if form == "nine" else 1
    assert first.count(long) == each * 9  # where to be, six ends of legs, employer, address
    assert first.count("方案第3版") == each
    grey, side = picture(path, 1, 100), 3 if form == "nine" else 1
    high, wide = (length / side for length in grey.shape)
    for row, column in product(range(side), repeat=2):
        card = grey[round(row * high) : round((row + 1) * high), round(column * wide) : round((column + 1) * wide)]
        inner = card[3:-3, 3:-3]  # without the cutting lines
        for edge in (inner[:8], inner[-8:], inner[:, :8], inner[:, -8:]):
            assert (edge > 128).all()


@pytest.mark.parametrize("form", ["a6", "nine"])
@pytest.mark.parametrize("name", ["Abdurahmanmuhammadjan" * 3, "W" * 60, "Wwwwwwwwwwwwwww Wwwwwwwwwwwwwww"])
def test_a_long_name_of_letters_stays_on_its_slip_and_beside_the_code(tmp_path, form, name):
    def change(plan, inputs):
        # not the leader, whose name stands on everybody's slip
        named = (w if w.name == "陈静" else replace(w, name=name) for w in inputs.workers)
        return plan, replace(inputs, workers=tuple(named))

    path = slips(tmp_path, change=change, slips=form)[0] / "陇西县_文峰镇.pdf"
    assert squeezed(name) in squeezed(pages(path)[0])
    wide = 70 if form == "nine" else 105
    own = [box for box in words_mm(path, 1) if len(box.text) > 2 and box.text in name]
    assert own
    for box in own:
        column = box.left // wide * wide
        assert column + 4 <= box.left
        assert box.right <= column + wide - (4 if form == "nine" else 5) - 24  # the code is 24 mm wide


def test_slips_are_off_unless_the_config_asks(tmp_path):
    plan, inputs, settings = sample(tmp_path, "en")
    with pytest.raises(ConfigError, match=r"slips is off; set publish\.slips"):
        publish(plan, inputs, settings, only=SLIPS, unmask=False, progress=lambda *_: None)
    publish(plan, inputs, settings, only=None, unmask=False, progress=lambda *_: None)
    assert not (settings.out / "slips").exists()


def test_slips_of_an_earlier_time_do_not_outlive_the_setting(tmp_path):
    slips(tmp_path, slips="a6")
    plan, inputs, settings = sample(tmp_path, formats=("csv",))
    publish(plan, inputs, settings, only=None, unmask=False, progress=lambda *_: None)
    assert list((settings.out / "slips").iterdir()) == []


def test_slips_without_the_format_pdf_are_refused():
    with pytest.raises(ValueError, match="pdf is not among the formats"):
        Publish(slips="a6", formats=("xlsx",))


def test_the_same_plan_gives_the_same_slips(tmp_path, nine):
    again, _ = slips(tmp_path, slips="nine")
    for path in nine[0].iterdir():
        assert (again / path.name).read_bytes() == path.read_bytes()


def test_several_processes_write_the_same_slips(tmp_path, monkeypatch, nine):
    monkeypatch.setattr("dispatch.publish.slips.MANY", 1)
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    again, _ = slips(tmp_path, slips="nine")
    assert {p.name: p.read_bytes() for p in again.iterdir()} == {p.name: p.read_bytes() for p in nine[0].iterdir()}
