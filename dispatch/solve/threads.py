"""Compiled work in several threads of this process: kernels leave the interpreter free, and nothing need be sent."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Outcome = TypeVar("Outcome")


def side_by_side(function: Callable[[Item], Outcome], items: Iterable[Item], threads: int) -> Iterator[Outcome]:
    """The function of each item, in their order; no more are under way or waiting to be taken than fill the threads
    twice, so that memory does not grow with the number of items.
    """
    if threads <= 1:
        yield from map(function, items)
        return
    waiting: deque[Future[Outcome]] = deque()
    with ThreadPoolExecutor(threads) as pool:
        try:
            for item in items:
                waiting.append(pool.submit(function, item))
                if len(waiting) >= 2 * threads:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()
