"""The log of unmasked exports and purges shows every line that is not as it was written."""

import hashlib
import json
import os
import sys
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise

import pytest

from dispatch.publish.access import Access, Kept, Ledger

ACCESS = Access("office", datetime(2026, 2, 1, 8, tzinfo=UTC), "police check")


class Apart:
    """A head that is kept apart from the log."""

    def __init__(self):
        self.kept = Kept()

    def __call__(self, step):
        self.kept = step(self.kept)


@pytest.fixture
def head():
    return Apart()


@pytest.fixture(params=[b"", b"a key of the office"], ids=["plain", "sealed"])
def ledger(tmp_path, head, request):
    ledger = Ledger(tmp_path / "out" / "access.log", head, request.param)
    for n in range(5):
        ledger.note("export", ACCESS, {"revision": n, "files": ["manifests/vehicle/甲.xlsx"]})
    return ledger


def test_the_log_names_the_account_and_not_what_the_environment_says(monkeypatch):
    pwd = pytest.importorskip("pwd")
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.setenv(name, "somebody-else")
    assert Access.now("x").who == pwd.getpwuid(os.getuid()).pw_name


@pytest.mark.skipif(sys.platform == "win32", reason="accounts of POSIX")
def test_an_account_without_a_name_is_logged_by_its_number(monkeypatch):
    monkeypatch.setattr(os, "getuid", lambda: 4_000_000_000)
    assert Access.now("x").who == "uid 4000000000"


def test_each_line_carries_the_digest_of_the_one_before(ledger, head):
    lines = ledger.lines()
    for before, after in pairwise(lines):
        assert json.loads(after)["previous"] == hashlib.sha256(before).hexdigest()
    assert [e["line"] for e in ledger.entries()] == [1, 2, 3, 4, 5]
    assert head.kept == Kept(5, hashlib.sha256(lines[-1]).hexdigest())
    assert ledger.fault(head.kept) is None


@pytest.mark.parametrize("at", range(5))
def test_a_changed_word_is_found_at_its_line(ledger, head, at):
    lines = ledger.lines()
    lines[at] = lines[at].replace(b"police", b"office")
    ledger.path.write_bytes(b"\n".join(lines) + b"\n")
    fault = ledger.fault(head.kept)
    assert fault[0] == at + 1
    assert fault[1] in {"chain", "seal"}


@pytest.mark.parametrize("at", range(5))
def test_a_line_taken_out_or_put_in_twice_is_found(ledger, head, at):
    lines = ledger.lines()
    ledger.path.write_bytes(b"\n".join(lines[:at] + lines[at + 1 :]) + b"\n")
    assert ledger.fault(head.kept) == (at + 1, "missing" if at == 4 else "number")
    ledger.path.write_bytes(b"\n".join(lines[: at + 1] + lines[at:]) + b"\n")
    assert ledger.fault(head.kept) == (at + 2, "number")


@pytest.mark.parametrize("kept", range(5))
def test_a_tail_that_was_cut_off_is_seen_and_stays_seen(ledger, head, kept):
    ledger.path.write_bytes(b"".join(line + b"\n" for line in ledger.lines()[:kept]))
    assert ledger.fault(head.kept) == (kept + 1, "missing")
    ledger.note("export", ACCESS, {})
    assert ledger.fault(head.kept) == (kept + 1, "number")


def test_a_log_that_is_gone_is_seen(ledger, head):
    ledger.path.unlink()
    assert ledger.fault(head.kept) == (1, "missing")


def test_a_whole_chain_written_anew_differs_from_the_head_that_was_kept(ledger, head):
    ledger.path.unlink()
    forged = Ledger(ledger.path, None, ledger.key)
    for n in range(5):
        forged.note("export", ACCESS, {"revision": n, "files": []})
    assert ledger.fault(head.kept) == (5, "chain")


def test_lines_written_without_the_key_break_the_seal(ledger, head):
    if not ledger.key:
        pytest.skip("nothing is sealed")
    Ledger(ledger.path, head, b"another key, guessed").note("export", ACCESS, {})
    assert ledger.fault(head.kept) == (6, "seal")


def test_what_is_no_line_is_found(ledger, head):
    lines = ledger.lines()
    lines[2] = b"garbage"
    ledger.path.write_bytes(b"\n".join(lines) + b"\n")
    assert ledger.fault(head.kept) == (3, "broken")


def test_a_line_beyond_the_kept_head_is_told_and_a_crash_between_both_is_healed(ledger, head):
    before = head.kept
    ledger.note("export", ACCESS, {})
    head.kept = before  # the program ended after writing the line
    assert ledger.fault(head.kept) == (6, "extra")
    ledger.note("purge", ACCESS, {})
    assert ledger.fault(head.kept) is None
    assert [e["what"] for e in ledger.entries()[-2:]] == ["export", "purge"]


def test_a_line_that_cannot_be_written_keeps_the_old_head(tmp_path, head):
    (tmp_path / "access.log").mkdir()
    with pytest.raises(OSError, match="access"):
        Ledger(tmp_path / "access.log", head).note("export", ACCESS, {})
    assert head.kept == Kept()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no queues here")
def test_a_queue_in_the_place_of_the_log_stops_the_export_and_waits_for_nobody(tmp_path, head):
    os.mkfifo(tmp_path / "access.log")
    with pytest.raises(OSError, match="regular"):
        Ledger(tmp_path / "access.log", head).note("export", ACCESS, {})
    assert head.kept == Kept()


def test_a_reason_that_is_no_utf8_is_logged_as_it_was_meant(ledger, head):
    ledger.note("export", replace(ACCESS, why=os.fsdecode("公安核查".encode("gb18030"))), {})
    assert ledger.entries()[-1]["why"] == "公安核查"
    assert ledger.fault(head.kept) is None
