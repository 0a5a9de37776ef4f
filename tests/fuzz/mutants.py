"""Good files with some bytes changed, and a process that reads them one after the other."""

from __future__ import annotations

import marshal
import subprocess
import sys
from typing import Any

from hypothesis import strategies as st

# Bytes that mean something to one of the formats.
TOKENS = [b"\0", b"\xff", b'"', b"'", b"<", b">", b"&", b"/", b",", b"\n", b"\r", b"=", b"-", b"9" * 12, b"XFD1048576"]
TOKENS += [
    b"&#0;",
    b"]]>",
    b"<!--",
    b"\xef\xbb\xbf",
    b"\x85",
    b"\x2f\0",
    b"\x7f\xff\xff\xff",
    b"1e999",
    b't="d"',
    b't="s"',
]
EDITS = st.lists(
    st.tuples(
        st.floats(0, 1, exclude_max=True), st.integers(0, 6), st.one_of(st.sampled_from(TOKENS), st.binary(max_size=4))
    ),
    min_size=1,
    max_size=6,
)


def mutated(content: bytes, edits: list[tuple[float, int, bytes]]) -> bytes:
    """The content with some bytes replaced by others: where (as a share), how many, by what."""
    for share, length, token in edits:
        at = int(share * len(content))
        content = content[:at] + token + content[at + length :]
    return content


WORKER = """
import marshal, sys
from dispatch.intake.files.child import answer, limit
from dispatch.intake.files.grid import Budget
from dispatch.intake.files.kinds import Kind
limit(Budget(2**27, 4_000_000, 4_000_000, 2**30, 600))
read = sys.stdin.buffer.read
while len(head := read(8)) == 8:
    kind, content = marshal.loads(read(int.from_bytes(head, "big")))
    budget = Budget.of(len(content), unpacked_mb=None, leave_hidden_out=len(content) % 2 == 1)
    last = ("", "")
    for last in answer(content, Kind(kind), budget):
        pass
    said = marshal.dumps(last)
    sys.stdout.buffer.write(len(said).to_bytes(8, "big") + said)
    sys.stdout.buffer.flush()
"""


class Reader:
    """The reading process, kept for the next file; one that a file has ended is begun anew."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def last_word(self, kind: str, content: bytes) -> tuple[Any, ...]:
        """The last thing said of a file; ``("ended",)`` where the process came to its end over it."""
        if self._process is None:
            pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
            self._process = subprocess.Popen([sys.executable, "-c", WORKER], **pipes)
        said = marshal.dumps((kind, content))
        self._process.stdin.write(len(said).to_bytes(8, "big") + said)
        self._process.stdin.flush()
        head = self._process.stdout.read(8)
        if len(head) < 8:
            self.close()
            return ("ended",)
        return marshal.loads(self._process.stdout.read(int.from_bytes(head, "big")))

    def close(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None
