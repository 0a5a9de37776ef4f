"""Whatever a spreadsheet or a hand does to an ID number is found in its cell; no row is lost on the way."""

import tempfile
from datetime import date
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from office import CHINESE, Office, chinese

from dispatch.intake.identity import with_check_digit
from dispatch.model.notice import Severity

BORN = st.dates(date(1950, 1, 1), date(2009, 12, 31))
COUNTIES = st.sampled_from(["142732", "140829", "622427", "522121", "110101", "654326"])
ORDERS = st.integers(0, 999).map("{:03d}".format)
RIGHT = st.builds(lambda county, born, order: with_check_digit(f"{county}{born:%Y%m%d}{order}"), COUNTIES, BORN, ORDERS)
# A failing example is shown as it was found: each one reads a workbook, and shrinking would take minutes.
PHASES = [Phase.explicit, Phase.reuse, Phase.generate]
QUICK = settings(max_examples=12, deadline=None, phases=PHASES, suppress_health_check=[HealthCheck.too_slow])


def numeric(number, _):
    return float(number[:17] + ("0" if number[17] == "X" else number[17]))


def scientific(number, _):
    return f"{float(number[:17] + '0'):.5E}"


def truncated(number, n):
    return number[: 1 + n % 17]


def full_width(number, _):
    return number.translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789X"})


def transposed(number, n):
    pairs = [i for i in range(17) if number[i] != number[i + 1]]
    i = pairs[n % len(pairs)]
    return number[:i] + number[i + 1] + number[i] + number[i + 2 :]


REASONS = {
    numeric: {"id_numeric"},
    scientific: {"id_scientific"},
    truncated: {"id_length"},
    full_width: {"id_full_width"},
    transposed: {"id_check", "id_birth", "id_length"},
}
DAMAGES = st.lists(st.tuples(RIGHT, st.sampled_from(list(REASONS)), st.integers(0, 99)), min_size=1, max_size=30)


def read(rows):
    office = Office(Path(tempfile.mkdtemp()))
    office.write_xlsx("workers", [["花名册"], CHINESE, *rows])
    return office.read()


@QUICK
@given(DAMAGES)
def test_every_damaged_number_is_flagged_with_sheet_row_column_and_reason(damages):
    rows = [
        chinese(n % 12 + 1, 序号=n, 姓名=f"示例{n}", 身份证号码=damage(number, k))
        for n, (number, damage, k) in enumerate(damages)
    ]
    _, notices = read(rows)
    said = {(n.sheet, n.row, n.column, n.code) for n in notices}
    for i, (_, damage, _) in enumerate(damages):
        assert any(("花名册", i + 3, "身份证号码", reason) in said for reason in REASONS[damage])


CELLS = {
    "姓名": st.sampled_from(["示例", "", "NA", "=1+1"]),
    "身份证号码": st.one_of(RIGHT, RIGHT.map(lambda n: n[:17]), st.just(""), st.just(1.42e17)),
    "联系电话": st.sampled_from(["15400000001", "", "x", 15400000001.0]),
    "乡（镇）": st.sampled_from(["圣人涧镇", "", "某处"]),
    "用工企业名称": st.sampled_from(["示例电子有限公司", "", "没有"]),
    "到岗日期": st.sampled_from(["2026.2.28", "", "下周", 46081, "正月十二"]),
    "备注": st.sampled_from(["", "合计", "轮椅"]),
}
ROWS = st.lists(st.fixed_dictionaries(CELLS), min_size=1, max_size=25)


@QUICK
@given(ROWS)
def test_every_row_is_accepted_or_rejected_or_said_to_be_none(rows):
    inputs, notices = read([chinese(1, 序号=n + 1, **cells) for n, cells in enumerate(rows)])
    skipped = {n.row for n in notices if n.code in {"row_skipped", "heading_again"}}
    accepted = {w.row for w in inputs.workers}
    rejected = {r.row for r in inputs.rejected_rows}
    assert len(accepted) + len(rejected) + len(skipped) == len(rows)
    assert accepted | rejected | skipped == set(range(3, 3 + len(rows)))
    assert (inputs.rostered, inputs.rejected) == (len(accepted) + len(rejected), len(rejected))
    # Every rejected row says why, in itself.
    assert rejected == {n.row for n in notices if n.severity is Severity.ERROR and n.row}
