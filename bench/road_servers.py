"""How long a road server's table takes: asked for, read again, and what is asked after one more stop.

    python bench/road_servers.py [--write]

Starts Valhalla and OSRM themselves on the map of central Helsinki, as the tests do, with one thread each; says so and
skips an engine that is not installed (see tests/cli/real_router.py). The stops are points within 20 m of four street
corners. A national map answers more slowly; the tool's own share, that of reading again, stays.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

REPO = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPO))

from results_page import put  # noqa: E402

from dispatch.config import Settings, TravelServer  # noqa: E402
from dispatch.geo import servers  # noqa: E402
from dispatch.model.supply import Stop, StopKind  # noqa: E402
from dispatch.model.units import Position  # noqa: E402
from tests.cli.real_router import MAP, PROGRAMS, real_router  # noqa: E402

SIZES = (100, 500)
CORNERS = ((60.1670, 24.9370), (60.1700, 24.9430), (60.1715, 24.9490), (60.1730, 24.9490))
NEAR = 0.0002  # degrees


def stops(n: int) -> list[Stop]:
    draw = random.Random(1)
    corners = (draw.choice(CORNERS) for _ in range(n))
    points = [Position(lat + draw.uniform(0, NEAR), lon + draw.uniform(0, NEAR)) for lat, lon in corners]
    return [Stop(f"S{k}", f"S{k}", StopKind.ASSEMBLY, "", "", point) for k, point in enumerate(points)]


def settings(folder: Path, server: TravelServer) -> Settings:
    inputs = {name: Path(name) for name in ("workers", "employers", "stops", "offers")}
    horizon = {"from": "2026-02-26", "to": "2026-03-02"}
    path = folder / "configs" / "bench.yaml"
    policy = {"travel": {"server": server}}
    given = {"name": "bench", "path": path, "sha256": "", "inputs": inputs, "horizon": horizon, "policy": policy}
    return Settings.model_validate(given)


def row(kind: str, url: str, n: int) -> str:
    with tempfile.TemporaryDirectory() as room:
        server = TravelServer(kind=kind, url=url)
        roads = servers.RoadServer(settings(Path(room), server), server)
        points = stops(n + 1)
        first, again, one_more = (seconds(roads, some) for some in (points[:n], points[:n], points))
        size = roads.cache.path.stat().st_size / 1e6
    cells = [kind, f"{n:,}", f"{n * n:,}", f"{first:.1f}", f"{n * n / first:,.0f}", f"{again:.1f}", f"{one_more:.1f}"]
    return f"| {' | '.join([*cells, f'{size:.0f}'])} |"


def seconds(roads: servers.RoadServer, some: list[Stop]) -> float:
    start = time.perf_counter()
    roads.between(some, ~np.eye(len(some), dtype=bool))
    return time.perf_counter() - start


def measured() -> str:
    heads = ["engine", "stops", "pairs", "asked, s", "pairs/s", "read again, s", "one stop more, s", "cache MB"]
    lines = [f"| {' | '.join(heads)} |", f"| --- |{' ---: |' * (len(heads) - 1)}"]
    for kind, program in PROGRAMS.items():
        if not (program.is_file() and MAP.is_file()):
            print(f"{kind} is not installed: skipped", file=sys.stderr)
            continue
        with tempfile.TemporaryDirectory() as room, real_router(kind, Path(room)) as url:
            lines += [row(kind, url, n) for n in SIZES]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="put the table into RESULTS.md")
    asked = parser.parse_args()
    table = measured()
    print(table)
    if asked.write:
        put("road servers", f"`python bench/road_servers.py`\n\n{table}")


if __name__ == "__main__":
    main()
