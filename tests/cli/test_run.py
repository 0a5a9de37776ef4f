import csv
import json
import stat
import sys

import pytest

from cli.conftest import id_number


def test_run_serves_everybody_audits_clean_and_publishes(workspace):
    done = workspace.call("run", "--json")
    facts = done.facts
    assert done.code == 0
    assert (facts["verb"], facts["rostered"], facts["served"], facts["unserved"]) == ("run", 12, 12, 0)
    assert facts["violations"] == []
    assert 0 < float(facts["lower_bound"]) <= float(facts["objective"])
    assert float(facts["cost"]) == pytest.approx(sum(map(float, facts["cost_by_mode"].values())))
    assert set(facts["stages"]) == {"intake", "network", "solve", "assemble", "audit", "publish"}
    for part in ("plan", "manifests", "arrivals", "report.html"):
        assert (workspace.out / part).exists(), part
    assert (workspace.folder / "maps" / "tiny" / "overview.html").exists()
    summary = json.loads((workspace.out / "plan" / "summary.json").read_text("utf-8"))
    assert set(summary["stages"]) >= {"intake", "network", "solve"}


def test_the_closing_table_tells_a_person_what_matters(workspace):
    done = workspace.call("run", "--lang", "en")
    assert done.code == 0
    for words in ("12 served", "lower bound", "gap", "violations", "peak memory", str(workspace.out)):
        assert words in done.out, words


def test_json_keeps_stdout_for_the_one_object_and_quiet_says_nothing(workspace):
    assert json.loads(workspace.call("check", "--json").out)["exit_code"] == 0
    done = workspace.call("check", "-q")
    assert (done.code, done.out, done.err) == (0, "", "")


def test_each_plan_is_a_revision_of_its_own(workspace):
    for _ in range(2):
        assert workspace.call("plan", "-q").code == 0
    kept = workspace.call("history", "--json").facts["revisions"]
    assert [line["revision"] for line in kept] == [1, 2]
    assert [line["served"] for line in kept] == [12, 12]
    for language, heading in (("zh", "下界"), ("en", "lower bound")):
        done = workspace.call("history", "--lang", language)
        assert (done.code, heading in done.out) == (0, True)


def test_history_of_nothing_is_empty_and_leaves_no_file(workspace):
    assert workspace.call("history", "--json").facts["revisions"] == []
    assert not workspace.out.exists()


def test_only_the_parts_asked_for_are_published(workspace):
    assert workspace.call("plan").code == 0
    assert workspace.call("publish", "--only", "arrivals").code == 0
    assert (workspace.out / "arrivals").exists()
    assert not (workspace.out / "manifests").exists()
    for none in ("posters", ",", ""):
        assert workspace.call("publish", "--only", none).code == 2
    assert not (workspace.out / "manifests").exists()


def test_a_map_of_each_trip_asked_for_is_published_and_an_unknown_trip_ends_with_2(workspace):
    assert workspace.call("plan").code == 0
    with (workspace.out / "plan" / "trips.csv").open(encoding="utf-8-sig", newline="") as file:
        trips = [row["trip_id"] for row in csv.DictReader(file)]
    first = trips[0]
    done = workspace.call("publish", "--only", "map", "--trip", f"{first}0", "--json")
    assert done.code == 2
    assert first in done.facts["error"].partition(f"{first}0")[2]
    assert not (workspace.folder / "maps").exists()
    assert workspace.call("publish", "--only", "map", *(f"--trip={trip}" for trip in trips)).code == 0
    drawn = {path.name for path in (workspace.folder / "maps" / "tiny").glob("trip-*.html")}
    assert drawn == {f"trip-{trip}.html" for trip in trips}


def test_publications_may_be_switched_on_after_the_plan_was_made_and_its_rules_may_not_change(workspace):
    assert workspace.call("plan").code == 0
    workspace.config_text += "publish: {slips: nine}\n"
    assert workspace.write().call("publish", "--only", "slips").code == 0
    assert list((workspace.out / "slips").rglob("*.pdf"))
    workspace.config_text += "objective: {value_of_time_per_hour: 16}\n"
    assert workspace.write().call("publish", "--only", "slips").code == 5


