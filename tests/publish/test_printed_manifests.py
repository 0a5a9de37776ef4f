"""Manifests as PDF, read as their readers do: by eye (Poppler's pictures and boxes), by a scanner, by copying text."""

import re
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from itertools import accumulate, combinations

import pytest
from sample_plan import HOSTILE_NAMES, sample

from dispatch.errors import InputRejectedError
from dispatch.publish import publish
from dispatch.publish.manifests.city import city_sheet
from dispatch.publish.manifests.employer import employer_sheet
from dispatch.publish.manifests.printed import write_pdf
from dispatch.publish.manifests.township import township_sheet
from dispatch.publish.manifests.vehicle import vehicle_sheet
from dispatch.publish.view import build_view

TRAIN, COACH = "T-G2093-0201", "F-1"
LONG_NAME = "阿卜杜热合曼·买买提吐尔逊·阿不都克力木江·艾合买提尼亚孜依明"
LONG_SITE = (
    "青岛西海岸新区精密机械电子零部件制造股份有限公司第二分公司"
    "临港高端装备产业园三期北区八号智能制造示范生产基地厂区东门接待站"
)
LONG_WORD = "Qingdao-Haiwan/Electronics_Components.Manufacturing#Second+Branch"
MARKUP = (
    "#panic()", "*x*", "_x_", "$x$", "\\", '"', "<img onerror=alert(1)>", "#{", "// x", "/* x", "@ref", "<label>",
    "= x", "- x", "+ x", "`x`", "[x]", "#import \"x\": *", "{{x}}", "\\u{41}", "a~b", "a---b", "it's", "}", "]",
)  # fmt: skip
needs_poppler = pytest.mark.skipif(not shutil.which("pdftotext"), reason="reads pages with Poppler")


def output(*command):
    return subprocess.run(list(map(str, command)), check=True, capture_output=True).stdout


def pages(pdf):
    """The text of each page without blanks; a name that wraps in its cell is one word."""
    return ["".join(page.split()) for page in output("pdftotext", "-raw", pdf, "-").decode().split("\f")[:-1]]


def words(pdf):
    """Page, left, top, right, bottom in points and text of each word."""
    found, page = [], 0
    for line in output("pdftotext", "-bbox", pdf, "-").decode().splitlines():
        page += "<page " in line
        if box := re.search(r'xMin="(.*?)" yMin="(.*?)" xMax="(.*?)" yMax="(.*?)">(.*)</word>', line):
            found.append((page, *map(float, box.groups()[:4]), box[5]))
    return found


def scanned(pdf, dpi=150):
    """The first page as a grey picture and what a scanner reads on it."""
    reader, image = pytest.importorskip("zxingcpp"), pytest.importorskip("PIL.Image")
    picture = image.open(BytesIO(output("pdftoppm", "-r", dpi, "-gray", "-f", 1, "-l", 1, pdf)))
    return picture, reader.read_barcodes(picture)


def seen(folder, language="zh", names=(), sites=(), **more):
    """The view of the sample with other names for its first people and sites."""
    plan, inputs, settings = sample(folder, language, **more)
    renamed = [replace(w, name=n) for w, n in zip(inputs.workers, names, strict=False)]
    moved = [replace(e, name=n, address=n) for e, n in zip(inputs.employers, sites, strict=False)]
    inputs = replace(
        inputs,
        workers=(*renamed, *inputs.workers[len(renamed) :]),
        employers=(*moved, *inputs.employers[len(moved) :]),
    )
    return build_view(plan, inputs, settings)


def vehicle(view, trip_id):
    return vehicle_sheet(view, view.trips[trip_id], unmask=False)


def printed(view, sheet, folder):
    path = folder / "list.pdf"
    write_pdf(sheet, path, language=view.language, made_at=view.plan.made_at)
    return path


def published(folder, **more):
    plan, inputs, settings = sample(folder, formats=("pdf",), **more)
    files = publish(
        plan, inputs, settings, only=frozenset({"manifests"}), unmask=False, progress=lambda *_: None
    )  # fmt: skip
    return files, settings, inputs


@needs_poppler
def test_every_name_can_be_copied_from_the_page(tmp_path):
    view = seen(tmp_path)
    text = "".join(pages(printed(view, vehicle(view, TRAIN), tmp_path)))
    names = [ride.worker.name for ride in view.rides(TRAIN)]
    assert len(names) == 38
    assert set(HOSTILE_NAMES) < set(names)
    assert [name for name in names if "".join(name.split()) not in text] == []


@needs_poppler
def test_a_row_is_copied_whole_and_from_left_to_right(tmp_path):
    view = seen(tmp_path, names=[LONG_NAME, "Nurmuhemmetjan Abdurehimjan"], sites=[LONG_SITE])
    sheet = vehicle(view, COACH)
    text = "".join(pages(printed(view, sheet, tmp_path)))
    places = [text.find("".join("".join(row).split())) for row in sheet.main.rows]
    assert places[0] > 0
    assert places == sorted(set(places))


