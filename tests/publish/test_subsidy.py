"""The list for the double-benefit check: everybody carried, each once, with what their journey costs."""

import csv
import hashlib
import hmac
import os
from collections import Counter
from dataclasses import replace
from io import StringIO
from pathlib import Path

import openpyxl
import pytest

from dispatch.errors import ConfigError
from dispatch.model.plan import CostLine
from dispatch.publish import publish
from dispatch.publish.id_code import id_code, read_key
from dispatch.publish.shares import personal_fen
from dispatch.publish.view import build_view
from tests.publish.sample_plan import sample

GOLDEN = Path(__file__).with_name("golden") / "subsidy_weiyuan.csv"
KEY = b"0123456789abcdef0123456789abcdef"


def _made(folder, *, unmask=False, plan_of=lambda plan: plan, people=lambda inputs: inputs, **more):
    plan, inputs, settings = sample(folder, **more)
    inputs = people(inputs)
    publish(
        plan_of(plan), inputs, settings, only=frozenset({"manifests"}), unmask=unmask, progress=lambda *_: None
    )  # fmt: skip
    return settings.out / "manifests" / "subsidy", inputs


def _rows(folder):
    return [
        row for path in sorted(folder.glob("*.csv")) for row in csv.DictReader(StringIO(path.read_text("utf-8-sig")))
    ]


def _fen(amount):
    yuan, fen = amount.split(".")
    return int(yuan) * 100 + int(fen)


@pytest.fixture
def key_file(tmp_path):
    (tmp_path / "configs").mkdir()
    (tmp_path / "configs" / "subsidy.key").write_bytes(KEY + b"\n")
    return "subsidy.key"


def test_everybody_organised_is_listed_once_in_the_file_of_their_county(tmp_path):
    folder, inputs = _made(tmp_path)
    assert {p.name for p in folder.iterdir()} == {
        f"{c}.{x}" for c in ("陇西县", "渭源县", "临洮县") for x in ("xlsx", "csv")
    }
    carried = [w for w in inputs.workers if w.worker_id != "W0051"]
    listed = Counter((r["县（区）"], r["姓名"].removeprefix("'"), r["身份证号码"][-4:]) for r in _rows(folder))
    assert listed == Counter((w.home.county_name, w.name, w.id_number[-4:]) for w in carried)
    assert listed.total() == 51


def test_id_numbers_are_masked_by_default_and_phones_are_never_there(tmp_path):
    folder, inputs = _made(tmp_path)
    said = "".join(p.read_text("utf-8-sig") for p in folder.glob("*.csv"))
    assert not [w for w in inputs.workers if w.id_number in said or w.phone in said]
    assert {row["身份证号码"][:-4] for row in _rows(folder)} == {"*" * 14}


def test_unmasked_they_are_full(tmp_path):
    folder, inputs = _made(tmp_path, unmask=True)
    assert {row["身份证号码"] for row in _rows(folder)} == {w.id_number for w in inputs.workers[:-1]}


def test_the_shares_of_everybody_add_up_to_the_costs_by_county_to_the_fen(tmp_path):
    plan, inputs, settings = sample(tmp_path)
    folder, _ = _made(tmp_path)
    shown, borne = Counter(), Counter()
    for row in _rows(folder):
        shown[row["县（区）"]] += _fen(row["分摊费用（元）"])
    for line in plan.costs:
        borne[line.sending_county] += line.cost_fen
    assert shown == borne
    paid = personal_fen(build_view(plan, inputs, settings))
    assert paid.total() == sum(trip.cost_fen for trip in plan.trips)


def test_odd_fen_go_to_the_first_of_a_line(tmp_path):
    plan, inputs, settings = sample(tmp_path)
    line = CostLine("D-1", "临洮县", "上海", "E6", 4, 1003)
    paid = personal_fen(build_view(replace(plan, costs=(line,)), inputs, settings))
    assert paid == {"W0047": 251, "W0048": 251, "W0049": 251, "W0050": 250}


def test_costs_that_nobody_of_the_plan_bears_are_refused_rather_than_lost(tmp_path):
    plan, inputs, settings = sample(tmp_path)
    line = CostLine("D-1", "陇西县", "上海", "E6", 4, 1003)
    with pytest.raises(ValueError, match="nobody from 陇西县 rides to E6"):
        personal_fen(build_view(replace(plan, costs=(line,)), inputs, settings))


