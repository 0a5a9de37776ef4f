"""Text that the system gave, as names of files and arguments, whose bytes need be no text."""

from __future__ import annotations

from contextlib import suppress


def readable(text: str) -> str:
    """The text, which can then be written anywhere: bytes that are no UTF-8 are read as GB18030, the encoding of
    archives and terminals of Chinese Windows, and shown as numbers where they are none either.
    """
    for encoding in ("utf-8", "gb18030"):
        with suppress(UnicodeError):
            return text.encode("utf-8", "surrogateescape").decode(encoding)
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