def test_full_ids_leave_only_with_a_reason_and_are_logged(workspace):
    assert workspace.call("plan").code == 0
    assert workspace.call("publish", "--only", "manifests").code == 0
    masked = [p.read_text("utf-8-sig") for p in (workspace.out / "manifests").rglob("*.csv")]
    assert not any(id_number(1) in text for text in masked)
    assert workspace.call("publish", "--only", "manifests", "--unmask", "--reason", "交运输公司核验").code == 0
    shown = [p.read_text("utf-8-sig") for p in (workspace.out / "manifests" / "vehicle").rglob("*.csv")]
    assert any(id_number(1) in text for text in shown)
    assert "交运输公司核验" in (workspace.out / "access.log").read_text("utf-8")


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
def test_whatever_a_run_writes_is_readable_by_its_owner_only(workspace):
    assert workspace.call("run", "-q").code == 0
    made = [p for top in (workspace.out, workspace.folder / "maps") for p in top.rglob("*")]
    assert made
    assert [p for p in made if stat.S_IMODE(p.stat().st_mode) & 0o077] == []


def test_a_hostile_value_is_no_formula_in_the_list_of_notices(workspace):
    workspace.people[0]["employer_id"] = "=HYPERLINK(1)"
    workspace.write().call("check")
    with (workspace.out / "notices.csv").open(encoding="utf-8-sig", newline="") as file:
        values = [row["value"] for row in csv.DictReader(file) if row["code"] == "unknown_employer"]
    assert values == ["'=HYPERLINK(1)"]


def test_init_makes_a_workspace_that_runs(workspace, tmp_path):
    folder = tmp_path / "新任务"
    done = workspace.dispatch("init", str(folder), "--json")
    assert done.code == 0
    (config,) = (folder / "configs").glob("*.yaml")
    assert workspace.dispatch("run", str(config), "-q").code == 0


def test_init_leaves_a_folder_with_files_alone(workspace):
    done = workspace.dispatch("init", str(workspace.folder))
    assert done.code == 2
    assert sorted(p.name for p in workspace.folder.iterdir()) == ["configs", "data"]


def test_offers_that_rest_on_most_days_are_planned_audited_and_missed_when_they_rest_on_a_trips_day(workspace):
    heading, *offers = workspace.tables["offers"]
    days = "5 7"  # Friday 27 February and Sunday 1 March
    workspace.tables["offers"] = [f"{heading},运行日", *(f"{line},{days}" for line in offers)]
    workspace.config_text += "publish: {checks: [security], packs: [礼包]}\n"
    workspace.write()
    done = workspace.call("run", "--json")
    assert (done.code, done.facts["served"], done.facts["violations"]) == (0, 12, [])
    with (workspace.out / "plan" / "trips.csv").open(encoding="utf-8-sig", newline="") as file:
        ran = {row["departs_at"][:10] for row in csv.DictReader(file)}
    assert ran <= {"2026-02-27", "2026-03-01"}
    with (workspace.out / "manifests" / "packs" / "districts.csv").open(encoding="utf-8-sig", newline="") as file:
        assert sum(int(row["礼包"]) for row in csv.DictReader(file)) == 12
    other = "、".join(sorted({"2026-02-27", "2026-03-01"} - ran)) or "周六"
    workspace.tables["offers"] = [line.replace(days, other) for line in workspace.tables["offers"]]
    audited = workspace.write().call("audit", "--json")
    assert audited.code == 5
    assert "offer.days" in {v["rule"] for v in audited.facts["violations"]}


def test_a_name_that_cannot_be_printed_is_refused_before_the_search(workspace):
    workspace.people[4]["name"] = "测试\U00030000"
    workspace.write()
    run = workspace.call("run", "--json")
    assert run.code == 3
    found = [n for n in run.facts["notices"] if n["code"] == "no_glyph"]
    assert [(n["row"], n["value"], n["severity"]) for n in found] == [(6, "测试\U00030000", "error")]
    assert "U+30000" in found[0]["what"]
    assert workspace.published() == []
    without = workspace.call("run", "--json", "--skip-rejected")
    assert (without.code, without.facts["served"], without.facts["rejected"]) == (0, 11, 1)
    legs = (workspace.out / "plan" / "legs.csv").read_text("utf-8-sig")
    assert (",".join(["W5", "1"]) in legs, ",".join(["W6", "1"]) in legs) == (False, True)
    workspace.config_text += "publish: {formats: [xlsx, csv]}\n"
    workspace.write()
    assert workspace.call("run").code == 0