def test_a_row_says_who_goes_where_when_by_what_and_how_it_is_paid(tmp_path):
    row = _rows(_made(tmp_path)[0])[13]
    assert (row["县（区）"], row["姓名"], row["资金类别"]) == ("渭源县", "陈强", "一般户")
    assert row["用工企业"].startswith("'=HYPERLINK")
    assert (row["去往城市"], row["乘车日期"], row["班次编号"]) == ("青岛", "2023-02-01", "F-2、T-G2093-0201、L-2")
    assert (row["乘坐方式"], row["备注"]) == ("整租", "")


def test_the_csv_of_a_county_is_the_golden_file(tmp_path):
    assert (_made(tmp_path)[0] / "渭源县.csv").read_bytes() == GOLDEN.read_bytes()


def test_the_workbook_counts_people_and_cost_by_funding_kind(tmp_path):
    folder, _ = _made(tmp_path)
    page = openpyxl.load_workbook(folder / "渭源县.xlsx").active
    rows = [[cell.value for cell in row if cell.value is not None] for row in page.iter_rows()]
    kinds = {row[0]: row[1:] for row in rows if row and row[0] in ("脱贫户", "监测户", "一般户")}
    assert {kind: people for kind, (people, _) in kinds.items()} == {"脱贫户": "4", "监测户": "4", "一般户": "4"}
    total = sum(_fen(r["分摊费用（元）"]) for r in _rows(folder) if r["县（区）"] == "渭源县")
    assert sum(_fen(cost) for _, cost in kinds.values()) == total
    assert "使用对象：县（区）补贴审核岗" in rows[1][0]


def test_with_a_key_each_number_has_a_code_that_others_with_the_key_can_make(tmp_path, key_file):
    folder, inputs = _made(tmp_path, subsidy_key=Path(key_file))
    codes = {hmac.new(KEY, w.id_number.encode(), hashlib.sha256).hexdigest()[:32] for w in inputs.workers[:-1]}
    assert {row["证件核对码"] for row in _rows(folder)} == codes
    assert len(codes) == len({w.id_number for w in inputs.workers[:-1]})


def test_without_a_key_there_is_no_code(tmp_path):
    assert "证件核对码" not in _rows(_made(tmp_path)[0])[0]


def test_a_small_x_has_the_code_of_a_capital_and_nobody_without_a_number_has_one():
    assert id_code("62112219800202000x", KEY) == id_code("62112219800202000X", KEY)
    assert id_code("", KEY) == ""


@pytest.mark.parametrize("content", [None, b"too short\n"])
def test_a_key_that_cannot_be_used_is_refused_before_anything_is_written(tmp_path, content):
    if content:
        (tmp_path / "configs").mkdir()
        (tmp_path / "configs" / "k").write_bytes(content)
    with pytest.raises(ConfigError, match="subsidy_key"):
        _made(tmp_path, subsidy_key=Path("k"))
    assert not (tmp_path / "out" / "sample" / "manifests").exists()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no queues here")
def test_a_queue_in_the_place_of_the_key_is_refused_and_waits_for_nobody(tmp_path):
    os.mkfifo(tmp_path / "k")
    with pytest.raises(ConfigError, match="regular"):
        read_key(tmp_path / "k", "zh")


def test_the_line_end_of_the_key_file_is_no_part_of_the_key(tmp_path):
    (tmp_path / "k").write_bytes(KEY + b"\r\n")
    assert read_key(tmp_path / "k", "zh") == KEY


def test_a_person_who_travels_twice_is_marked_on_both_journeys(tmp_path):
    def twice(inputs):
        first, second, *others = inputs.workers
        return replace(inputs, workers=(first, replace(second, id_number=first.id_number), *others))

    marks = Counter(row["备注"] for row in _rows(_made(tmp_path, people=twice)[0]))
    assert marks["同一证件号共2程"] == 2


def test_a_second_run_gives_the_same_bytes(tmp_path, key_file):
    def tree(folder):
        return {p.name: p.read_bytes() for p in folder.iterdir()}

    before = tree(_made(tmp_path, subsidy_key=Path(key_file))[0])
    assert tree(_made(tmp_path, subsidy_key=Path(key_file))[0]) == before
