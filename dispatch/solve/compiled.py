"""How functions are compiled: numba, cached on disk, with the types a reader and a checker see left as they are."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

import numpy as np
from numba import njit

F = TypeVar("F", bound=Callable[..., object])


def entry(function: F) -> F:
    """Compile a function that Python calls."""
    return cast(F, njit(cache=True, nogil=True)(function))


def kernel(function: F) -> F:
    """Compile a function that only compiled code calls; without the way in from Python there is less to compile."""
    return cast(F, njit(cache=True, no_cpython_wrapper=True, no_cfunc_wrapper=True)(function))


def constant(value: int) -> int:
    """An integer that compiled functions take as a plain one: numba compiles anew for every literal it is called
    with.
    """
    return cast(int, np.int64(value))
