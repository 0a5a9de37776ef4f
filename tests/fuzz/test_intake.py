"""Any cells under the headings of any table: each row is accepted or rejected, and nothing raises."""

from __future__ import annotations

from datetime import date, time, timedelta
from pathlib import Path

import pytest
from examples import bounded
from hypothesis import given
from hypothesis import strategies as st
from office import Office

from dispatch.intake import taking
from dispatch.intake.calls import CALLS
from dispatch.intake.employers import EMPLOYERS
from dispatch.intake.notices import describe
from dispatch.intake.offers import OFFERS
from dispatch.intake.reader import Grid, Source
from dispatch.intake.register import REGISTER
from dispatch.intake.schema import plain
from dispatch.intake.stops import STOPS
from dispatch.intake.travel_times import TRAVEL_TIMES
from dispatch.intake.workers import WORKERS

SCHEMAS = {s.name: s for s in (WORKERS, EMPLOYERS, STOPS, OFFERS, CALLS, TRAVEL_TIMES)} | {"register": REGISTER}
# What rosters hold, beside what nobody would write.
LIKELY = [
    "", "示例1", "W1", "E1", "示例电子有限公司", "S1", "平陆集合点", "140829199001010006", "14082919900101000X",
    "1.42732E+17", "１４０８２９", "2026.2.28", "2月30日", "正月十二", "46081", "25:61", "22:30", "06:10+1",
    "次日6点", "是", "否", "1e999", "-1", "nan", "inf", "０", "=1+1", "飞机", "大巴", "包车", "火车站", "2+2",
    "周一、周三", "1 3 5", "合计", "{value}", "%s", "\ud83d", "\ufffd", "\x1b[2J", "x" * 3000, "W1 W1", "圣人涧镇",
    "山西省", "15400000001", 46081, 46081.5, 1e22, -0.0, 1e308, 10**18, True, date(2026, 2, 28),
    time(6), timedelta(days=-1),
]  # fmt: skip
CELLS = st.one_of(
    st.sampled_from(LIKELY),
    st.text(max_size=8),
    st.floats(allow_nan=False, allow_infinity=False),
    st.integers(-(10**20), 10**20),
    st.dates(),
    st.datetimes(),
)


@st.composite
def grids(draw, name):
    """Some known headings in any order, a title above or not, and rows of any length."""
    columns = [draw(st.sampled_from([c.key, *c.aliases])) for c in SCHEMAS[name].columns if c.required]
    columns += draw(st.lists(st.sampled_from([c.key for c in SCHEMAS[name].columns]), max_size=14, unique=True))
    columns += [draw(st.sampled_from(group)) for group in SCHEMAS[name].either]
    known = SCHEMAS[name].headings()
    columns = list({known[plain(column)]: column for column in columns}.values())
    width = len(columns)
    rows = draw(st.lists(st.lists(CELLS, min_size=max(0, width - 2), max_size=width + 2), max_size=6))
    return [*draw(st.sampled_from([[], [["花名册"]], [[]]])), draw(st.permutations(columns)), *rows]


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    office = Office(tmp_path_factory.mktemp("office"))
    office.files |= {name: f"{name}.csv" for name in ("calls", "travel_times", "register")}
    office.tables |= {"calls": [], "travel_times": [], "register": []}
    return office


# Tables that once raised.
FOUND = [
    (
        "offers",
        [
            ["offer_id", "mode", "basis", "seats", "available", "from_date", "to_date", "days"],
            ["C9", "大巴", "包车", 37, 1, date(1, 1, 1), date(9999, 12, 31), "周一"],
        ],
    ),
    ("stops", [["stop_id", "name", "kind", "open_to"], ["S9", "x", "集合点", timedelta(days=-1)]]),
]


@bounded(140)
@given(table=st.sampled_from(list(SCHEMAS)).flatmap(lambda name: st.tuples(st.just(name), grids(name))))
def test_any_cells_are_accepted_or_rejected(office, table):
    check(office, *table)


@pytest.mark.parametrize(("name", "rows"), FOUND)
def test_what_was_found_stays_mended(office, name, rows):
    check(office, name, rows)


def check(office, name, rows):
    """Read the table with the office's others around it."""
    office.files |= {"register": "register.csv"}
    if name != "register":
        del office.files["register"]
    settings = office.settings()
    tables = {t: [list(had[0]), *(list(r.values()) for r in had)] for t, had in office.tables.items() if had}
    tables |= {"register": tables["workers"], name: rows}

    def read_source(path: Path, **_: object) -> Source:
        return Source((Grid("", tables.get(path.stem, [[]])),), "")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(taking, "read_source", read_source)
        inputs, notices = office.read_with(settings)
    assert len(inputs.workers) + inputs.rejected == inputs.rostered
    for notice in notices:
        for language in ("zh", "en"):
            assert all(describe(notice, language))
    if name == "workers" and inputs.rejected:
        assert any(n.row for n in notices)
