"""A file read by a process with a gigabyte and five seconds of work, as the contract allows: more ends it."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

SOURCE = """
import json, sys
from pathlib import Path
try:
    import resource
    for what, most in ((resource.RLIMIT_AS, 2**30), (resource.RLIMIT_CPU, 5)):
        resource.setrlimit(what, (most, most))
except ImportError:
    pass
from dispatch.intake.reader import UnreadableError, read_source
told = {"code": "", "params": {}, "remarks": [], "grids": [], "lossy": False}
try:
    source = read_source(Path(sys.argv[1]), **json.loads(sys.argv[2]))
    told["remarks"] = [[r.code, r.value, dict(r.params)] for r in source.remarks]
    told["grids"] = [[list(map(str, row)) for row in grid.rows[:100]] for grid in source.grids]
    told["lossy"] = source.lossy
except UnreadableError as error:
    told |= {"code": error.code, "params": error.params}
sys.stdout.buffer.write(json.dumps(told).encode())
"""


@dataclass(frozen=True)
class Reading:
    """What came of a file: the code of a refusal or none, what was remarked, a hundred rows of each sheet."""

    code: str
    params: dict[str, str]
    remarks: list[tuple[str, str, dict[str, str]]]
    grids: list[list[list[str]]]
    lossy: bool

    @property
    def remarked(self) -> list[str]:
        return [code for code, *_ in self.remarks]


def read(path: Path, **limits: object) -> Reading:
    """Read a file under watch; a process that was ended, or raised anything else, fails the test."""
    done = subprocess.run([sys.executable, "-c", SOURCE, path, json.dumps(limits)], capture_output=True, check=False)
    if done.returncode:
        pytest.fail(f"ended with {done.returncode}: {done.stderr.decode()[-2000:]}")
    return Reading(**json.loads(done.stdout))
