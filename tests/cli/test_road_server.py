"""Road times of a server through the command line: planned with, audited with, and honest when it is not there."""

import csv
import json
import math
from itertools import pairwise
from urllib.request import Request, urlopen

import pytest

from tests.cli.real_router import real_router
from tests.geo.fake_router import running

KINDS = pytest.mark.parametrize("kind", ["valhalla", "osrm"])
# Street corners of central Helsinki that one can drive between; a courtyard that no street leads to.
CORNERS = {"H1": (60.1670, 24.9370), "H2": (60.1700, 24.9430), "E1": (60.1715, 24.9490), "E2": (60.1730, 24.9490)}
COURTYARD = (60.1715, 24.9460)


def ask(workspace, kind, url, more=""):
    """Name the server in the config."""
    plain = workspace.config_text.partition("policy:")[0]
    server = f"{{kind: {kind}, url: '{url}', timeout_s: 20, retries: 0{more}}}"
    workspace.config_text = f"{plain}policy: {{travel: {{server: {server}}}}}\n"
    workspace.write()


def helsinki(workspace):
    """Twelve people, two assembly points and two gates within a few streets of each other, one small coach offer."""
    lat_lon = {name: f"{lat},{lon}" for name, (lat, lon) in CORNERS.items()}
    workspace.tables["employers"][1:] = [f"{e},{e}工厂,赫尔辛基,中心,{lat_lon[e]},6,00:00,23:59" for e in ("E1", "E2")]
    workspace.tables["stops"][1:] = [f"{h},集合点{h},assembly,赫尔辛基,中心,{lat_lon[h]}" for h in ("H1", "H2")]
    workspace.tables["offers"][1:] = [
        "C1,coach,charter,港湾客运,37座客车,37,2+2,3,2026-02-26,2026-03-02,H1,,,,,900,4,0,0,1,any"
    ]
    for k, person in enumerate(workspace.people):
        lat, lon = CORNERS["H1" if k % 3 else "H2"]
        person |= {"home_lat": str(lat), "home_lon": str(lon), "boarding_stop": "H1" if k % 3 else "H2"}
    return workspace.write()


