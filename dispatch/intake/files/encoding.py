"""In which encoding a text was saved, or where it stops being text."""

from __future__ import annotations

import codecs
import re
from itertools import islice

from dispatch.intake.files.grid import UnreadableError

_STEP = 1 << 20
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_HAN = re.compile("[\u3400-\u9fff]")
# What bytes of GB18030 become where they happen to be UTF-8: letters of two bytes, no Chinese.
_FOREIGN = re.compile("[\u0080-\u00b6\u00b8-\u07ff]")


def encoding_of(content: bytes) -> str:
    """The codec of a text. Broken bytes are the reader's to replace; raises ``UnreadableError`` where it is no text, or
    two texts of different encodings in one file.
    """
    if content.startswith(codecs.BOM_UTF8):
        # A mark is no promise: lists are joined by appending one file to another.
        return "utf-8-sig" if _valid(content, "utf-8") or _least_broken(content) == "utf-8" else "gb18030"
    for mark, name in _MARKS:
        if content.startswith(mark):
            return name
    if (zero := content.find(b"\0")) >= 0:
        return _wide(content) or _refuse_zero(content, zero)
    for name in ("utf-8", "gb18030"):
        if _valid(content, name) and (name == "utf-8" or not _utf8_lines(content)):
            return name
    return _least_broken(content)


def may_be_utf8(content: bytes) -> bool:
    """Whether ``encoding_of`` calls it UTF-8 if all of it can be decoded as that."""
    return content.startswith(codecs.BOM_UTF8) or b"\0" not in content


def _valid(content: bytes, name: str) -> bool:
    decoder = codecs.getincrementaldecoder(name)()
    try:
        for i in range(0, len(content), _STEP):
            decoder.decode(content[i : i + _STEP])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _wide(content: bytes) -> str:
    """UTF-16 without a mark: read the right way round, its commas, digits and line ends are ASCII."""
    head = content[: _STEP & ~1]
    for name in ("utf-16-le", "utf-16-be"):
        text = head.decode(name, errors="replace")
        plain = sum(c.isascii() and (c.isprintable() or c in "\r\n\t") for c in islice(text, 4000))
        if "\0" not in text and plain >= len(text[:4000]) // 20 and any(c in text for c in ",\t;\n"):
            return name
    return ""


def _refuse_zero(content: bytes, zero: int) -> str:
    raise UnreadableError("file_zero_byte", line=str(content.count(b"\n", 0, zero) + 1))


def _utf8_lines(content: bytes) -> list[int]:
    """Lines, from 1, that are Chinese in UTF-8: in a file of GB18030 they would be read as other characters."""
    return [n for n, line in enumerate(content.split(b"\n"), 1) if not line.isascii() and _is_utf8(line)]


def _is_utf8(line: bytes) -> bool:
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return len(_HAN.findall(text)) >= 2 and _FOREIGN.search(text) is None


def _is_gb18030(line: bytes) -> bool:
    try:
        line.decode("gb18030")
    except UnicodeDecodeError:
        return False
    return True


def _least_broken(content: bytes) -> str:
    """The encoding of a text with broken bytes: UTF-8 if nearly every line is, else GB18030 if no line is UTF-8."""
    foreign = [(n, line) for n, line in enumerate(content.split(b"\n"), 1) if not line.isascii()]
    ours = {n for n, line in foreign if _is_utf8(line)}
    others = {n: line for n, line in foreign if n not in ours}
    if len(others) <= max(1, len(ours) // 100) and ours:
        return "utf-8"
    broken = [n for n, line in others.items() if not _is_gb18030(line)]
    if len(broken) > max(1, len(foreign) // 10):
        raise UnreadableError("file_undecodable", line=str(broken[0]))
    if ours:
        raise UnreadableError("file_mixed", utf8=str(min(ours)), other=str(min(others)))
    return "gb18030"
