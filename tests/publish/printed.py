"""What a reader gets from a printed file: its text by page, and its pixels."""

import subprocess
from shutil import which

import numpy as np
import pytest


def needs(*programs):
    for program in programs:
        if not which(program):
            pytest.skip(f"needs {program}")


def pages(pdf, *options):
    """The text of each page as pdftotext gives it."""
    needs("pdftotext")
    done = subprocess.run(["pdftotext", "-raw", *options, pdf, "-"], check=True, capture_output=True)
    return done.stdout.decode().split("\f")[:-1]


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
