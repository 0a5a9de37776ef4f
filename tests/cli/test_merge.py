"""Lists that come, and come again: what changes is shown first, done when told, and remembered."""

import csv
import json
import os
import stat
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cli.conftest import HEADINGS, id_number, person
from dispatch.config import load_settings
from dispatch.errors import StorageError
from dispatch.intake.applying import apply
from dispatch.intake.identity import with_check_digit
from dispatch.intake.merge import Asked
from dispatch.intake.merging import propose


def number(n):
    """An ID number as somebody could hold one."""
    return with_check_digit(f"1410241985010{n % 10}1{n:02d}")


def who(n, **cells):
    return person(n, id_number=number(n), **cells)


@pytest.fixture
def lists(workspace):
    """A workspace whose roster is a folder: two townships, A with four people and B with two."""
    workspace.config_text = workspace.config_text.replace("../data/workers.csv", "../data/lists")
    workspace.write()
    (workspace.folder / "data" / "lists").mkdir()
    put(workspace, "lists/A.csv", [who(n) for n in (1, 2, 3, 4)])
    put(workspace, "lists/B.csv", [who(n) for n in (5, 6)])
    return workspace


def put(workspace, name, rows):
    path = workspace.folder / "data" / name
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, HEADINGS)
        writer.writeheader()
        writer.writerows(rows)
    return str(path)


def names(people):
    return [p["worker_id"] for p in people]


def ledger(workspace):
    return workspace.folder / "data" / "tiny.ledger.jsonl"


def merge(workspace, *args):
    done = workspace.call("merge", "--json", *args)
    assert done.code == 0, done.err
    return done.facts


def test_a_new_edition_is_shown_cell_by_cell_and_nothing_is_written(lists):
    new = put(lists, "A second.csv", [who(1), who(2, phone="15499999999", home="霍州市"), who(4), who(7)])
    before = (lists.folder / "data" / "lists" / "A.csv").read_bytes()
    facts = merge(lists, new)
    assert facts["lists"] == [{"file": "A second.csv", "replaces": "A.csv"}]
    assert (names(facts["added"]), names(facts["withdrawn"]), facts["unchanged"]) == (["W7"], ["W3"], 2)
    (changed,) = facts["changed"]
    assert (changed["worker_id"], changed["by_name"]) == ("W2", False)
    assert changed["cells"] == [
        {"column": "phone", "before": "154****0002", "after": "154****9999"},
        {"column": "home", "before": "山西省临汾市霍州市", "after": "霍州市"},
    ]
    assert (facts["rostered"], facts["accepted"], facts["applied"]) == (6, 6, False)
    assert (lists.folder / "data" / "lists" / "A.csv").read_bytes() == before
    assert not ledger(lists).exists()