@needs_poppler
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_page_holds_what_the_workbook_holds(tmp_path, language):
    view = seen(tmp_path, language, checks=("temperature", "security"), packs=("礼品袋",))
    rides = [view.journey(w)[-1] for w in view.legs_by_worker if view.workers[w].employer_id == "E4"]
    sheets = [
        vehicle(view, COACH),
        employer_sheet(view, view.employers["E4"], rides),
        township_sheet(view, "临洮县", "洮阳镇", [w for w in view.workers.values() if w.boarding_stop == "S4"]),
        city_sheet(view, view.cities[1].arrivals),
    ]
    for sheet in sheets:
        text = "".join(pages(printed(view, sheet, tmp_path)))
        tables = [table for table in (sheet.overview, sheet.main) if table]
        parts = [sheet.title, sheet.stamp, sheet.note, *sheet.signoff, *(part for pair in sheet.facts for part in pair)]
        parts += [column.heading for table in tables for column in table.columns]
        parts += [cell for table in tables for row in table.rows for cell in row]
        assert [part for part in parts if "".join(part.split()) not in text] == []


@needs_poppler
@pytest.mark.parametrize("trip_id", [COACH, "D-1"])
def test_a_scanner_reads_the_trip_from_the_page_and_nothing_comes_near_its_code(tmp_path, trip_id):
    view = seen(tmp_path)
    picture, codes = scanned(printed(view, vehicle(view, trip_id), tmp_path))
    assert [code.text for code in codes] == [trip_id]
    corner, far = codes[0].position.top_left, codes[0].position.bottom_right
    module = (far.x - corner.x) / 21
    quiet, near = round(3.7 * module), round(0.8 * module)  # the corners it tells are good to a few pixels
    around = picture.crop((corner.x - quiet, corner.y - quiet, far.x + quiet, far.y + quiet))
    around.paste(255, (quiet - near, quiet - near, around.width - quiet + near, around.height - quiet + near))
    assert module > 4
    assert around.getextrema()[0] > 200


@needs_poppler
def test_a_long_trip_id_makes_a_larger_code_not_a_finer_one(tmp_path):
    view = seen(tmp_path)
    trip_id = "D-" + "20230201-LINTAO-SHANGHAI-" * 3
    sheet = replace(vehicle(view, COACH), code=trip_id)
    assert [code.text for code in scanned(printed(view, sheet, tmp_path))[1]] == [trip_id]


@needs_poppler
@pytest.mark.parametrize(("language", "head", "footer"), [
    ("zh", "座位姓名性别年龄身份证号码", "第{}页共{}页"), ("en", "SeatNameSexAgeIDnumber", "Page{}of{}"),
])  # fmt: skip
def test_the_heading_is_repeated_and_pages_are_counted(tmp_path, language, head, footer):
    view = seen(tmp_path, language)
    sheet = vehicle(view, TRAIN)
    sheet = replace(sheet, main=replace(sheet.main, rows=(*sheet.main.rows, *sheet.main.rows[:20])))
    found = pages(printed(view, sheet, tmp_path))
    assert len(found) == 3
    stamp = "".join(sheet.stamp.split())
    for number, page in enumerate(found, start=1):
        assert page.count(head) == 1
        assert page.count(footer.format(number, 3)) == 1
        assert stamp in page
    assert [sheet.title.replace(" ", "") in page for page in found] == [True, False, False]


@needs_poppler
@pytest.mark.parametrize("checks", [(), ("temperature", "security")])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_long_names_stay_in_their_cells(tmp_path, checks, language):
    names, sites = [LONG_NAME, "Nurmuhemmetjan Abdurehimjan", LONG_WORD, "W" * 40], [LONG_SITE, LONG_WORD]
    view = seen(tmp_path, language, names, sites, checks=checks)
    sheet = vehicle(view, COACH)
    pdf = printed(view, sheet, tmp_path)
    text = "".join(pages(pdf))
    assert [n for n in (*names, *sites) if "".join(n.split()) not in text] == []
    widths = [column.width for column in sheet.main.columns]
    edges = [28.35 + 785.2 * reach / sum(widths) for reach in accumulate([0, *widths])]
    lists = rows_of_the_list(words(pdf), "姓名" if language == "zh" else "Name")
    assert sum(map(len, lists.values())) > 26 * 8
    for rows in lists.values():
        for left, _, right, _, word in rows:
            column = max(n for n, edge in enumerate(edges) if edge <= left + 0.5)
            assert right <= edges[column + 1] + 0.3, word
    for one, other in combinations(words(pdf), 2):
        assert one[0] != other[0] or apart(one[1:], other[1:]), (one, other)


def rows_of_the_list(found, heading):
    """Words below the list's heading and above the place to sign, by page."""
    rows = {}
    for page in sorted({word[0] for word in found}):
        own = [word[1:] for word in found if word[0] == page]
        head = next((word for word in own if word[4] == heading), None)
        if head is None:
            continue  # a last page with nothing but places to sign
        below = [word for word in own if word[1] > head[3]]
        end = min((w[1] for w in below if w[4].startswith(("领队", "Leader", "第", "Page"))), default=1e9)
        rows[page] = [word for word in below if word[3] < end]
    return rows


