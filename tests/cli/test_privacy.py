"""Privacy at rest: who may read what a run leaves, what leaves the machine, the access log, the purge."""

import json
import os
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
import xlsxwriter

from cli.conftest import id_number, person

LATER = (datetime.now(UTC) + timedelta(days=2)).date().isoformat()

# Loaded by every Python of the run, its processes too: whatever would open a connection or look up a name is noted.
WATCH = """
import os, sys
EVENTS = {"socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo",
          "socket.gethostbyname", "urllib.Request", "http.client.connect", "webbrowser.open"}
LOG = os.environ["WATCH_LOG"]
def hook(event, args):
    # urllib3, which folium brings, binds to ::1 when imported, to see whether there is IPv6; nobody listens there
    if event in EVENTS and not (event == "socket.bind" and args[1][0] in ("::1", "127.0.0.1")):
        with open(LOG, "a") as file:
            file.write(event + "\\n")
sys.addaudithook(hook)
open(LOG, "a").close()
"""


def watched(folder, *command):
    """Run Python with the watch in every process; the events seen."""
    (folder / "watch").mkdir(exist_ok=True)
    (folder / "watch" / "sitecustomize.py").write_text(WATCH)
    log = folder / "watch" / "log"
    log.unlink(missing_ok=True)
    paths = os.pathsep.join(filter(None, (str(folder / "watch"), *sys.path)))
    env = os.environ | {"PYTHONPATH": paths, "WATCH_LOG": str(log)}
    done = subprocess.run([sys.executable, *command], env=env, capture_output=True, check=False)
    return done, log.read_text().split()


def test_the_watch_sees_a_connection(tmp_path):
    source = "import urllib.request as u\ntry: u.urlopen('http://127.0.0.1:9', timeout=1)\nexcept OSError: pass"
    assert "socket.connect" in watched(tmp_path, "-c", source)[1]


def test_nothing_leaves_the_machine_in_a_whole_run(workspace):
    workspace.config_text = workspace.config_text.replace("threads: 1", "threads: 2")
    workspace.write()
    call = "import sys; from dispatch.cli import main; main(sys.argv[1:])"
    done, seen = watched(workspace.folder, "-c", call, "run", str(workspace.config), "-q")
    assert (done.returncode, done.stderr, seen) == (0, b"", [])
    assert (workspace.out / "report.html").exists()


def test_the_process_that_reads_workbooks_opens_nothing(tmp_path):
    with xlsxwriter.Workbook(tmp_path / "roster.xlsx") as book:
        book.add_worksheet().write_url(0, 0, "http://127.0.0.1:9/x")
    source = (
        "import sys, json; from dispatch.intake.files import child; from dispatch.intake.files.grid import Budget;"
        "from dataclasses import asdict; budget = Budget.of(9999, unpacked_mb=None, leave_hidden_out=False);"
        "sys.stdin = open(sys.argv[1]); sys.argv = ['child', 'archive', json.dumps(asdict(budget))]; child.main()"
    )
    done, seen = watched(tmp_path, "-c", source, tmp_path / "roster.xlsx")
    assert b"127.0.0.1" in done.stdout
    assert seen == []


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
def test_a_folder_that_others_could_read_is_closed(workspace):
    workspace.out.mkdir(parents=True, mode=0o755)
    workspace.out.chmod(0o755)
    assert workspace.call("check", "-q").code == 0
    assert stat.S_IMODE(workspace.out.stat().st_mode) == 0o700


def test_the_access_log_is_shown_and_a_cut_is_named(workspace):
    assert workspace.call("history", "--access").code == 0
    assert workspace.call("plan", "-q").code == 0
    for reason in ("first", "second"):
        assert workspace.call("publish", "--only", "manifests", "--unmask", "--reason", reason, "-q").code == 0
    facts = workspace.call("history", "--access", "--json").facts
    assert [line["why"] for line in facts["lines"]] == ["first", "second"]
    assert facts["fault"] is None
    log = workspace.out / "access.log"
    log.write_bytes(log.read_bytes().splitlines(keepends=True)[0])
    done = workspace.call("history", "--access", "--json")
    assert (done.code, done.facts["fault"]) == (5, {"line": 2, "what": "missing"})
    assert id_number(1) not in done.out