def test_what_was_shown_is_done_with_yes_and_the_ledger_is_its_owners(lists):
    new = put(lists, "A second.csv", [who(1), who(2)])
    assert merge(lists, new, "--yes")["applied"]
    folder = lists.folder / "data" / "lists"
    assert sorted(p.name for p in folder.iterdir()) == ["A second.csv", "B.csv"]
    for path in (ledger(lists), folder / "A second.csv"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    entries = [json.loads(line) for line in ledger(lists).read_text("utf-8").splitlines()]
    assert [(e["event"], e["worker_id"]) for e in entries] == [("list", ""), ("withdrawn", "W3"), ("withdrawn", "W4")]
    facts = lists.call("check", "--json").facts
    assert (facts["rostered"], facts["accepted"]) == (4, 4)


def test_who_withdrew_stays_withdrawn_until_readmitted(lists):
    merge(lists, put(lists, "A second.csv", [who(1), who(2), who(4)]), "--yes")
    old = put(lists, "A third.csv", [who(1), who(2), who(3), who(4)])
    facts = merge(lists, old, "--yes")
    assert (names(facts["kept_out"]), facts["added"], facts["withdrawn"]) == (["W3"], [], [])
    checked = lists.call("check", "--json").facts
    assert (checked["rostered"], [n["row"] for n in checked["notices"] if n["code"] == "withdrew_before"]) == (5, [4])
    facts = merge(lists, "--readmit", "W3", "--yes")
    assert (names(facts["readmitted"]), facts["rostered"]) == (["W3"], 6)
    assert lists.call("check", "--json").facts["rostered"] == 6


@pytest.mark.parametrize("said", ["W2", number(2), person(2)["name"]])
def test_somebody_may_withdraw_and_come_back_without_a_list(lists, said):
    assert names(merge(lists, "--withdraw", said, "--yes")["withdrawn"]) == ["W2"]
    assert lists.call("check", "--json").facts["rostered"] == 5
    assert names(merge(lists, "--readmit", said, "--yes")["readmitted"]) == ["W2"]
    assert lists.call("check", "--json").facts["rostered"] == 6


def test_a_new_township_is_a_new_list(lists):
    facts = merge(lists, put(lists, "C.csv", [who(8), who(9)]), "--yes")
    assert facts["lists"] == [{"file": "C.csv", "replaces": ""}]
    assert (names(facts["added"]), facts["withdrawn"], facts["rostered"]) == (["W8", "W9"], [], 8)


def test_whoever_moves_to_another_list_has_not_withdrawn(lists):
    facts = merge(lists, put(lists, "A2.csv", [who(1), who(2), who(3)]), put(lists, "B2.csv", [who(4), who(5), who(6)]))
    assert (names(facts["moved"]), names(facts["elsewhere"]), facts["withdrawn"]) == (["W4"], ["W4"], [])


def test_somebody_added_to_a_second_list_is_said_and_the_check_refuses_it(lists):
    facts = merge(lists, put(lists, "B.csv", [who(5), who(6), who(1, worker_id="")]))
    assert len(facts["elsewhere"]) == 1
    assert (facts["accepted"], facts["rejected"]) == (6, 1)


def test_a_mended_number_is_the_same_person_by_name_and_telephone(lists):
    put(lists, "lists/B.csv", [who(5) | {"id_number": number(5)[:17]}, who(6)])
    facts = merge(lists, put(lists, "B.csv", [who(5), who(6)]))
    (changed,) = facts["changed"]
    assert (changed["worker_id"], changed["by_name"], facts["added"], facts["withdrawn"]) == ("W5", True, [], [])
    assert [cell["column"] for cell in changed["cells"]] == ["id_number"]


def test_two_of_one_name_and_home_without_numbers_are_said_to_be_unclear(lists):
    nameless = {"id_number": "", "name": "测试", "phone": "", "home": "山西省临汾市霍州市"}
    twins = [who(n) | nameless for n in (5, 6)]
    put(lists, "lists/B.csv", twins)
    facts = merge(lists, put(lists, "B.csv", twins))
    assert names(facts["ambiguous"]) == ["W5", "W6"]


def test_dates_and_widths_written_otherwise_are_no_changes(lists):
    rows = [who(5, ready_from="2026.2.26", report_by="2026年3月1日"), who(6, phone="１５４00000006")]
    facts = merge(lists, put(lists, "B.csv", rows))
    assert (facts["changed"], facts["unchanged"]) == ([], 2)


def test_no_screen_and_no_answer_shows_an_id_number(lists):
    new = put(lists, "A.csv", [who(1), who(2) | {"id_number": number(12)}, who(7), who(7)])
    shown = lists.call("merge", new, "-v")
    said = shown.out + shown.err + lists.call("merge", "--json", new).out
    assert not [n for n in range(1, 13) if number(n) in said]
    assert "*" * 14 + number(7)[-4:] in said


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_screen_says_what_would_change_and_that_nothing_was(lists, lang):
    done = lists.call("merge", put(lists, "A.csv", [who(1, phone="15488888888"), who(2), who(7)]), "--lang", lang)
    words = {"zh": ("154****0001 → 154****8888", "退出", "未改动"), "en": ("→ 154****8888", "withdrawn", "nothing was")}
    assert all(word in done.out for word in words[lang])


def test_refusals_have_the_contracts_codes(lists):
    new = put(lists, "C.csv", [who(8)])
    assert lists.call("merge", "--readmit", "nobody").code == 2
    assert lists.call("merge", new, "--replaces", "Z.csv").code == 2
    assert lists.call("merge", str(lists.folder / "gone.csv")).code == 6
    (lists.folder / "data" / "D.csv").write_text("备注\n无\n", "utf-8")
    assert lists.call("merge", str(lists.folder / "data" / "D.csv")).code == 3
    lists.config_text = lists.config_text.replace("../data/lists", "../data/lists/A.csv")
    lists.write()
    assert lists.call("merge", new).code == 2


def test_a_roster_of_one_file_is_replaced_in_its_place(workspace):
    workspace.people = [who(n) for n in range(1, 13)]
    workspace.write()
    new = put(workspace, "final.csv", [who(n) for n in range(1, 12)])
    facts = merge(workspace, new, "--yes")
    assert facts["lists"] == [{"file": "final.csv", "replaces": "workers.csv"}]
    assert names(facts["withdrawn"]) == ["W12"]
    assert (workspace.folder / "data" / "tiny.ledger.jsonl").exists()
    assert workspace.call("check", "--json").facts["rostered"] == 11


def test_a_damaged_ledger_is_a_named_error(lists):
    ledger(lists).write_text("{", "utf-8")
    done = lists.call("check")
    assert done.code == 6
    assert "tiny.ledger.jsonl" in done.err


def test_the_ledger_is_among_the_inputs_of_a_plan(lists):
    merge(lists, "--withdraw", "W6", "--yes")
    assert lists.call("run", "--json").code == 0
    summary = json.loads((lists.out / "plan" / "summary.json").read_text("utf-8"))
    assert {"workers/A.csv", "workers/B.csv", "ledger"} <= set(summary["sha256"])
    assert (summary["rostered"], summary["served"]) == (5, 5)


def test_sample_people_of_one_number_are_told_apart_by_name(lists):
    same = [person(5, id_number=id_number(5)), person(6, id_number=id_number(5))]
    put(lists, "lists/B.csv", same)
    facts = merge(lists, put(lists, "B.csv", same[:1]))
    assert names(facts["withdrawn"]) == ["W6"]


AT = datetime(2026, 2, 1, 8, tzinfo=UTC)


def wrong(n, **cells):
    """Somebody whose ID number lacks its last digit."""
    return who(n, **cells) | {"id_number": number(n)[:17]}


def rostered(lists):
    facts = lists.call("check", "--json").facts
    return facts["rostered"], {n["code"]: n["row"] for n in facts["notices"] if n["code"].startswith("withdrew")}


def test_what_is_shown_of_the_roster_is_what_it_then_is(lists):
    for asked in ("--withdraw", "--readmit"):
        assert merge(lists, asked, "W2")["rostered"] == merge(lists, asked, "W2", "--yes")["rostered"]
        assert rostered(lists)[0] == {"--withdraw": 5, "--readmit": 6}[asked]
    merge(lists, "--withdraw", "W2", "--yes")
    assert merge(lists, put(lists, "C.csv", [who(8)]))["rostered"] == 6


def test_who_withdrew_under_a_wrong_number_is_known_by_the_mended_one_from_then_on(lists):
    put(lists, "lists/B.csv", [wrong(5), who(6)])
    merge(lists, "--withdraw", "W5", "--yes")
    put(lists, "lists/B.csv", [who(5), who(6)])
    assert rostered(lists) == (5, {"withdrew_by_name": 2})
    facts = merge(lists, put(lists, "B.csv", [who(5), who(6)]), "--yes")
    assert (names(facts["kept_out"]), facts["added"], facts["changed"]) == (["W5"], [], [])
    assert rostered(lists) == (5, {"withdrew_before": 2})
    put(lists, "lists/B.csv", [who(5, home="霍州市"), who(6)])
    assert rostered(lists) == (5, {"withdrew_before": 2})
    assert names(merge(lists, "--readmit", number(5), "--yes")["readmitted"]) == ["W5"]
    assert rostered(lists) == (6, {})


def test_a_mended_number_brings_nobody_back_where_the_telephone_says_who_it_is(lists):
    put(lists, "lists/B.csv", [wrong(5), who(6)])
    merge(lists, "--withdraw", "W5", "--yes")
    facts = merge(lists, put(lists, "B.csv", [who(5, home="霍州市"), who(6)]), "--yes")
    assert (names(facts["kept_out"]), facts["added"], facts["changed"]) == (["W5"], [], [])
    assert (facts["rostered"], rostered(lists)) == (5, (5, {"withdrew_before": 2}))
    said = lists.call("merge", "--json", "--readmit", number(5)).out
    assert number(5) not in said


def test_two_who_may_be_the_one_that_withdrew_both_stay_out_until_somebody_says(lists):
    twin = {"name": person(5)["name"], "home": person(5)["home"], "phone": ""}
    put(lists, "lists/B.csv", [wrong(5), who(6)])
    merge(lists, "--withdraw", "W5", "--yes")
    facts = merge(lists, put(lists, "B.csv", [who(5), who(7) | twin, who(6)]), "--yes")
    assert names(facts["ambiguous"]) == ["W5", "W7"]
    assert rostered(lists)[0] == 5
    assert merge(lists, "--readmit", twin["name"], "--yes")["rostered"] == 7


def test_a_person_named_by_the_register_is_one_person_by_code_and_by_number(lists):
    lists.config_text = lists.config_text.replace("  offers:", "  register: ../data/all.csv\n  offers:")
    lists.write()
    put(lists, "all.csv", [who(n) for n in range(1, 9)])
    codes = [who(n) | {"id_number": "", "name": "", "home": "", "phone": ""} for n in (5, 6)]
    put(lists, "lists/B.csv", codes)
    facts = merge(lists, "--withdraw", person(5)["name"], "--yes")
    assert (names(facts["withdrawn"]), facts["rostered"]) == (["W5"], 5)
    facts = merge(lists, put(lists, "B.csv", [who(5, worker_id=""), who(6, worker_id="")]), "--yes")
    assert (names(facts["kept_out"]), names(facts["added"]), facts["withdrawn"]) == (["W5"], [], [])
    assert rostered(lists) == (5, {"withdrew_before": 2})


@pytest.mark.parametrize("changed", ["came.csv", "lists/A.csv", "lists/B.csv"])
def test_what_is_done_is_what_was_shown(lists, changed):
    came = Path(put(lists, "came.csv", [who(n) for n in (1, 2, 3, 7)]))
    settings = load_settings(lists.config)
    shown = propose(settings, [came], Asked(withdraw=("W5",)))
    put(lists, changed, [who(1), who(2)])
    before = {path: path.read_bytes() for path in lists.folder.rglob("*.csv")}
    with pytest.raises(StorageError, match=Path(changed).name):
        apply(settings, shown, AT)
    assert {path: path.read_bytes() for path in lists.folder.rglob("*.csv")} == before
    assert not ledger(lists).exists()


def test_a_list_that_somebody_put_there_meanwhile_is_not_overwritten(lists):
    came = Path(put(lists, "C.csv", [who(8), who(9)]))
    settings = load_settings(lists.config)
    shown = propose(settings, [came], Asked())
    theirs = Path(put(lists, "lists/C.csv", [who(7)]))
    before = theirs.read_bytes()
    with pytest.raises(StorageError, match=r"C\.csv"):
        apply(settings, shown, AT)
    assert theirs.read_bytes() == before


def test_a_list_that_cannot_be_put_in_its_place_leaves_no_draft(lists, monkeypatch):
    came = Path(put(lists, "came.csv", [who(n) for n in (1, 2, 3, 7)]))
    settings = load_settings(lists.config)
    shown, real = propose(settings, [came], Asked()), Path.replace

    def replace(self, target):
        if target != settings.ledger:
            raise OSError(28, "no space")
        return real(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    with pytest.raises(OSError, match="no space"):
        apply(settings, shown, AT)
    assert not [path for path in lists.folder.rglob(".*") if path.is_file()]


@pytest.mark.skipif(sys.platform in {"darwin", "win32"}, reason="names of files are text there")
def test_lists_whose_names_are_no_utf8_are_read_marked_and_merged(lists):
    """An archive from Chinese Windows unpacks so on Linux."""
    name = os.fsdecode("张店镇.csv".encode("gb18030"))
    put(lists, f"lists/{name}", [who(7), who(8, employer_id="没有")])
    assert lists.call("check", "--json").code == 3
    assert "张店镇.csv,,3," in (lists.out / "rejected.csv").read_text("utf-8-sig")
    assert (lists.out / "roster_marked" / "张店镇.csv.xlsx").exists()
    assert merge(lists, put(lists, name, [who(7)]), "--yes")["lists"] == [
        {"file": "张店镇.csv", "replaces": "张店镇.csv"}
    ]
    assert json.loads(ledger(lists).read_text("utf-8").splitlines()[0])["file"] == "张店镇.csv"
    assert lists.call("check", "--json").facts["rostered"] == 7
    assert list((lists.folder / "data").rglob(".*")) == []


def test_a_withdrawal_shows_no_number_that_stands_under_another_heading(lists):
    facts = lists.call("merge", put(lists, "A.csv", [who(1, name=number(2), ready_from=number(3))]), "--json")
    assert facts.code == 0, facts.err
    assert not [n for n in (2, 3) if number(n) in facts.out]
