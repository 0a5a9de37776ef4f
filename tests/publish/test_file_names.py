import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.publish.filenames import distinct_names, hashed_name, safe_name

HARMLESS = re.compile(r"[\w()·-]{1,60}")
RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}


@pytest.mark.parametrize(
    "label",
    [
        "../../x",
        "..",
        "",
        "CON",
        "con.txt",
        "lpt1",
        "COM¹",
        "a／b＼c",
        "\u202egpj.exe",
        "x\0y",
        " . ",
        "~root",
        "a" * 999,
    ],
)
def test_a_hostile_label_becomes_a_harmless_name_with_a_hash(label):
    name = safe_name(label)
    assert HARMLESS.fullmatch(name)
    assert name.casefold() not in RESERVED
    assert re.search(r"[0-9a-f]{8}$", name)


@given(st.text())
def test_no_label_at_all_yields_a_dangerous_name(label):
    for name in (safe_name(label), hashed_name(label, label)):
        assert HARMLESS.fullmatch(name)
        assert name.casefold() not in RESERVED
        assert len(name.encode()) < 200


def test_an_ordinary_name_stays_as_it_is():
    assert safe_name("陇西县_文峰镇") == "陇西县_文峰镇"
    assert safe_name("张𬭎厂") == "张𬭎厂"


def test_labels_that_look_alike_once_cleaned_stay_apart():
    assert safe_name("a/b") != safe_name("a\\b") != safe_name("a_b")


def test_names_that_differ_only_in_case_do_not_share_a_file():
    names = distinct_names({"1": "Alpha", "2": "ALPHA", "3": "beta"})
    assert len({name.casefold() for name in names.values()}) == 3
    assert names["3"] == "beta"
