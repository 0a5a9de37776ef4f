"""Every error the tool raises on purpose, each with the exit code the command line returns for it."""

from __future__ import annotations

from collections.abc import Sequence

from dispatch.model.notice import Notice


class DispatchError(Exception):
    """Base of all errors with a message meant for the user; ``exit_code`` follows the contract's table."""

    exit_code = 1


class ConfigError(DispatchError):
    """The configuration or the command's usage is wrong."""

    exit_code = 2


class InputRejectedError(DispatchError):
    """The input files hold errors; ``notices`` lists every one of them, not only the first."""

    exit_code = 3

    def __init__(self, message: str, notices: Sequence[Notice] = ()) -> None:
        super().__init__(message)
        self.notices = tuple(notices)


class NobodyServedError(DispatchError):
    """Nobody can be served, or somebody cannot and the user asked for all."""

    exit_code = 4


class AuditFailedError(DispatchError):
    """The audit found violations in a plan bundle."""

    exit_code = 5


class StorageError(DispatchError):
    """Reading or writing a file failed."""

    exit_code = 6


class SearchInterruptedError(DispatchError):
    """The search was told to end; the best plan it had is stored."""

    exit_code = 130


class Terminated(BaseException):
    """The process was told to end at once."""


class RoadServerError(StorageError):
    """The road server of the config is down, refuses, or talks nonsense; the message says what to do."""
