"""What a reader gets from a printed file: its text by page, and its pixels."""

import re
import subprocess
from html import unescape
from shutil import which
from typing import NamedTuple

import numpy as np
import pytest


def needs(*programs):
    for program in programs:
        if not which(program):
            pytest.skip(f"needs {program}")


def _pdftotext(pdf, *options):
    needs("pdftotext")
    return subprocess.run(["pdftotext", *options, pdf, "-"], check=True, capture_output=True).stdout.decode()


def pages(pdf, *options):
    """The text of each page as pdftotext gives it."""
    return _pdftotext(pdf, "-raw", *options).split("\f")[:-1]


class Box(NamedTuple):
    """A word and where it stands from the left, in mm."""

    text: str
    left: float
    right: float


def words_mm(pdf, page):
    """The words of a page with their places."""
    said = _pdftotext(pdf, "-bbox", "-f", str(page), "-l", str(page))
    found = re.findall(r'<word xMin="([\d.-]+)" yMin="[\d.-]+" xMax="([\d.-]+)" yMax="[\d.-]+">(.*?)</word>', said)
    return [Box(unescape(text), float(left) / 72 * 25.4, float(right) / 72 * 25.4) for left, right, text in found]


def picture(pdf, page, dpi):
    """A page's grey values, 0 is black, rows from the top."""
    needs("pdftoppm")
    command = ["pdftoppm", "-gray", "-r", str(dpi), "-f", str(page), "-l", str(page), pdf]
    header, size, depth, pixels = subprocess.run(command, check=True, capture_output=True).stdout.split(b"\n", 3)
    assert (header, depth) == (b"P5", b"255")
    width, height = map(int, size.split())
    return np.frombuffer(pixels, np.uint8).reshape(height, width)


def bands_mm(grey, dpi):
    """Height in mm of each run of rows with ink, from the top."""
    inked = np.concatenate(([False], (grey < 128).any(axis=1), [False]))
    edges = np.flatnonzero(inked[1:] != inked[:-1])
    return [(end - start) * 25.4 / dpi for start, end in zip(edges[::2], edges[1::2], strict=True)]
