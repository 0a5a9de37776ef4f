"""A code in place of an ID number: the same for the same person, and undone by nobody without the key."""

from __future__ import annotations

import hmac
from pathlib import Path

from dispatch.errors import ConfigError
from dispatch.language import Language, text
from dispatch.regular_file import read_regular

KEY_BYTES = 32  # at least; a key that can be guessed is as good as none
MOST_BYTES = 100_000
CODE_DIGITS = 32  # hexadecimal, 128 bits


def read_key(path: Path, language: Language) -> bytes:
    """The content of the key's file without the line ends around it.

    Raises ``ConfigError`` for a file that cannot be read or holds fewer than 32 bytes.
    """
    try:
        key = read_regular(path, MOST_BYTES).strip()
    except OSError as error:
        reason = error.strerror or str(error)
        raise ConfigError(text(language, "publish.key_unreadable", path=path, reason=reason)) from error
    if len(key) < KEY_BYTES:
        raise ConfigError(text(language, "publish.key_short", path=path, bytes=len(key), least=KEY_BYTES))
    return key


def id_code(id_number: str, key: bytes) -> str:
    """The first 32 hexadecimal digits of HMAC-SHA256 over the ID number with a capital X; empty without a number."""
    return hmac.digest(key, id_number.upper().encode("utf-8"), "sha256").hex()[:CODE_DIGITS] if id_number else ""
