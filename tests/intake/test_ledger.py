"""The ledger of who withdrew: nobody comes back unasked, and a ledger that cannot be meant is refused."""

import json
import os
import signal

import pytest
from office import nobody, person

from dispatch.errors import StorageError
from dispatch.intake.ledger import Entry, append, read_ledger
from dispatch.model.notice import Severity


def lists(office, **files):
    """Several lists of rows, a .csv each, named file by file in the config's order."""
    office.settings()
    for name, rows in files.items():
        office.files["workers"] = f"{name}.csv"
        office.write_csv("workers", rows)
    order(office, *files)


def order(office, *names):
    office.raw["workers"] = f"[{', '.join(f'../data/{name}.csv' for name in names)}]"


def withdraw(office, key, worker_id="W1", name="示例1"):
    append(office.settings(), [Entry("2026-02-01T08:00:00", "withdrawn", "a.csv", key, worker_id, name)])


def key_of(row):
    """What the ledger calls somebody with a sample number."""
    return f"{row['id_number']} {row['name']}"


def travellers(office):
    return [(w.worker_id, w.name) for w in office.read()[0].workers]


def told(office, row):
    return [(n.code, n.severity, n.worker_id) for n in office.read()[1] if n.row == row and n.code.startswith("withd")]


@pytest.mark.parametrize("said", [["b", "a"], ["c", "a", "b"], ["b"]])
def test_who_withdrew_stays_withdrawn_whatever_the_lists_are_and_in_whatever_order(office, said):
    lists(office, c=[person(4)], a=[person(1), person(2)], b=[person(3), person(5)])
    order(office, "a", "b")
    withdraw(office, key_of(person(1)))
    withdraw(office, key_of(person(5)), "W5", "示例5")
    order(office, *said)
    names = [name for _, name in travellers(office)]
    assert "示例3" in names
    assert not {"示例1", "示例5"} & set(names)


def test_who_withdrew_stays_withdrawn_when_files_become_a_folder_or_a_pattern(office):
    lists(office, a=[person(1), person(2)], b=[person(3)])
    withdraw(office, key_of(person(1)))
    for name in ("a", "b"):
        (office.folder / "data" / "lists").mkdir(exist_ok=True)
        (office.folder / "data" / f"{name}.csv").rename(office.folder / "data" / "lists" / f"{name}.csv")
    for where in ("../data/lists", "../data/lists/*.csv"):
        office.raw["workers"] = where
        assert travellers(office) == [("W2", "示例2"), ("W3", "示例3")]


@pytest.mark.parametrize("name", ["a", "b", "data/workers"])
def test_a_ledger_by_the_name_of_a_list_is_refused_until_the_config_or_its_name_says_whose_it_is(office, name):
    lists(office, a=[person(1)], b=[person(3)])
    if name == "data/workers":
        office.raw["workers"] = "../data/[ab].csv"
        name = "workers"
    former = office.folder / "data" / f"{name}.ledger.jsonl"
    withdraw(office, key_of(person(1)))
    office.settings().ledger.rename(former)
    with pytest.raises(StorageError, match=f"{name}.ledger.jsonl"):
        office.read()
    office.raw["ledger"] = f"../data/{former.name}"
    assert travellers(office) == [("W3", "示例3")]
    del office.raw["ledger"]
    former.rename(office.settings().ledger)
    assert travellers(office) == [("W3", "示例3")]


def test_who_withdrew_under_a_wrong_number_stays_out_with_the_mended_one_and_it_is_doubted(office):
    """The ledger knows such a person by name, birth and home; the office then mends the number and sends again."""
    row = person(2)
    withdraw(office, f"{row['name']}||{row['home']}", "W2", row["name"])
    assert travellers(office) == [("W1", "示例1")]
    assert told(office, 3) == [("withdrew_by_name", Severity.WARNING, "W2")]


@pytest.mark.parametrize(
    ("key", "stays_out"),
    [
        ("示例2||山西省运城市平陆县圣人涧镇", True),
        ("示例2|1990-02-01|山西省运城市平陆县圣人涧镇", True),
        ("示例2|1991-05-05|山西省运城市平陆县圣人涧镇", False),
        ("示例2|1990-02-01|山西省运城市万荣县", False),
        ("示例2||", False),
        ("示例9||山西省运城市平陆县圣人涧镇", False),
        ("|W2", False),
        (f"{nobody('19850211')} 示例2", False),
    ],
)
def test_another_birth_or_home_is_another_person(office, key, stays_out):
    office.tables["workers"] = [person(1), person(2, birth="1990-02-01")]
    withdraw(office, key, "W2", "示例2")
    assert (("W2", "示例2") not in travellers(office)) == stays_out


def test_nobody_gets_the_number_of_somebody_who_withdrew(office):
    lists(office, a=[person(1, worker_id="3")], b=[person(2, worker_id="3")])
    assert travellers(office) == [("3", "示例1"), ("2.3", "示例2")]
    withdraw(office, key_of(person(1)), "3")
    assert travellers(office) == [("2.3", "示例2")]


def test_a_number_given_by_the_register_stays_whoever_withdraws(office):
    """The register's own number of somebody is used only where no row of the roster has it."""
    office.files["register"] = "register.csv"
    office.tables["register"] = [person(1, worker_id="7"), person(2, worker_id="8")]
    office.tables["workers"] = [person(1, worker_id=""), person(2, worker_id="7")]
    assert travellers(office) == [("W2", "示例1"), ("7", "示例2")]
    withdraw(office, key_of(person(2)), "7", "示例2")
    assert travellers(office) == [("W2", "示例1")]


