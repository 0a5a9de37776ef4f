import csv
import shutil
import subprocess
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pytest
from sample_plan import FORMULA, HOSTILE_NAMES, sample

from dispatch.formulas import inert
from dispatch.publish import publish
from dispatch.publish.manifests.sheet import Column, Sheet, Table
from dispatch.publish.manifests.workbook import write_workbook
from dispatch.publish.privacy import Audience

GOLDEN = Path(__file__).with_name("golden")
TRAIN = "vehicle/2023-02-01_T-G2093-0201"


def silent(part, done, total):
    assert 0 <= done <= total


def made(folder, language="zh", **more):
    """The manifests of the sample plan below a folder, with the people they are about."""
    plan, inputs, settings = sample(folder, language, **more)
    publish(plan, inputs, settings, only=frozenset({"manifests"}), progress=silent, unmask=False)
    return settings.out / "manifests", inputs.workers


@pytest.fixture(scope="module")
def manifests(tmp_path_factory):
    return made(tmp_path_factory.mktemp("manifests"))


@pytest.fixture(scope="module")
def checked(tmp_path_factory):
    """The same with checks at the door and packs to hand out, one of which is named to do harm."""
    packs = ("礼包", "=宣传单")
    return made(tmp_path_factory.mktemp("checked"), checks=("temperature", "security"), packs=packs)


def content(path):
    """Everything a file says: the parts of a workbook or the text of a CSV file."""
    if path.suffix != ".xlsx":
        return path.read_text("utf-8-sig")
    with ZipFile(path) as book:
        return "\n".join(book.read(n).decode() for n in book.namelist() if n.endswith(".xml"))


def escaped(value):
    return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def files(folder, below=""):
    return sorted(p for p in (folder / below).rglob("*") if p.is_file())


def cells(path):
    page = openpyxl.load_workbook(path).active
    return [[cell.value for cell in row] for row in page.iter_rows()]


def test_a_vehicle_manifest_reads_as_its_leader_needs_it(manifests):
    rows = cells(manifests[0] / f"{TRAIN}.xlsx")
    flat = [value for row in rows for value in row if value]
    assert flat[0] == "务工人员“点对点”输送乘车人员名册"
    assert flat[1] == "方案第3版　制表时间：2023-01-20 09:05　使用对象：随车领队　路途时间：估算值"
    head = next(i for i, row in enumerate(rows) if row[0] == "座位")
    headings = "座位 姓名 性别 年龄 身份证号码 联系电话 上车地点 下车地点 用工企业 下一程 本人签字"
    assert rows[head] == headings.split()
    assert rows[head + 1] == [
        "1A", FORMULA, "男", "48", "**************0007", "15400000000", "定西北站", "青岛北站", "青岛海湾电子有限公司",
        "大巴 L-1，2月1日 22:15", None,
    ]  # fmt: skip
    assert len([row for row in rows[head + 1 :] if row[5]]) == 38
    assert "大巴 L-1，2月1日 22:15" in flat
    assert "领队签字：" in flat


def test_a_coach_has_blanks_for_plate_and_drivers_and_its_rests_as_calls(manifests):
    rows = cells(manifests[0] / "vehicle/2023-02-01_D-1.xlsx")
    facts = {row[0]: row[2] for row in rows} | {row[5]: row[6] for row in rows}
    assert facts["车牌号"] is None
    assert facts["驾驶员（2人）及电话"] is None
    rests = [row for row in rows if row[1] == "途中停车休息"]
    assert [(row[5], row[6], row[9]) for row in rests][2] == ("2月2日 02:00", "2月2日 05:00", "休息180分钟")


def test_the_charter_paper_has_every_field_the_rule_names(manifests):
    rows = cells(manifests[0] / "papers/2023-02-01_D-1.xlsx")
    facts = {row[0]: row[2] for row in rows[:14]} | {row[4]: row[5] for row in rows[:14]}
    assert facts["起点"] == "临洮县洮阳镇集合点"
    assert facts["终点"] == "上海浦江机械制造股份有限公司第二分公司临港工厂"
    assert facts["途经地点"] == "上海松江服装厂"
    assert (facts["有效期起"], facts["有效期止"]) == ("2023-02-01 14:10", "2023-02-02 19:00")
    assert facts["承运单位"] == "陇西运输集团"
    assert facts["乘车人数"] == "13"
    assert {"车牌号", "驾驶员", "驾驶员（二）", "包车合同编号", "标志牌编号"} <= facts.keys()


