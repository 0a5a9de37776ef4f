"""A register of whom a few travel, and children taken to their parents and back by one escort."""

import json

from cli.conftest import id_number, person
from dispatch.intake.identity import with_check_digit

OUT = {"ready_from": "2026-02-26", "report_by": "2026-02-28 08:00"}
BACK = {"ready_from": "2026-02-28 09:00", "report_by": "2026-03-02"}
AIR = [
    "P1,临汾机场,airport,临汾市,尧都区,36.13,111.64",
    "P2,苏南硕放机场,airport,无锡市,新吴区,31.49,120.43",
    "R2A,苏州家长接待点,assembly,苏州市,吴中区,31.27,120.63",
]
OFFERS = [
    "T2,train,ticket,铁路,G2,60,3+2,60,2026-02-26,2026-03-02,,R2,R1,09:30,17:30,0,0,0,420,0,trunk",
    "F1,flight,ticket,民航,MU1,60,3+3,60,2026-02-26,2026-03-02,,P1,P2,12:00,14:00,0,0,0,1,0,trunk",
    "C2,coach,charter,苏州运输,37座客车,37,2+2,3,2026-02-26,2026-03-02,R2A,,,,,900,4,0,0,1,any",
]


def people(workspace):
    """Forty on the register; an escort with three children out and back, a youth, two workers."""
    register = [person(n, id_number=id_number(1 + n % 27)) for n in range(1, 41)]
    for row in register[1:4]:
        row["id_number"] = with_check_digit("14102420160505000")
    register[9]["id_number"] = with_check_digit("14102420090505000")
    keys = [k for k in register[0] if k not in ("employer_id", "ready_from", "report_by", "party")]
    workspace.tables["register"] = [",".join(keys), *(",".join(r[k] for k in keys) for r in register)]
    workspace.tables["employers"].append("HOME,洪洞县大槐树镇学校,临汾市,洪洞县,36.25,111.67,,00:00,23:59")
    workspace.tables["stops"] += AIR
    workspace.tables["offers"] += OFFERS
    workspace.config_text = workspace.config_text.replace("inputs:", "inputs:\n  register: ../data/register.csv")

    def row(n, **cells):
        return dict.fromkeys(person(n), "") | {"worker_id": f"W{n}", "employer_id": "E1"} | cells

    out = [row(n, **OUT, boarding_stop="A1") for n in (1, 2, 3, 4)]
    back = [row(n, **BACK, employer_id="HOME", boarding_stop="R2A") for n in (1, 2, 3, 4)]
    for child in (*out[1:], *back[1:]):
        child["guardian_id"] = "W1"
    workspace.people = [*out, *back, row(10, **OUT), row(11, **OUT), row(12, **OUT)]
    return workspace.write()


def test_a_few_of_the_register_travel_out_and_back_and_nobody_else_is_in_any_file(workspace):
    done = people(workspace).call("run", "--json")
    facts = done.facts
    assert done.code == 0
    assert (facts["registered"], facts["rostered"], facts["served"]) == (40, 11, 11)
    assert [n["row"] for n in facts["notices"] if n["code"] == "no_flight_alone"] == [10]
    assert [n["params"] for n in facts["notices"] if n["code"] == "travels_again"] == [[["count", "4"]]]
    summary = json.loads((workspace.out / "plan" / "summary.json").read_text("utf-8"))
    assert summary["registered"] == 40
    assert "register" in summary["sha256"]
    sheets = sorted(p.name for p in (workspace.out / "manifests" / "handover").glob("*.xlsx"))
    assert len(sheets) == 2
    assert [name[11:] for name in sheets] == ["W1.xlsx", "W1-2.xlsx"]
    at_home = [person(n)["name"] for n in range(13, 41)]
    read = [p for p in workspace.out.rglob("*") if p.suffix in (".csv", ".json", ".html", ".ics")]
    assert len(read) > 20
    assert not [(p.name, name) for p in read for name in at_home if name in p.read_text("utf-8-sig")]


def test_the_audit_counts_the_register_anew(workspace):
    assert people(workspace).call("plan", "-q").code == 0
    path = workspace.out / "plan" / "summary.json"
    summary = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps(summary | {"registered": 41}), "utf-8")
    done = workspace.call("audit", "--json")
    assert (done.code, [v["rule"] for v in done.facts["violations"]]) == (5, ["summary.counts"])


def test_the_table_of_headings_leaves_open_which_of_two_columns_is_meant(workspace):
    workspace.people = [person(n) | {"姓名": "户主"} for n in range(1, 4)]
    assert workspace.write().call("check").code == 3
    table = workspace.out / "headings.csv"
    lines = table.read_text("utf-8-sig").splitlines()
    assert lines[1:] == ["name,,name -,workers.csv,,B", "姓名,,name -,workers.csv,,J"]
    assert workspace.call("check", "--headings", str(table)).code == 3
    table.write_text("\n".join([lines[0], lines[1], lines[2].replace(",,", ",-,", 1)]), "utf-8")
    assert workspace.call("check", "--headings", str(table)).code == 0
