"""What is done to many cells at once comes to what is done to each alone."""

from __future__ import annotations

import csv
import gc
import io
import random
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from dispatch.formulas import may_start_formula, starts_formula
from dispatch.intake.cells import all_texts, as_code, as_name, as_text, leaves
from dispatch.intake.coded import Coded, objects
from dispatch.intake.files import delimited
from dispatch.intake.files.delimited import read_delimited
from dispatch.intake.files.grid import Budget, UnreadableError
from dispatch.intake.identity import as_id
from dispatch.intake.phones import as_phone
from dispatch.intake.read import _without_collector
from dispatch.intake.table import each_same, filled

BUDGET = Budget.of(1000, unpacked_mb=None, leave_hidden_out=False)
CELLS = ("", "a", "示例", "1", " x ", "\x0b", "\u2028", "\x85", "'", "\x00", "é")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_lines_cut_at_once_are_those_of_the_csv_module(end: str, delimiter: str) -> None:
    rng = random.Random(1)
    found = set()
    for trial in range(300):
        width, uneven = rng.randrange(1, 5), trial % 3 == 0
        rows = [[rng.choice(CELLS) for _ in range(width)] for _ in range(rng.randrange(1, 6))]
        if uneven:
            rows.insert(rng.randrange(len(rows) + 1), [rng.choice(CELLS)] * rng.randrange(1, 6))
        text = end.join(delimiter.join(row) for row in rows) + end * rng.randrange(3)
        columns = delimited._even_columns(text, delimiter)
        found.add(columns is None)
        if columns is not None:
            read = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
            assert [list(row) for row in zip(*columns, strict=True)] == read
    assert found == {True, False}


def test_a_text_that_is_decoded_while_it_is_read_is_the_same() -> None:
    text = "姓名,手机\r\n" + "张三,15400000000\r\n" * 9000
    for content in (text.encode(), text.encode("utf-8-sig")):
        good = read_delimited(content, BUDGET)
        assert list(good.grids[0].rows) == [list(r) for r in csv.reader(io.StringIO(text, newline=""))]
        assert not good.lossy
    broken = text.encode() + b"\xe5\xbc,1\r\n" + "李四,2\r\n".encode()
    content = read_delimited(broken, BUDGET)
    assert content.lossy
    assert len(content.grids[0].rows) == 9003
    assert read_delimited(text.encode("gb18030"), BUDGET).grids[0].rows[0] == ["姓名", "手机"]


def test_the_encoding_is_told_before_what_is_wrong_with_the_rows() -> None:
    """Two encodings in one file are the finding, also where the rows before the second would be too many."""
    few = Budget(1, 4, 4, 1, 1)
    text = "姓名,手机\n" * 4
    with pytest.raises(UnreadableError) as error:
        read_delimited(text.encode() + text.encode("gb18030"), few)
    assert error.value.code == "file_mixed"
    with pytest.raises(UnreadableError) as error:
        read_delimited(text.encode(), few)
    assert (error.value.code, error.value.params["row"]) == ("file_too_many_cells", "3")


def test_empty_cells_count_apart_from_filled_ones() -> None:
    budget = Budget(1, 100, 10, 1, 1)
    mostly_empty = "a,b,,,,\n" * 5
    assert len(read_delimited(mostly_empty.encode(), budget).grids[0].rows) == 5
    with pytest.raises(UnreadableError) as error:
        read_delimited((mostly_empty + "a,,,,,\n").encode(), budget)
    assert error.value.params["row"] == "6"


TEXTS = ("", "15400000000", "25400000000", "1540000000", "８６13800000000", "8613800000000", "W1", "２", "示 例", "a b",
         "a-1", "x", "㈱", "140829196203120008", "14082919620312000x", "1.3800000001E+10", "00000000000")  # fmt: skip


@pytest.mark.parametrize("how", [as_code, as_id, as_name, as_phone, as_text])
@pytest.mark.parametrize("most", [1, 2, 17, 2_000])
def test_texts_read_together_are_read_as_each_alone(how: Callable[[object], str], most: int) -> None:
    rng = random.Random(2)
    for some in (TEXTS[:most], TEXTS[1:2] * most, [rng.choice(TEXTS) for _ in range(3 * most)]):
        coded = Coded.of(np.arange(len(some)), objects(some))
        assert coded.text(how).tolist() == list(map(how, some))
        if leaves(how, list(some)):
            assert list(map(how, some)) == list(some)


def test_cells_that_are_no_text_are_read_as_each_alone() -> None:
    cells = [" a ", 1.0, 2, True, "'b", 1.5]
    assert all_texts(cells) == list(map(as_text, cells))
    assert Coded.of(np.arange(6), objects(cells)).cells.tolist() == cells


def test_signs_of_formulas_are_never_passed_over() -> None:
    texts = ["W1", "=1", " +1", "\u3000＝x", "a-1", "@", "\t1", "－2", "张三"]
    for text in texts:
        assert may_start_formula("W9" + text) or not starts_formula(text)
    assert not may_start_formula("W1W2张三")


def test_objects_that_are_the_same_are_asked_once() -> None:
    one, two = ["a"], ["a"]
    asked: list[int] = []
    column = pd.Series(objects([one, two, one, one]), index=[5, 6, 7, 9])
    first, size = each_same(column, lambda cell: asked.append(id(cell)) or cell[0], len)
    assert first.to_dict() == {5: "a", 6: "a", 7: "a", 9: "a"}
    assert sorted(asked) == sorted([id(one), id(two)])
    assert size.tolist() == [1] * 4
    assert filled(pd.Series(["", "x"], dtype=object)).tolist() == [False, True]


def test_the_collector_works_again_and_nothing_stays_frozen() -> None:
    for on in (True, False):
        (gc.enable if on else gc.disable)()
        try:
            with _without_collector():
                assert not gc.isenabled()
            assert gc.isenabled() is on
            assert gc.get_freeze_count() == 0
        finally:
            gc.enable()