def test_with_checks_a_coach_is_boarded_by_number_with_a_blank_for_each_check(checked):
    rows = cells(checked[0] / "vehicle/2023-02-01_F-1.xlsx")
    head = next(i for i, row in enumerate(rows) if row[1] == "座位")
    headings = (
        "上车顺序 座位 姓名 性别 年龄 身份证号码 联系电话 上车地点 下车地点 用工企业 下一程 体温（℃） 安检 本人签字"
    )
    assert rows[head] == headings.split()
    aboard = [row for row in rows[head + 1 :] if row[6]]
    assert [row[0] for row in aboard] == [str(n) for n in range(1, 27)]
    assert all(row[11:] == [None, None, None] for row in aboard)
    assert {row[0] for row in rows} >= {"领队签字：", "查验人签字："}


def test_only_coaches_are_boarded_by_number(checked):
    rows = cells(checked[0] / f"{TRAIN}.xlsx")
    assert "上车顺序" not in [value for row in rows for value in row]


def test_the_coach_csv_with_checks_is_the_golden_file(checked):
    made_now = (checked[0] / "vehicle/2023-02-01_F-1.csv").read_bytes()
    assert made_now == (GOLDEN / "vehicle_F-1_checked.csv").read_bytes()


def test_every_call_at_which_people_set_out_says_when_to_be_there(manifests):
    rows = cells(manifests[0] / "vehicle/2023-02-01_F-1.xlsx")
    calls = {row[1]: (row[4], row[5], row[6]) for row in rows if row[0] in ("1", "2", "3")}
    assert calls["陇西县首阳镇集合点"] == ("2月1日 05:10", None, "2月1日 05:40")
    assert calls["陇西县文峰镇集合点"] == ("2月1日 06:00", "2月1日 06:20", "2月1日 06:30")
    assert calls["定西北站"] == (None, "2月1日 08:40", None)


@pytest.mark.parametrize("trip", ["T-G2093-0201", "L-1"])
def test_who_changes_vehicles_is_not_told_to_be_there_before_they_can_be(manifests, trip):
    rows = cells(manifests[0] / f"vehicle/2023-02-01_{trip}.xlsx")
    assert "到场时间" not in [value for row in rows for value in row]


def test_the_township_tells_everybody_when_to_be_there(tmp_path):
    rows = list(csv.DictReader(StringIO(content(made(tmp_path, gate_lead_min=45)[0] / "township/陇西县_文峰镇.csv"))))
    assert {(row["到场时间"], row["出发时间"]) for row in rows} == {("2月1日 05:45", "2月1日 06:30")}


def test_packs_are_counted_on_the_vehicle_where_people_set_out(checked):
    for trip, people in (("F-1", 26), ("F-2", 12), ("T-G2093-0201", 0), ("L-1", 0), ("D-1", 13)):
        facts = {row[0]: row[3] or row[2] for row in cells(checked[0] / f"vehicle/2023-02-01_{trip}.xlsx")}
        assert facts["随车物品"] == f"礼包{people}份、=宣传单{people}份"


@pytest.mark.parametrize("by", ["trips", "districts"])
def test_the_pack_lists_are_the_golden_files(checked, by):
    assert (checked[0] / f"packs/{by}.csv").read_bytes() == (GOLDEN / f"packs_{by}.csv").read_bytes()


def test_both_pack_lists_count_everybody_who_travels_once(checked):
    for by in ("trips", "districts"):
        rows = list(csv.DictReader(StringIO(content(checked[0] / f"packs/{by}.csv"))))
        for heading in ("人数", "礼包", "'=宣传单"):
            assert sum(int(row[heading]) for row in rows) == 51
        facts = cells(checked[0] / f"packs/{by}.xlsx")[2]
        assert (facts[2], facts[4]) == ("51", "礼包51份、=宣传单51份")


def test_without_packs_there_are_no_lists_of_them(manifests):
    assert not (manifests[0] / "packs").exists()
    assert "随车物品" not in "".join(map(content, files(manifests[0])))


def test_an_escort_has_a_sheet_on_which_parents_sign_for_their_children(manifests):
    (sheet,) = (p for p in files(manifests[0], "handover") if p.suffix == ".xlsx")
    assert sheet.name == "2023-02-01_W0004.xlsx"
    rows = cells(sheet)
    head = next(i for i, row in enumerate(rows) if "家长签字" in row)
    assert rows[head] == [
        "序号", "姓名", "性别", "年龄", "身份证号码", "接收点", "地址", "家长（联系人）", "家长电话", "到达班次",
        "送达时间", "家长签字", "带队人签字", "备注",
    ]  # fmt: skip
    child, escort = manifests[1][5], manifests[1][4]
    assert rows[head + 1] == [
        "1", child.name, "女", "15", f"**************{child.id_number[-4:]}", "青岛海湾电子有限公司",
        "青岛市胶州市工业园", "接待处", "053200000000", "大巴 L-1", "2月1日 23:10", None, None, None,
    ]  # fmt: skip
    said = [value for row in rows[:head] for value in row if value]
    assert {escort.name, escort.phone, "火车 G2093"} <= set(said)
    assert "使用对象：随车领队" in said[1]


