import csv
import json
import stat
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from sample_plan import HOSTILE_NAMES, at, sample

from dispatch.config import Messages
from dispatch.errors import ConfigError
from dispatch.publish import publish
from dispatch.publish.messages.wording import parts

GOLDEN = Path(__file__).with_name("golden")
MESSAGES = frozenset({"messages"})


def sent(folder, language="zh", change=lambda plan, inputs: (plan, inputs), **wanted):
    plan, inputs, settings = sample(folder, language, messages=Messages(**{"signature": "定西人社", **wanted}))
    plan, inputs = change(plan, inputs)
    publish(plan, inputs, settings, only=MESSAGES, unmask=False, progress=lambda *_: None)
    served = {leg.worker_id for leg in plan.legs}
    return settings.out / "messages", [w for w in inputs.workers if w.worker_id in served]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return sent(tmp_path_factory.mktemp("messages"))


def rows(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_everybody_who_travels_and_has_a_phone_gets_one_text(made):
    folder, served = made
    assert sorted(row["手机号"] for path in folder.iterdir() for row in rows(path)) == sorted(w.phone for w in served)


def test_the_file_of_a_sending_day_is_the_golden_file(made):
    assert [p.name for p in made[0].iterdir()] == ["2023-01-31.csv"]
    assert (made[0] / "2023-01-31.csv").read_bytes() == (GOLDEN / "messages_2023-01-31.csv").read_bytes()


def test_a_text_says_where_and_when_to_board_what_led_by_whom_and_what_to_bring(made):
    texts = {row["手机号"]: row["短信内容"] for row in rows(made[0] / "2023-01-31.csv")}
    assert texts["15400000018"] == (
        "【定西人社】黄平：2月1日 05:10前到陇西县首阳镇集合点，乘大巴F-1（05:40出发，5C座）去青岛。领队陈静。带身份证。"
    )
    assert texts["15400000004"].endswith("您是领队。带身份证。")


def test_an_english_text_says_the_same(tmp_path):
    texts = {row["phone"]: row["text"] for row in rows(sent(tmp_path, "en")[0] / "2023-01-31.csv")}
    assert texts["15400000018"] == (
        "[定西人社] 黄平: be at 陇西县首阳镇集合点 by 1 Feb 05:10 for Coach F-1 (leaves 05:40, seat 5C) to 青岛. "
        "Leader 陈静. Bring your ID card."
    )


def test_chinese_texts_of_ordinary_names_take_one_part(made):
    ordinary = [row for row in rows(made[0] / "2023-01-31.csv") if "alert" not in row["短信内容"]]
    assert len(ordinary) == 49
    assert {row["计费条数"] for row in ordinary} == {"1"}


@pytest.mark.parametrize(
    ("words", "count"),
    [("好" * 70, 1), ("好" * 71, 2), ("好" * 134, 2), ("好" * 135, 3), ("𬭎" * 35, 1), ("𬭎" * 36, 2)],
)
def test_a_text_of_seventy_units_is_one_part_and_longer_ones_are_cut_at_sixty_seven(words, count):
    assert parts(words) == count


def test_no_text_holds_an_id_number_or_anybody_elses_phone(made):
    folder, served = made
    for path in folder.iterdir():
        said = path.read_text("utf-8-sig")
        assert not [w for w in served if w.id_number in said or w.id_number[-4:] + "，" in said]
        for row in rows(path):
            assert not [w for w in served if w.phone in row["短信内容"]]


def test_harmful_names_stay_text_on_one_line(tmp_path):
    def change(plan, inputs):
        workers = tuple(replace(w, name=f'{w.name}\r\n,"x') for w in inputs.workers)
        return plan, replace(inputs, workers=workers)

    folder, _ = sent(tmp_path, change=change, signature="")
    found = {row["编号"]: row["短信内容"] for row in rows(folder / "2023-01-31.csv")}
    assert found["W0000"].startswith("'=cmd|x ,\"x：2月1日")
    for n, name in enumerate(HOSTILE_NAMES[1:], start=1):
        assert found[f"W{n:04d}"].startswith(f'{name} ,"x：2月1日')
    for path in folder.iterdir():
        for row in rows(path):
            assert not [cell for cell in row.values() if cell.startswith(("=", "+", "-", "@"))]
            assert not [cell for cell in row.values() if "\n" in cell or "\r" in cell]


def test_whom_no_text_reaches_is_listed_apart_with_the_words_to_say(tmp_path):
    phones = {"W0007": "", "W0008": "0932123456", "W0009": "12345"}

    def change(plan, inputs):
        workers = tuple(replace(w, phone=phones.get(w.worker_id, w.phone)) for w in inputs.workers)
        return plan, replace(inputs, workers=workers)

    folder, served = sent(tmp_path, change=change)
    told = rows(folder / "without_phone.csv")
    assert {row["编号"]: row["手机号"] for row in told} == phones
    assert {row["乡镇（街道）"] for row in told} == {"文峰镇"}
    assert all("06:00前到陇西县文峰镇集合点" in row["短信内容"] for row in told)
    assert len(rows(folder / "2023-01-31.csv")) == len(served) - 3


def test_a_text_is_sent_so_many_days_before_its_reader_sets_out(tmp_path):
    def change(plan, inputs):
        later = {t.trip_id for t in plan.trips if t.trip_id == "D-1"}
        legs = tuple(
            replace(leg, departs_at=at("00:20", 2), arrives_at=at("12:00", 3)) if leg.trip_id in later else leg
            for leg in plan.legs
        )
        return replace(plan, legs=legs), inputs

    folder, _ = sent(tmp_path, change=change, days_before=2, at="09:30")
    times = {p.name: {row["发送时间"] for row in rows(p)} for p in folder.iterdir()}
    assert times == {"2023-01-30.csv": {"2023-01-30 09:30"}, "2023-01-31.csv": {"2023-01-31 09:30"}}
    late = [row["短信内容"] for row in rows(folder / "2023-01-31.csv")]
    assert all("2月2日 23:50前到临洮县洮阳镇集合点，乘大巴D-1（2月3日 00:20出发" in words for words in late)


@pytest.mark.parametrize(
    ("clock", "first"), [("18:00", "2023-01-20 18:00"), ("09:00", "2023-01-20 09:05"), ("00:00", "2023-01-20 09:05")]
)
def test_no_text_is_to_be_sent_before_its_plan_was_made(tmp_path, clock, first):
    folder, served = sent(tmp_path, days_before=30, at=clock)
    assert [p.name for p in folder.iterdir()] == ["2023-01-20.csv"]
    told = rows(folder / "2023-01-20.csv")
    assert [row["发送时间"] for row in told] == [first] * len(served)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no such modes")
def test_only_the_owner_reads_the_files(made):
    folder, _ = made
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(p.stat().st_mode) for p in folder.iterdir()} == {0o600}