def rows(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@KINDS
def test_an_operation_is_planned_audited_and_published_on_a_servers_roads(workspace, kind):
    with running() as router:
        ask(workspace, kind, router.url)
        ended = workspace.call("run", "--json")
        assert (ended.code, ended.facts["served"], ended.facts["road_times"]) == (0, 12, kind), ended.err
    summary = json.loads((workspace.out / "plan" / "summary.json").read_text("utf-8"))
    assert summary["road_times"] == kind
    assert 0 < summary["lower_bound"] <= summary["objective"]
    assert workspace.call("audit").code == 0  # from what is known, the server being gone
    assert "路网计算" in workspace.call("run", "--lang", "zh").out
    assert "估算" not in (workspace.out / "report.html").read_text("utf-8")


@KINDS
def test_a_server_that_is_down_ends_the_run_in_one_sentence_and_nothing_is_written(workspace, kind):
    with running() as router:
        url = router.url
    ask(workspace, kind, url)
    for verb in ("check", "plan", "run"):
        ended = workspace.call(verb, "--lang", "en")
        assert ended.code == 6
        [said] = [line for line in ended.err.splitlines() if url in line]
        assert "did not answer" in said
        assert "remove policy.travel.server" in said
        assert workspace.published() == []


def test_an_older_plan_stays_when_the_server_goes_down(workspace):
    assert workspace.call("run").code == 0
    before = {p: p.read_bytes() for p in workspace.folder.rglob("*") if p.is_file() and p.parent.name == "plan"}
    with running() as router:
        url = router.url
    ask(workspace, "osrm", url)
    assert workspace.call("run").code == 6
    assert before == {p: p.read_bytes() for p in before}
    assert len(rows_of_history(workspace)) == 1


def rows_of_history(workspace):
    return workspace.call("history", "--json").facts["revisions"]


def test_a_plan_made_on_the_estimate_does_not_pass_for_one_on_the_servers_roads(workspace):
    assert workspace.call("run").code == 0
    with running() as router:
        ask(workspace, "osrm", router.url, ", time_factor: 3")
        ended = workspace.call("audit", "--json")
    assert ended.code == 5
    assert "travel.time" in {v["rule"] for v in ended.facts["violations"]}


def test_stops_without_a_road_are_findings_that_name_both_ends(workspace):
    with running() as router:
        router.lost = {(31.38, 120.95)}
        ask(workspace, "osrm", router.url)
        ended = workspace.call("run")
    assert ended.code == 3
    assert workspace.published() == ["roads.sqlite"]
    [finding] = [n for n in rows(workspace.out / "notices.csv") if "昆山" in str(n) or "乙机械" in str(n)]
    assert "→" in str(finding)
    assert "路程时间表" in str(finding)


@KINDS
def test_a_real_engine_plans_helsinki(workspace, kind, tmp_path):
    (tmp_path / "engine").mkdir()
    with real_router(kind, tmp_path / "engine") as url:
        ask(helsinki(workspace), kind, url)
        ended = workspace.call("run", "--json")
        assert (ended.code, ended.facts["served"], ended.facts["road_times"]) == (0, 12, kind), ended.err
        said = {(a, b): asked_directly(kind, url, CORNERS[a], CORNERS[b]) for a in CORNERS for b in CORNERS if a != b}
        assert any(said[a, b] != said[b, a] for a, b in said)  # one-way streets
        assert_known(workspace, said)
        ways = list(stretches(workspace))
        assert ways
        for start, end, drive_min in ways:
            seconds, _ = said[start, end]
            # a table and a route may differ in the last seconds
            assert math.ceil((seconds - 5) / 60) <= drive_min
        workspace.tables["stops"].append(f"H3,院内,assembly,赫尔辛基,中心,{COURTYARD[0]},{COURTYARD[1]}")
        workspace.people[0] |= {"boarding_stop": "H3"}
        assert workspace.write().call("check").code == 3
        assert "院内" in str(rows(workspace.out / "notices.csv"))
    workspace.people[0] |= {"boarding_stop": "H1"}
    assert workspace.write().call("run").code == 0  # from the cache


def assert_known(workspace, said):
    """The table that the plan was made with holds each way in its own direction, as the route service has it."""
    travel = json.loads((workspace.out / "plan" / "problem.json").read_text("utf-8"))
    ids, travel = [stop["stop_id"] for stop in travel["stops"]], travel["travel"]
    for (a, b), (seconds, metres) in said.items():
        i, j = ids.index(a), ids.index(b)
        assert abs(travel["minutes"][i][j] - seconds / 60) <= 1 + 5 / 60, (a, b)
        assert abs(travel["metres"][i][j] - metres) <= 0.02 * metres + 5, (a, b)


def stretches(workspace):
    """(from, to, minutes) of the coaches between consecutive stops."""
    calls = rows(workspace.out / "plan" / "calls.csv")
    assert {c["stop_id"] for c in calls} <= {*CORNERS, ""}
    for a, b in pairwise(calls):
        if a["trip_id"] == b["trip_id"] and a["stop_id"] and b["stop_id"]:
            yield a["stop_id"], b["stop_id"], minutes(b["arrives_at"]) - minutes(a["departs_at"])


def minutes(instant):
    return int(instant[11:13]) * 60 + int(instant[14:16])


def asked_directly(kind, url, start, end):
    """Seconds and metres of one way by the engine's route service, which is another question than its tables."""
    if kind == "osrm":
        places = ";".join(f"{lon},{lat}" for lat, lon in (start, end))
        with urlopen(f"{url}/route/v1/driving/{places}?overview=false") as answer:
            [route] = json.load(answer)["routes"]
        return route["duration"], route["distance"]
    places = [{"lat": lat, "lon": lon} for lat, lon in (start, end)]
    body = json.dumps({"locations": places, "costing": "bus"}).encode()
    with urlopen(Request(f"{url}/route", body)) as answer:
        summary = json.load(answer)["trip"]["summary"]
    return summary["time"], summary["length"] * 1000
