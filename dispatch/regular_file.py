"""Reading what a path names, where that may be anything: a device, a queue, a folder, a file without end."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path


class NotRegularError(OSError):
    """The path names a folder, a device, a queue or a socket."""


class TooLargeError(OSError):
    """The file holds more bytes than whoever reads it wants."""


def read_regular(path: Path, most: int) -> bytes:
    """The bytes of a regular file, at most so many; links are followed. Raises ``OSError`` and nothing else."""
    flags = os.O_RDONLY
    # A queue without a writer would wait for ever; on Windows text mode would change line ends.
    for name in ("O_NONBLOCK", "O_CLOEXEC", "O_BINARY"):
        flags |= getattr(os, name, 0)
    try:
        handle = os.open(path, flags)
    except ValueError as error:  # a zero byte in the path, or half a character
        raise OSError(errno.EINVAL, str(error)) from error
    try:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise NotRegularError(errno.EINVAL, "not a regular file", str(path))
        if status.st_size > most:
            raise TooLargeError(errno.EFBIG, f"{status.st_size} bytes", str(path))
        with os.fdopen(handle, "rb", closefd=False) as file:
            content = file.read(most + 1)  # files of the system tell a length of 0
    finally:
        os.close(handle)
    if len(content) > most:
        raise TooLargeError(errno.EFBIG, f"more than {most} bytes", str(path))
    return content