def apart(one, other):
    """Whether two words do not lie on each other: beside each other, or on lines a letter's height apart."""
    beside = one[2] <= other[0] + 0.3 or other[2] <= one[0] + 0.3
    middles = abs(one[1] + one[3] - other[1] - other[3]) / 2
    return beside or middles >= 0.95 * min(one[3] - one[1], other[3] - other[1])


@needs_poppler
def test_long_addresses_stay_in_the_facts_of_an_employer(tmp_path):
    view = seen(tmp_path, sites=[LONG_SITE])
    rides = [view.journey(w)[-1] for w in view.legs_by_worker if view.workers[w].employer_id == "E1"]
    pdf = printed(view, employer_sheet(view, view.employers["E1"], rides), tmp_path)
    assert pages(pdf)[0].count(LONG_SITE) >= 2
    for one, other in combinations(words(pdf), 2):
        assert one[0] != other[0] or apart(one[1:], other[1:]), (one, other)


@needs_poppler
def test_markup_in_a_name_stays_text(tmp_path):
    view = seen(tmp_path, names=MARKUP, sites=MARKUP)
    text = "".join(pages(printed(view, vehicle(view, TRAIN), tmp_path)))
    assert [name for name in MARKUP if "".join(name.split()) not in text] == []


def test_a_file_says_that_it_is_pdf_a_2b_and_knows_no_clock_but_the_plans(tmp_path):
    pypdf = pytest.importorskip("pypdf")
    view = seen(tmp_path)
    pdf = printed(view, vehicle(view, COACH), tmp_path)
    assert b"<pdfaid:part>2</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>" in pdf.read_bytes()
    document = pypdf.PdfReader(pdf)
    assert (
        document.metadata.creation_date == view.plan.made_at.astimezone(UTC) == datetime(2023, 1, 20, 1, 5, tzinfo=UTC)
    )
    assert "大巴 F-1" in document.metadata.title
    fonts = {font["/BaseFont"] for page in document.pages for font in page["/Resources"]["/Font"].get_object().values()}
    assert len(fonts) == 1
    assert fonts.pop().endswith("NotoSansCJKsc-Regular-Identity-H")


@needs_poppler
def test_pages_show_no_more_than_their_readers_may_see(tmp_path):
    files, settings, inputs = published(tmp_path)
    for pdf in files:
        text, kind = "".join(pages(pdf)), pdf.relative_to(settings.out).parts[1]
        assert [w.worker_id for w in inputs.workers if w.id_number in text] == [], pdf
        phones = [w.worker_id for w in inputs.workers if w.phone in text]
        assert bool(phones) == (kind in ("vehicle", "employer", "handover")), pdf
        if kind == "city":
            assert [w.name for w in inputs.workers if w.name in text] == [], pdf


def test_a_second_publication_is_the_same_to_the_byte(tmp_path):
    made = []
    for name in ("one", "two"):
        files, settings, _ = published(tmp_path / name, packs=("礼品袋",))
        made.append({path.relative_to(settings.out): path.read_bytes() for path in files})
    assert made[0] == made[1]
    kinds = {path.parts[1] for path in made[0]}
    assert kinds == {"vehicle", "papers", "handover", "employer", "township", "city", "arrival", "packs", "subsidy"}


def test_a_character_without_a_glyph_is_refused_with_the_person_and_nothing_is_written(tmp_path):
    plan, inputs, settings = sample(tmp_path, formats=("pdf", "csv"))
    names = {4: "陈\U00030000静", 7: "བསྟན་འཛིན", 9: "欧\u0301阳\u200b"}
    workers = tuple(replace(w, name=names.get(n, w.name)) for n, w in enumerate(inputs.workers))
    sites = (replace(inputs.employers[0], name="青岛😀电子"), *inputs.employers[1:])
    ask = {"only": frozenset({"manifests"}), "unmask": False, "progress": lambda *_: None}
    with pytest.raises(InputRejectedError) as refused:
        publish(plan, replace(inputs, workers=workers, employers=sites), settings, **ask)
    lines = str(refused.value).splitlines()
    assert refused.value.exit_code == 3
    assert [line for line in lines if "W0004" in line] == [
        "workers.xlsx 第 7 行 W0004 陈\U00030000静：\U00030000 (U+30000)"
    ]
    assert [line.count("U+0F") > 3 for line in lines if "W0007" in line] == [True]
    assert any("E1" in line and "😀 (U+1F600)" in line for line in lines)
    assert len(lines) == 4
    assert not settings.out.exists()
    spared = settings.model_copy(update={"publish": settings.publish.model_copy(update={"formats": ("csv",)})})
    assert publish(plan, replace(inputs, workers=workers, employers=sites), spared, **ask)