def test_who_withdrew_stays_out_whether_a_list_names_them_by_number_or_by_the_registers_code(office):
    office.files["register"] = "register.csv"
    office.tables["register"] = [person(1), person(2)]
    office.tables["workers"] = [
        {"worker_id": "W1", "employer": "示例电子有限公司"},
        {"worker_id": "W2", "employer": "无"},
    ]
    withdraw(office, key_of(person(2)), "W2", "示例2")
    assert travellers(office) == [("W1", "示例1")]
    assert [n.code for n in office.read()[1] if n.severity is Severity.ERROR] == []
    assert told(office, 3) == [("withdrew_before", Severity.NOTE, "W2")]


def broken(office):
    """The roster with bytes that are no character in the second name."""
    office.settings()
    office.write_csv("workers", office.tables["workers"])
    good = office.path("workers").read_bytes().decode("utf-8-sig").encode("gb18030")
    office.path("workers").write_bytes(good.replace("示例2".encode("gb18030"), b"\xff\xff2"))


def test_a_row_with_a_broken_character_stays_refused_where_somebody_withdrew(office):
    broken(office)
    withdraw(office, key_of(person(1)))
    inputs, notices = office.read()
    assert ("character_lost", 3) in [(n.code, n.row) for n in notices]
    assert ([w.name for w in inputs.workers], inputs.rejected) == ([], 1)


def test_a_row_with_a_broken_character_stays_refused_beside_a_register(office):
    office.files["register"] = "register.csv"
    office.tables["register"] = [person(1), person(2)]
    broken(office)
    inputs, notices = office.read()
    assert ("character_lost", 3) in [(n.code, n.row) for n in notices]
    assert ([w.name for w in inputs.workers], inputs.rejected) == (["示例1"], 1)


@pytest.mark.parametrize("mark", ["\u2028", "\u2029", "\x85", "\x0b", "\n"])
def test_a_line_mark_in_a_name_does_not_make_the_ledger_unreadable(office, mark):
    withdraw(office, f"A{mark}B||某处", "W9", f"A{mark}B")
    withdraw(office, "C||某处", "W10", "C")
    assert [e.name for e in read_ledger(office.settings()).entries] == [f"A{mark}B", "C"]


GOOD = {"at": "2026-02-01", "event": "withdrawn", "file": "a.csv", "person": "甲||某处"}


@pytest.mark.parametrize("end", ["\n", "\r\n", ""])
def test_a_ledger_that_went_through_an_editor_is_read_and_written_on(office, end):
    settings = office.settings()
    settings.ledger.write_bytes(("\ufeff" + json.dumps(GOOD, ensure_ascii=False) + end).encode("utf-8"))
    withdraw(office, "乙||某处")
    assert set(read_ledger(settings).withdrawn) == {"甲||某处", "乙||某处"}


@pytest.mark.parametrize(
    "line",
    [
        json.dumps(GOOD | {"person": ["a"]}),
        json.dumps(GOOD | {"person": ""}),
        json.dumps(GOOD | {"person": None}),
        json.dumps(GOOD | {"event": "Withdrawn"}),
        json.dumps(GOOD | {"name": 3}),
        json.dumps(GOOD | {"persn": "P"}),
        json.dumps([GOOD]),
        json.dumps({"event": "withdrawn"}),
        "null",
        "[" * 100_000,
        "\\ud800",
        '{"at": "\x00"}',
    ],
)
def test_a_line_that_means_nothing_is_refused_with_its_number(office, line):
    settings = office.settings()
    settings.ledger.write_text(json.dumps(GOOD) + "\n\n" + line + "\n", "utf-8")
    with pytest.raises(StorageError, match=r"test\.ledger\.jsonl.*3"):
        read_ledger(settings)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no queues here")
def test_a_queue_in_the_place_of_the_ledger_is_refused_at_once(office):
    settings = office.settings()
    os.mkfifo(settings.ledger)

    def waited(*_):
        raise AssertionError("still waiting")

    before = signal.signal(signal.SIGALRM, waited)
    signal.alarm(20)
    try:
        for use in (read_ledger, lambda s: append(s, [])):
            with pytest.raises(StorageError):
                use(settings)
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def test_a_ledger_that_is_a_link_to_nowhere_is_not_taken_for_an_empty_one(office):
    settings = office.settings()
    settings.ledger.symlink_to(office.folder / "away.jsonl")
    with pytest.raises(StorageError):
        read_ledger(settings)


def test_a_ledger_behind_a_link_is_written_where_it_is(office):
    settings = office.settings()
    settings.ledger.symlink_to(office.folder / "share.jsonl")
    (office.folder / "share.jsonl").touch()
    withdraw(office, "甲||某处")
    assert settings.ledger.is_symlink()
    assert set(read_ledger(settings).withdrawn) == {"甲||某处"}


def test_a_ledger_that_could_not_be_written_leaves_no_draft(office, monkeypatch):
    withdraw(office, "甲||某处")
    before = sorted((office.folder / "data").iterdir())
    monkeypatch.setattr(type(before[0]), "replace", lambda *_: (_ for _ in ()).throw(OSError(28, "no space")))
    with pytest.raises(OSError, match="no space"):
        withdraw(office, "乙||某处")
    assert sorted((office.folder / "data").iterdir()) == before
    assert set(read_ledger(office.settings()).withdrawn) == {"甲||某处"}
