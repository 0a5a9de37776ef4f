import csv

import pytest
import xlsxwriter

from cli.conftest import HEADINGS, person


def notices(workspace):
    with (workspace.out / "notices.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def codes(done):
    return {n["code"] for n in done.facts["notices"] if n["severity"] == "error"}


@pytest.mark.parametrize("verb", ["run", "check", "plan", "audit", "publish", "history"])
def test_missing_config_ends_with_2(workspace, verb):
    done = workspace.dispatch(verb, str(workspace.folder / "configs" / "nowhere.yaml"))
    assert done.code == 2
    assert "nowhere.yaml" in done.err


def test_unknown_key_ends_with_2_and_names_line_and_nearest_key(workspace):
    workspace.config_text += "polcy: {}\n"
    done = workspace.write().call("run", "--json")
    assert done.code == 2
    assert "policy" in done.facts["error"]
    assert str(workspace.config_text.count("\n")) in done.facts["error"]
    assert not workspace.out.exists()


def test_missing_input_file_ends_with_6_and_everything_else_is_still_said(workspace):
    workspace.people[0]["employer_id"] = "E9"
    workspace.write()
    (workspace.folder / "data" / "offers.csv").unlink()
    done = workspace.call("run", "--json")
    assert done.code == 6
    assert codes(done) >= {"file_missing", "unknown_employer"}
    assert workspace.published() == []


def test_unreadable_input_file_ends_with_6(workspace):
    (workspace.folder / "data" / "offers.csv").unlink()
    (workspace.folder / "data" / "offers.csv").mkdir()
    assert workspace.call("run").code == 6
    assert workspace.published() == []


@pytest.mark.parametrize(("content", "code"), [(None, 6), ("{}", 3)])
def test_a_boundary_that_cannot_be_drawn_is_one_message_with_file_and_remedy(workspace, content, code):
    workspace.config_text += "publish: {map: {boundary: ../data/border.json}}\n"
    workspace.write()
    if content is not None:
        (workspace.folder / "data" / "border.json").write_text(content)
    done = workspace.call("check", "--json")
    assert done.code == code
    (notice,) = [n for n in done.facts["notices"] if n["severity"] == "error"]
    assert notice["file"] == "border.json"
    assert "publish.map.boundary" in notice["remedy"]


def test_unknown_employer_ends_with_3_and_the_notice_has_its_place(workspace):
    workspace.people[2]["employer_id"] = "E9"
    done = workspace.write().call("run", "--json")
    assert done.code == 3
    (notice,) = [n for n in notices(workspace) if n["code"] == "unknown_employer"]
    assert (notice["file"], notice["row"], notice["value"], notice["worker_id"]) == ("workers.csv", "4", "E9", "W3")
    assert notice["what"]
    assert notice["remedy"]
    assert workspace.published() == []


def test_id_from_a_numeric_cell_ends_with_3(workspace):
    rows = [person(n) for n in range(1, 13)]
    path = workspace.folder / "data" / "workers.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADINGS)
        for i, row in enumerate(rows, 1):
            sheet.write_row(i, 0, row.values())
        sheet.write_number(1, HEADINGS.index("id_number"), 141024199001010000)
    workspace.config_text = workspace.config_text.replace("workers.csv", "workers.xlsx")
    done = workspace.write().call("run", "--json")
    assert done.code == 3
    assert [(n["row"], n["column"]) for n in notices(workspace) if n["severity"] == "error"] == [("2", "id_number")]
    assert "141024199001010000" not in done.out + done.err
    assert workspace.published() == []


def test_no_offers_ends_with_3(workspace):
    workspace.tables["offers"] = workspace.tables["offers"][:1]
    done = workspace.write().call("run", "--json")
    assert (done.code, codes(done)) == (3, {"no_offers"})
    assert workspace.published() == []


def test_empty_roster_ends_with_3(workspace):
    workspace.people = []
    done = workspace.write().call("run", "--json", "--skip-rejected")
    assert (done.code, codes(done)) == (3, {"empty_roster"})
    assert workspace.published() == []


def test_several_faults_are_told_at_once(workspace):
    workspace.people[0]["employer_id"] = "E9"
    workspace.people[1]["id_number"] = "123"
    workspace.tables["offers"].append(workspace.tables["offers"][1].replace("C1,", "C2,").replace(",37,", ",0,"))
    done = workspace.write().call("check")
    assert done.code == 3
    assert {(n["file"], n["row"]) for n in notices(workspace) if n["severity"] == "error"} >= {
        ("workers.csv", "2"), ("workers.csv", "3"), ("offers.csv", "4"),
    }  # fmt: skip


def test_the_screen_shows_forty_findings_and_says_where_the_others_are(workspace):
    workspace.people = [person(n % 28 + 1, worker_id=f"W{n}", employer_id=f"X{n:03d}") for n in range(60)]
    done = workspace.write().call("check")
    assert done.code == 3
    assert sum(f"X{n:03d}" in done.err for n in range(60)) == 40
    assert str(workspace.out / "notices.csv") in done.err
    assert sum(f"X{n:03d}" in workspace.call("check", "-v").err for n in range(60)) == 60


def test_rejected_rows_can_be_left_out_and_are_listed(workspace):
    workspace.people[0]["employer_id"] = "E9"
    done = workspace.write().call("run", "--json", "--skip-rejected")
    assert done.code == 0
    assert (done.facts["rostered"], done.facts["rejected"], done.facts["served"]) == (12, 1, 11)
    with (workspace.out / "rejected.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [(r["row"], r["worker_id"]) for r in csv.DictReader(file)] == [("2", "W1")]
    assert workspace.call("audit").code == 0


def test_somebody_nobody_can_carry_is_listed_with_exit_0(workspace):
    workspace.people[0] |= {"ready_from": "2026-03-01", "report_by": "2026-03-01"}
    workspace.close_offers("2026-02-28")
    done = workspace.write().call("run", "--json")
    assert done.code == 0
    assert (done.facts["served"], done.facts["unserved"]) == (11, 1)
    assert sum(done.facts["reasons"].values()) == 1


def test_require_all_ends_with_4_and_publishes_nothing(workspace):
    workspace.people[0] |= {"ready_from": "2026-03-01", "report_by": "2026-03-01"}
    workspace.close_offers("2026-02-28")
    done = workspace.write().call("run", "--json", "--require-all")
    assert (done.code, done.facts["unserved"]) == (4, 1)
    assert not (workspace.out / "manifests").exists()
    assert workspace.call("audit").code == 0


def test_nobody_served_ends_with_4_and_publishes_nothing(workspace):
    workspace.close_offers("2026-02-26")
    for row in workspace.people:
        row |= {"ready_from": "2026-02-28", "report_by": "2026-03-01"}
    done = workspace.write().call("run", "--json")
    assert (done.code, done.facts["served"], done.facts["unserved"]) == (4, 0, 12)
    assert not (workspace.out / "manifests").exists()


@pytest.mark.parametrize("verb", ["audit", "publish"])
def test_without_a_plan_there_is_nothing_to_audit_or_publish(workspace, verb):
    done = workspace.call(verb)
    assert done.code == 6
    assert workspace.published() == []


def test_a_bundle_edited_by_hand_ends_with_5_and_is_not_published(workspace):
    assert workspace.call("plan").code == 0
    legs = workspace.out / "plan" / "legs.csv"
    lines = legs.read_text("utf-8-sig").splitlines(keepends=True)
    legs.write_text("".join(lines[:-1]), "utf-8-sig", newline="")
    for verb in ("audit", "publish"):
        done = workspace.call(verb, "--json")
        assert done.code == 5
        assert done.facts["violations"]
    assert not (workspace.out / "manifests").exists()


@pytest.mark.parametrize("row", ["county,洪桐县,longenough1", "city,苏州市,short", "lorry,*,longenough1"])
def test_bad_passwords_end_a_run_before_its_search(workspace, row):
    _passwords(workspace, row)
    done = workspace.call("run", "--json")
    assert done.code == 2
    assert "line 2" in done.facts["error"] or "第2行" in done.facts["error"]
    assert workspace.published() == []


def test_a_trip_with_a_password_is_looked_for_in_the_plan_that_was_made(workspace):
    _passwords(workspace, "vehicle,nowhere,longenough1")
    assert workspace.call("run").code == 2
    assert workspace.published() == ["plan", "plans.sqlite"]


def _passwords(workspace, row):
    file = workspace.folder / "data" / "passwords.csv"
    file.write_text(f"audience,recipient,password\n{row}\n", "utf-8")
    file.chmod(0o600)
    workspace.config_text += "publish: {passwords: ../data/passwords.csv}\n"
    workspace.write()


def test_unmasking_needs_a_reason(workspace):
    done = workspace.call("run", "--unmask")
    assert done.code == 2
    assert "--reason" in done.err
    assert not workspace.out.exists()


def test_an_internal_error_ends_with_1_and_does_not_quote_the_row(workspace, monkeypatch):
    def fail(*_):
        raise KeyError("测试姓名")

    monkeypatch.setattr("dispatch.pipeline.read", fail)
    done = workspace.call("check", "--json")
    assert done.code == done.facts["exit_code"] == 1
    assert "KeyError" in done.err
    assert "测试姓名" not in done.out + done.err
    assert "测试姓名" in workspace.call("check", "-v").err


def test_a_workspace_that_cannot_be_written_ends_with_6(workspace):
    (workspace.folder / "out").write_text("a file where the folder should be", "utf-8")
    assert workspace.call("check").code == 6