def test_an_export_of_everybodys_phone_is_logged(made):
    logged = (made[0].parent / "access.log").read_text("utf-8")
    assert json.loads(logged)["files"] == ["messages/2023-01-31.csv"]
    assert not [w for w in made[1] if w.phone in logged or w.name in logged]


@pytest.mark.parametrize(
    ("mask", "only", "told", "hidden"),
    [
        (True, None, ["publish.messages"], "publish.mask"),
        (False, MESSAGES, ["publish.messages"], "publish.mask"),
        (False, frozenset({"manifests"}), ["publish.mask"], "publish.messages"),
        (False, frozenset({"manifests", "messages"}), ["publish.mask", "publish.messages"], "nothing"),
    ],
)
def test_the_log_gives_as_reason_what_the_config_asks_for_and_nothing_else(tmp_path, mask, only, told, hidden):
    plan, inputs, settings = sample(tmp_path, messages=Messages(), mask=mask)
    publish(plan, inputs, settings, only=only, unmask=False, progress=lambda *_: None)
    why = json.loads((settings.out / "access.log").read_text("utf-8"))["why"]
    assert [word for word in told if f"（{word}" in why] == told
    assert hidden not in why


def test_every_row_carries_revision_time_and_audience(made):
    for row in rows(made[0] / "2023-01-31.csv"):
        stamp = (row["方案版次"], row["制表时间"], row["使用对象"])
        assert stamp == ("3", "2023-01-20 09:05", "本单位短信发送专用")


def test_texts_are_off_unless_the_config_asks(tmp_path):
    plan, inputs, settings = sample(tmp_path, "en")
    with pytest.raises(ConfigError, match=r"messages is off; set publish\.messages"):
        publish(plan, inputs, settings, only=MESSAGES, unmask=False, progress=lambda *_: None)
    assert not settings.out.exists()