def test_the_handover_csv_is_the_golden_file(manifests):
    name = "2023-02-01_W0004.csv"
    assert (manifests[0] / "handover" / name).read_bytes() == (GOLDEN / "handover_W0004.csv").read_bytes()


def test_only_coaches_have_charter_papers(manifests):
    assert len(files(manifests[0], "papers")) == 2 * 5


def test_the_township_sees_who_was_left_behind_and_why(manifests):
    rows = list(csv.reader(StringIO(content(manifests[0] / "township/临洮县_洮阳镇.csv"))))
    assert rows[-1][rows[0].index("备注")] == "未安排：2月1日临洮县大客车已满。建议：再加1辆大客车"
    assert len(rows) == 1 + 14


def test_the_city_counts_by_district_and_employer(manifests):
    rows = cells(manifests[0] / "city/青岛/2023-02-01_T-G2093-0201.xlsx")
    counts = {row[2]: row[4] for row in rows if row[0] in ("胶州市", "城阳区")}
    assert counts["青岛海湾电子有限公司"] == "19"
    assert sum(map(int, counts.values())) == 38


def test_the_vehicle_csv_is_the_golden_file(manifests):
    assert (manifests[0] / "vehicle/2023-02-01_F-1.csv").read_bytes() == (GOLDEN / "vehicle_F-1.csv").read_bytes()


def test_no_cell_of_any_workbook_is_a_formula_or_a_link(manifests, checked):
    books = [p for folder, _ in (manifests, checked) for p in files(folder) if p.suffix == ".xlsx"]
    assert len(books) == 62
    for book in books:
        page = openpyxl.load_workbook(book).active
        assert {cell.data_type for row in page.iter_rows() for cell in row} <= {"s", "n"}
        assert all(cell.value is None for row in page.iter_rows() for cell in row if cell.data_type == "n")
        assert all(cell.quotePrefix for row in page.iter_rows() for cell in row if cell.data_type == "s")
        assert "<f>" not in content(book)
        assert "hyperlink>" not in content(book)


@pytest.mark.parametrize(
    "start", ["=1", "+1", "-1", "@x", "＝1", "＋1", "－1", "＠x", "\t=1", " =1", "\u3000=1", "\r=1"]
)
def test_no_cell_of_a_csv_file_starts_a_formula(start):
    assert inert(start) == f"'{start}"
    assert inert(f"a{start}") == f"a{start}"


def test_every_file_carries_revision_time_and_audience(manifests, checked):
    for path in (*files(manifests[0]), *files(checked[0])):
        said = content(path)
        assert "2023-01-20 09:05" in said
        assert "第3版" in said or "方案版次" in said
        assert "使用对象" in said


@pytest.mark.parametrize("published", ["manifests", "checked"])
def test_no_audience_gets_more_than_the_table_allows(published, request):
    folder, workers = request.getfixturevalue(published)
    allowed = {  # full name, phone
        "vehicle": (True, True), "papers": (True, False), "handover": (True, True),
        "employer": (True, True), "township": (True, False), "subsidy": (True, False),
        "city": (False, False), "arrival": (False, False),
    }  # fmt: skip
    if published == "checked":
        allowed["packs"] = (False, False)
    for audience, (name, phone) in allowed.items():
        said = "\n".join(content(path) for path in files(folder, audience))
        assert said
        for worker in workers:
            assert worker.id_number not in said
            assert phone or worker.phone not in said
            assert name or (worker.name not in said and escaped(worker.name) not in said)
        assert ("**************" in said) == (audience not in ("city", "arrival", "packs"))
    assert {p.relative_to(folder).parts[0] for p in files(folder)} == allowed.keys()
    assert not [w for w in workers for p in files(folder, "packs") if w.worker_id in content(p)]


def test_an_employer_is_told_of_its_own_people_only(manifests):
    folder, workers = manifests
    (own,) = (p for p in files(folder, "employer") if p.name.startswith("x_") and p.suffix == ".csv")
    rows = list(csv.DictReader(StringIO(content(own))))
    assert {r["联系电话"] for r in rows} == {w.phone for w in workers if w.employer_id == "E2"}
    assert "座位" not in rows[0]


