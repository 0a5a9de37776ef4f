import csv
from collections import Counter
from pathlib import Path

import openpyxl
import pytest
from sample_plan import sample

from dispatch.publish import publish

GOLDEN = Path(__file__).with_name("golden")
TRAIN = "青岛/2023-02-01_T-G2093-0201"


def made(folder, language="zh"):
    plan, inputs, settings = sample(folder, language, formats=("xlsx", "csv"))
    publish(plan, inputs, settings, only=frozenset({"manifests"}), unmask=False, progress=lambda *_: None)
    return settings.out / "manifests/arrival", plan, inputs


@pytest.fixture(scope="module")
def arrivals(tmp_path_factory):
    return made(tmp_path_factory.mktemp("arrivals"))


def rows(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def cells(path):
    return [[cell.value for cell in row] for row in openpyxl.load_workbook(path).active.iter_rows()]


def test_there_is_a_sheet_for_each_place_at_which_the_trunk_is_left(arrivals):
    assert {p.relative_to(arrivals[0]).with_suffix("").as_posix() for p in arrivals[0].rglob("*.*")} == {
        TRAIN, "上海/2023-02-01_D-1_6", "上海/2023-02-01_D-1_7"
    }  # fmt: skip


def test_the_counts_of_all_sheets_add_up_to_everybody_who_travels_by_employer(arrivals):
    folder, plan, inputs = arrivals
    counted = Counter()
    for path in folder.rglob("*.csv"):
        for row in rows(path):
            counted[row["用工企业"].removeprefix("'")] += int(row["人数"])
    served = {leg.worker_id for leg in plan.legs}
    employers = {e.employer_id: e.name for e in inputs.employers}
    assert counted == Counter(employers[w.employer_id] for w in inputs.workers if w.worker_id in served)


def test_employers_and_coaches_of_a_sheet_each_add_up_to_its_people(arrivals):
    grid = cells(arrivals[0] / f"{TRAIN}.xlsx")
    heads = [n for n, row in enumerate(grid) if "交接时间" in row]
    coaches, employers = grid[heads[0] + 1 : heads[1]], grid[heads[1] + 1 :]
    assert sum(int(row[4]) for row in coaches if row[0]) == 38
    assert [(row[0], row[4], row[2]) for row in coaches if row[0]] == [
        ("大巴 L-1，2月1日 22:15", "25", "../../x、青岛海湾电子有限公司"),
        ("大巴 L-2，2月1日 22:20", "13", "=HYPERLINK(1)</script><img src=y onerror=alert(2)>、CON"),
    ]
    assert sum(int(row[4]) for row in employers if row[0] and row[0].isdigit()) == 38
    assert "38" in [row[2] for row in grid[: heads[0]]]


def test_both_sides_have_room_to_sign_and_to_say_when(arrivals):
    grid = cells(arrivals[0] / f"{TRAIN}.xlsx")
    head = [row for row in grid if "交接时间" in row][1]
    assert head[5:] == ["实到人数", "交接时间", "送达人签字", "接收人签字", "备注"]
    said = {value for row in grid for value in row if value}
    assert {"送达人签字：", "接收人签字：", "实际交接人数：", "交接完成时间：", "实际到达时间"} <= said


def test_a_coach_that_ends_at_the_gate_has_no_last_mile(arrivals):
    (row,) = rows(arrivals[0] / "上海/2023-02-01_D-1_7.csv")
    assert (row["接驳车次及发车时间"], row["人数"], row["到达地点"]) == (
        "到达目的地", "9", "上海浦江机械制造股份有限公司第二分公司临港工厂"
    )  # fmt: skip
    grid = cells(arrivals[0] / "上海/2023-02-01_D-1_7.xlsx")
    assert not [row for row in grid if "送往企业" in row]


def test_a_sheet_names_nobody(arrivals):
    for path in arrivals[0].rglob("*.xlsx"):
        said = "\n".join(value for row in cells(path) for value in row if value)
        assert not [w.worker_id for w in arrivals[2].workers if w.id_number in said or w.phone in said]
        assert not [w.worker_id for w in arrivals[2].workers[4:] if w.name in said or w.worker_id in said]


def test_the_csv_is_the_golden_file(arrivals):
    assert (arrivals[0] / f"{TRAIN}.csv").read_bytes() == (GOLDEN / "arrival_T-G2093.csv").read_bytes()


def test_an_english_sheet_has_the_same_counts(tmp_path):
    found = rows(made(tmp_path, "en")[0] / f"{TRAIN}.csv")
    assert [(row["Employer"], row["People"]) for row in found][1] == ("CON", "8")
    assert found[1]["Last-mile coach, departs"] == "Coach L-2, 1 Feb 22:20"