def test_a_key_seals_the_log_and_one_that_cannot_be_read_stops_the_export(workspace):
    workspace.config_text += "privacy: {access_key: ../key}\n"
    assert workspace.write().call("plan", "-q").code == 0
    unmask = ("--only", "manifests", "--unmask", "--reason", "x", "-q")
    for content in (None, b"short"):
        if content:
            (workspace.folder / "key").write_bytes(content)
        assert workspace.call("publish", *unmask).code == 2
        assert not (workspace.out / "manifests").exists()
    (workspace.folder / "key").write_bytes(os.urandom(32))
    assert workspace.call("publish", *unmask).code == 0
    assert len(json.loads((workspace.out / "access.log").read_text("utf-8"))["seal"]) == 64
    (workspace.folder / "key").write_bytes(os.urandom(32))
    assert workspace.call("history", "--access", "--json").facts["fault"] == {"line": 1, "what": "seal"}


def everything(folder):
    return {p for p in folder.rglob("*") if p.is_file()}


def test_a_purge_removes_people_keeps_counts_and_says_so(workspace):
    workspace.people[11] = person(12, ready_from="2026-03-02", report_by="2026-03-02 00:30")
    assert workspace.write().call("run", "-q").code == 0
    assert "<td>W12</td>" in (workspace.out / "report.html").read_text("utf-8")
    inputs = everything(workspace.folder / "data") | everything(workspace.folder / "configs")
    before = {path: path.read_bytes() for path in inputs}
    ledger = workspace.folder / "data" / "tiny.ledger.jsonl"
    gone = {"at": "2026-02-01T08:00", "event": "withdrawn", "file": "workers.csv", "person": id_number(1)}
    ledger.write_text(json.dumps(gone) + "\n", "utf-8")
    dry = workspace.call("purge", "--older-than", LATER, "--dry-run", "--json")
    assert dry.code == 0
    assert "manifests" in {p.rpartition(os.sep)[2] for p in dry.facts["entries"]}
    assert (workspace.out / "manifests").exists()
    assert not dry.facts["purged"]
    done = workspace.call("purge", "--older-than", LATER, "--yes", "--json", "--reason", "期满")
    assert (done.code, done.facts["purged"], done.facts["revisions"]) == (0, True, [1])
    for path in everything(workspace.out) | everything(workspace.folder / "maps"):
        content = path.read_bytes()
        for n in range(1, 13):
            assert id_number(n).encode() not in content, path
            assert f"154{n:08d}".encode() not in content, path
            assert f"测试{chr(0x4E00 + n)}".encode() not in content, path
            assert f">W{n}<".encode() not in content, path
    assert {path: path.read_bytes() for path in inputs} == before
    assert not ledger.exists()
    assert sorted(p.name for p in workspace.out.iterdir()) == ["access.log", "plans.sqlite"]
    assert not any((workspace.folder / "maps" / "tiny").iterdir())
    (kept,) = workspace.call("history", "--json").facts["revisions"]
    assert (kept["served"], bool(kept["purged_at"])) == (11, True)
    (line,) = workspace.call("history", "--access", "--json").facts["lines"]
    assert (line["what"], line["why"], line["revisions"]) == ("purge", "期满", [1])
    assert workspace.call("publish").code == 6


@pytest.mark.parametrize("older", ["", "soon", "2026-13-01", "-3", "99999999999999999999"])
def test_a_purge_without_a_day_is_refused(workspace, older):
    assert workspace.call("purge", "--older-than", older, "--yes").code == 2


def test_the_retention_of_the_config_counts_and_nobody_to_ask_is_no_consent(workspace):
    workspace.config_text += "privacy: {retention_days: 36500}\n"
    assert workspace.write().call("check", "-q").code == 0
    assert workspace.call("purge", "--yes", "--json").facts["entries"] == []
    workspace.config_text = workspace.config_text.replace("36500", "1").replace("2026-0", "2020-0")
    workspace.write()
    done = workspace.call("purge", "--json")
    assert done.code == 2
    assert "--yes" in done.facts["error"]
    assert (workspace.out / "notices.csv").exists()
    assert workspace.call("purge", "--yes", "-q").code == 0
    assert sorted(p.name for p in workspace.out.iterdir()) == ["access.log", "plans.sqlite"]


def test_nothing_quoted_from_a_file_can_drive_the_terminal(workspace):
    workspace.people[0]["employer_id"] = "\x1b]0;owned\x07\x1b[2J\u202eE9"
    done = workspace.write().call("check")
    assert done.code == 3
    assert not set("\x1b\x07\u202e") & set(done.out + done.err)
    workspace.config_text += '"\\e[2Jx": 1\n'
    assert "\x1b[2J" not in workspace.write().call("check").err