def test_the_same_plan_gives_the_same_bytes_and_holds_no_clock(tmp_path, manifests):
    again, _ = made(tmp_path)
    for path in files(manifests[0]):
        other = again / path.relative_to(manifests[0])
        assert other.read_bytes() == path.read_bytes()
        if path.suffix == ".xlsx":
            with ZipFile(path) as book:
                assert {info.date_time[0] for info in book.infolist()} == {1980}
            assert content(path).count("2023-01-20T01:05:00Z") == 2


def test_names_of_files_are_harmless(manifests):
    for path in files(manifests[0]):
        assert path.resolve().is_relative_to(manifests[0].resolve())
        assert not set(path.name) & set('<>:"/\\|?*=$@')
        assert path.stem.casefold() != "con"


def test_an_english_office_gets_english_headings_and_the_same_people(tmp_path):
    rows = cells(made(tmp_path, "en")[0] / f"{TRAIN}.xlsx")
    flat = [value for row in rows for value in row if value]
    assert {"Seat", "Signature", "Next leg", "Coach L-1, 1 Feb 22:15", *HOSTILE_NAMES} <= set(flat)


def test_checks_gate_times_and_packs_are_worded_in_english_too(tmp_path):
    folder, _ = made(tmp_path, "en", checks=("security",), packs=("gift bag",))
    flat = {value for row in cells(folder / "vehicle/2023-02-01_F-1.xlsx") for value in row}
    assert {"Order", "Security", "Checked by:", "Be there by", "1 Feb 05:10", "To hand out", "26 × gift bag"} <= flat
    heading = content(folder / "packs/districts.csv").splitlines()[0]
    assert heading.startswith("No.,City,District,People,gift bag,")


def test_a_page_is_set_up_for_a4_with_a_repeated_heading(manifests):
    page = openpyxl.load_workbook(manifests[0] / f"{TRAIN}.xlsx").active
    head = next(row[0].row for row in page.iter_rows() if row[0].value == "座位")
    assert page.print_title_rows == f"${head}:${head}"
    assert (page.page_setup.paperSize, page.page_setup.orientation) == (9, "landscape")
    assert page.sheet_properties.pageSetUpPr.fitToPage
    assert page.page_setup.fitToHeight == 0
    assert page.oddFooter.center.text == "第 &P 页　共 &N 页"
    with ZipFile(manifests[0] / f"{TRAIN}.xlsx") as parts:
        assert len([name for name in parts.namelist() if name.startswith("xl/media/")]) == 1


def test_an_office_program_prints_every_name_under_a_heading_on_each_page(manifests, tmp_path):
    if not (shutil.which("soffice") and shutil.which("pdftotext")):
        pytest.skip("LibreOffice and pdftotext are needed to print a workbook")
    folder, workers = manifests
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    convert = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", tmp_path, folder / f"{TRAIN}.xlsx"]
    subprocess.run(convert, check=True, capture_output=True, timeout=120)
    pdf = tmp_path / Path(TRAIN).with_suffix(".pdf").name
    printed = subprocess.run(["pdftotext", "-raw", pdf, "-"], check=True, capture_output=True).stdout.decode()
    pages = printed.split("\f")[:-1]
    assert len(pages) == 2
    for number, page in enumerate(pages, start=1):
        assert "座位姓名性别年龄" in "".join(page.split())
        assert f"第{number}页共2页" in "".join(page.split())
    squeezed = "".join(printed.split())
    aboard = [w.name for w in workers if w.employer_id in ("E1", "E2", "E3", "E4")]
    assert len(aboard) == 38
    assert [name for name in aboard if "".join(name.split()) not in squeezed] == []


@pytest.mark.parametrize("words", ["<r>&</r>", "<r><t>x</t></r></si><si><t>y</t></r>"])
def test_a_text_of_markup_stays_a_text_of_the_workbook_and_moves_no_other(tmp_path, words):
    table = Table((Column("姓名", 20),) * 4, ((words, "甲", words, "乙"),))
    form = (words, words, "T1", Audience.LEADER, (("a", words),), (1, 1), None, table, (words,), words, ())
    write_workbook(Sheet(*form), tmp_path / "x.xlsx", language="zh", made_at=datetime(2026, 2, 1, tzinfo=UTC))
    flat = [value for row in cells(tmp_path / "x.xlsx") for value in row if value]
    assert flat == [words, words, "a", words, *["姓名"] * 4, words, "甲", words, "乙", words, words]
