"""The fuzz of the readers borrows the intake's sample office and workbooks, and has a clock for each test."""

import sys
from pathlib import Path

import pytest
from examples import CLOCK

sys.path.append(str(Path(__file__).parents[1] / "intake"))


@pytest.fixture(autouse=True)
def clock():
    CLOCK.start()
