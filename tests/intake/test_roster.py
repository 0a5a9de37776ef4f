"""Rosters as offices send them."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from office import CHINESE, chinese, nobody, person

from dispatch.geo.gazetteer import Gazetteer
from dispatch.intake.cells import moments
from dispatch.intake.table import MOST_COMPARED, MOST_TEXTS, nearest
from dispatch.model.notice import Severity
from dispatch.model.supply import Mode

SHANGHAI = ZoneInfo("Asia/Shanghai")


def test_a_clean_roster_is_accepted_whole(office):
    inputs, notices = office.read()
    assert (inputs.rostered, inputs.rejected, len(inputs.workers)) == (2, 0, 2)
    assert [n.code for n in notices if n.severity is not Severity.NOTE] == []
    worker = inputs.workers[0]
    assert (worker.worker_id, worker.employer_id, worker.sex, worker.born) == ("W1", "E1", "F", date(1990, 1, 1))
    assert worker.ready_at == datetime(2026, 2, 26, tzinfo=SHANGHAI)
    assert worker.due_at == datetime(2026, 2, 28, 23, 59, tzinfo=SHANGHAI)
    assert (worker.home.county_name, worker.home.township_name) == ("平陆县", "圣人涧镇")
    assert set(inputs.sha256) == {"workers", "employers", "stops", "offers"}


def test_title_unit_line_and_grouped_headings_stand_above_the_header(office):
    office.write_xlsx(
        "workers",
        [
            ["外出务工人员花名册"],
            ["填报单位：示例镇"],
            ["基本信息", "", "", "", "", "", "务工信息"],
            CHINESE,
            chinese(1),
            chinese(2),
        ],
    )
    inputs, notices = office.read()
    assert [w.row for w in inputs.workers] == [5, 6]
    assert inputs.workers[0].home.county_name == "平陆县"
    assert inputs.workers[0].phone == "15400000001"
    assert [(n.code, dict(n.params)["zh"]) for n in notices if n.code.endswith("_default")] == [
        ("ready_from_default", "可出发日期")
    ]


def test_blank_rows_and_totals_are_not_people(office):
    office.write_xlsx("workers", [CHINESE, chinese(1), [], chinese(2), ["合计", "2人"]])
    inputs, notices = office.read()
    assert (inputs.rostered, [w.row for w in inputs.workers]) == (2, [2, 4])
    assert [(n.code, n.row) for n in notices if n.code == "row_skipped"] == [("row_skipped", 5)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_rare_character_survives_every_encoding(office, encoding):
    office.settings()
    text = "姓名,身份证号,用工企业,户籍地\n张𬭎," + nobody("19900101") + ",示例电子有限公司,平陆县\n"
    office.path("workers").write_bytes(text.encode(encoding))
    inputs, _ = office.read()
    assert inputs.workers[0].name == "张𬭎"


@pytest.mark.parametrize(
    "written",
    [
        "2026.2.27",
        "2026/2/27",
        "2026年2月27日",
        "2月27日",
        "二月二十七日",
        "二月二十七号",
        "46080",
        46080,
        "20260227",
        "正月十一",
        "２０２６－２－２７",
        "2026-02-27 00:00",
    ],
)
def test_dates_in_every_form_mean_the_end_of_that_day(office, written):
    office.tables["workers"] = [person(1, report_by=written)]
    inputs, _ = office.read()
    assert [w.due_at for w in inputs.workers] == [datetime(2026, 2, 27, 23, 59, tzinfo=SHANGHAI)]


@pytest.mark.parametrize("typed", [3.1, 2.2, 12.3])
def test_a_day_that_may_have_lost_its_zero_is_refused(office, typed):
    """3.1 in a numeric cell was 3.1 or 3.10: the first or the tenth of March."""
    office.write_xlsx("workers", [CHINESE, chinese(1, 到岗日期=typed)])
    assert office.errors() == [("bad_date", 2, "到岗日期", str(typed))]


def test_a_day_typed_as_a_number_with_all_its_digits_is_read(office):
    office.write_xlsx("workers", [CHINESE, chinese(1, 到岗日期=2.28)])
    assert [w.due_at.date() for w in office.read()[0].workers] == [date(2026, 2, 28)]


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("一月十二日", (2026, 1, 12)),
        ("正月十二日", (2026, 2, 28)),
        ("农历一月十二日", (2026, 2, 28)),
        ("一月廿二日", (2026, 3, 10)),
        ("正月初十", (2026, 2, 26)),
        ("腊月二十", (2026, 2, 7)),
        ("三月一日", (2026, 3, 1)),
        ("十二月三十一日", (2025, 12, 31)),
    ],
)
def test_a_day_in_chinese_numerals_is_solar_unless_it_is_worded_as_lunar(written, day):
    assert moments(date(2026, 2, 25), date(2026, 3, 1))(written).date() == date(*day)


@pytest.mark.parametrize(
    ("written", "day"), [("12月30日", (2025, 12, 30)), ("1月7日", (2026, 1, 7)), ("12月3日", (2025, 12, 3))]
)
def test_a_day_without_a_year_may_be_one_of_the_year_before(written, day):
    assert moments(date(2026, 1, 5), date(2026, 1, 20))(written).date() == date(*day)


def test_a_day_that_this_year_lacks_is_not_sought_in_the_next():
    with pytest.raises(ValueError, match="no such day"):
        moments(date(2027, 2, 20), date(2027, 3, 1))("2月29日")


def test_a_first_day_long_before_the_horizon_is_doubted(office):
    office.tables["workers"] = [
        person(1, ready_from="2025-02-27"),
        person(2, ready_from="2025-12-01"),
        person(3, ready_from="9月30日"),
    ]
    assert office.warnings() == [("ready_early", 2), ("ready_early", 4)]
    assert len(office.read()[0].workers) == 3


def test_a_date_cell_and_a_time_of_day_are_kept(office):
    office.tables["workers"] = [person(1, ready_from="2026-02-26 14:30", report_by="2026-02-28 18:00")]
    inputs, _ = office.read()
    assert inputs.workers[0].ready_at == datetime(2026, 2, 26, 14, 30, tzinfo=SHANGHAI)
    assert inputs.workers[0].due_at == datetime(2026, 2, 28, 18, 0, tzinfo=SHANGHAI)


@pytest.mark.parametrize("written", ["2026-02-30", "下周", "2月30日", "0"])
def test_a_date_that_is_none_is_an_error_in_its_cell(office, written):
    office.tables["workers"] = [person(1), person(2, report_by=written)]
    assert office.errors() == [("bad_date", 3, "report_by", written)]


def test_windows_must_have_a_beginning_before_their_end_inside_the_horizon(office):
    office.tables["workers"] = [
        person(1, ready_from="2026-02-28", report_by="2026-02-27"),
        person(2, ready_from="2026-03-05", report_by="2026-03-06"),
        person(3, ready_from="2026-02-01", report_by="2026-02-20"),
        person(4, ready_from="2026-02-01"),
    ]
    inputs, notices = office.read()
    found = {(n.code, n.row) for n in notices if n.severity is Severity.ERROR}
    assert found == {("ready_after_due", 2), ("outside_horizon", 3), ("outside_horizon", 4)}
    assert [w.ready_at for w in inputs.workers] == [datetime(2026, 2, 25, tzinfo=SHANGHAI)]


def test_an_unknown_employer_is_named_with_its_nearest(office):
    office.tables["workers"] = [person(1, employer="示例电子公司"), person(2, employer="")]
    inputs, notices = office.read()
    errors = [n for n in notices if n.severity is Severity.ERROR]
    assert [(n.code, n.row, n.column, n.suggestions) for n in errors] == [
        ("value_missing", 3, "employer", ()),
        ("unknown_employer", 2, "employer", ("示例电子有限公司",)),
    ]
    assert (inputs.rostered, inputs.rejected) == (2, 2)


def test_full_width_brackets_do_not_hide_an_employer(office):
    office.tables["employers"][0]["name"] = "示例（西安）电子"
    office.tables["workers"] = [person(1, employer="示例(西安) 电子")]
    assert [w.employer_id for w in office.read()[0].workers] == ["E1"]


def test_every_problem_of_a_roster_is_reported_at_once(office):
    office.tables["workers"] = [
        person(1, phone="12345"),
        person(2, boarding_stop="没有的站"),
        person(3, modes_barred="火箭"),
        person(4, home="某处"),
        person(5, worker_id="W1"),
        person(6, name=""),
        person(7, home_lat="111.2", home_lon="34.8"),
        person(8, home_lat="34.8"),
    ]
    inputs, notices = office.read()
    found = {(n.code, n.severity, n.row, n.column) for n in notices if n.severity is not Severity.NOTE}
    assert found == {
        ("phone_bad", Severity.WARNING, 2, "phone"),
        ("unknown_stop", Severity.ERROR, 3, "boarding_stop"),
        ("unknown_mode", Severity.ERROR, 4, "modes_barred"),
        ("home_unresolved", Severity.ERROR, 5, "home"),
        ("duplicate_id", Severity.ERROR, 6, "worker_id"),
        ("value_missing", Severity.ERROR, 7, "name"),
        ("lat_lon_swapped", Severity.ERROR, 8, "home_lat"),
        ("half_position", Severity.ERROR, 9, "home_lat"),
    }
    assert inputs.rostered == inputs.rejected + len(inputs.workers) == 8
    assert [w.worker_id for w in inputs.workers] == ["W1"]


def test_an_unclear_home_is_no_error_for_one_who_says_where_to_board(office):
    office.tables["workers"] = [person(1, home="某处", boarding_stop="平陆集合点")]
    assert [w.boarding_stop for w in office.read()[0].workers] == ["S1"]
    assert ("home_unresolved", 2) in office.warnings()


def test_modes_barred_are_understood_in_both_languages(office):
    office.tables["workers"] = [
        person(1, modes_barred="飞机、大巴"),
        person(2, modes_barred="flight"),
        person(3, modes_barred="无"),
    ]
    barred = [w.modes_barred for w in office.read()[0].workers]
    assert barred == [frozenset({Mode.FLIGHT, Mode.COACH}), frozenset({Mode.FLIGHT}), frozenset()]


def test_a_name_that_reads_like_a_missing_value_is_a_name(office):
    office.tables["workers"] = [person(1, name="NA"), person(2, name="None"), person(3, name="张　三")]
    assert [w.name for w in office.read()[0].workers] == ["NA", "None", "张三"]


def test_home_coordinates_come_from_the_configured_datum(office):
    office.config = "datum: gcj02\n"
    office.tables["workers"] = [person(1, home_lat="39.910226498", home_lon="116.403713582")]
    home = office.read()[0].workers[0].home
    assert home.level == "point"
    assert (home.position.lat, home.position.lon) == pytest.approx((39.908823, 116.397470), abs=1e-6)


def test_a_home_that_was_guessed_from_the_others_is_said_with_the_place_taken(office):
    """There are 张店镇 in several provinces; it is placed where most of the roster lives."""
    office.tables["workers"] = [person(1), person(2), *(person(n, home="张店镇") for n in (3, 4))]
    inputs, notices = office.read()
    assert [(w.home.county_name, w.home.guessed) for w in inputs.workers] == [("平陆县", n > 2) for n in range(1, 5)]
    (said,) = [n for n in notices if n.code == "home_guessed"]
    assert (said.severity, said.row, said.column, said.value) == (Severity.NOTE, 4, "home", "张店镇")
    assert dict(said.params) == {"division": inputs.workers[2].home.division_name, "count": "2"}


def asked_of_the_gazetteer(office, homes):
    """Which texts a roster with these homes asks near misses for."""
    office.tables["workers"] = [
        person(1 + n % 12, worker_id=f"W{n}", name=f"示例{n}", home=home) for n, home in enumerate(homes)
    ]
    asked = []

    def suggest(self, text):
        asked.append(text)
        return ()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Gazetteer, "suggest", suggest)
        assert [code for code, *_ in office.errors()] == ["home_unresolved"] * len(homes)
    return asked


def test_near_misses_of_homes_are_looked_for_once_per_text(office):
    assert asked_of_the_gazetteer(office, ["某处"] * 60) == ["某处"]


def test_near_misses_are_looked_for_for_a_bounded_number_of_short_texts(office):
    """The gazetteer compares each with thousands of names: a roster of unknown villages would take many minutes."""
    assert len(asked_of_the_gazetteer(office, [f"某处{n}号" for n in range(MOST_TEXTS + 50)])) == MOST_TEXTS
    office.path("workers").unlink()
    assert asked_of_the_gazetteer(office, ["某处" * 500]) == []


def test_near_misses_of_many_names_are_looked_for_for_few_texts():
    suggest = nearest([f"示例{n}电子有限公司" for n in range(MOST_COMPARED // 4)])
    assert [bool(suggest(f"示例{n}电子公司")) for n in range(6)] == [True] * 4 + [False] * 2
    assert suggest("示例0电子公司")  # once told, told again
