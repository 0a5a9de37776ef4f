"""What a file is, by its first bytes: exports are often named .xls and are text or a web page."""

from __future__ import annotations

import re
from enum import StrEnum


class Kind(StrEnum):
    """Kinds of files by the way they are read; ``OTHER`` is none of ours."""

    ARCHIVE = "archive"  # .xlsx, .xlsm
    COMPOUND = "compound"  # .xls, and any workbook with a password
    MARKUP = "markup"  # a web page with a table
    TEXT = "text"
    OTHER = "other"


_OTHERS = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"{\\rtf", b"GIF8", b"BM")
_PAGE = re.compile(rb"<(!doctype\s+html|html|table|head|meta|body|style|div)\b", re.IGNORECASE)
_XML = re.compile(rb"<\?xml")


def kind_of(content: bytes) -> Kind:
    """The kind of a file with this content."""
    if content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return Kind.ARCHIVE
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        return Kind.COMPOUND
    if content.startswith(_OTHERS):
        return Kind.OTHER
    start = content[:4096].removeprefix(b"\xef\xbb\xbf").replace(b"\0", b"").lstrip(b"\xff\xfe \t\r\n")
    if _XML.match(start):  # a page written as XML, or a workbook of 2003 as one file of XML
        return (
            Kind.MARKUP
            if _PAGE.search(start) and b"schemas-microsoft-com:office:spreadsheet" not in start
            else (Kind.OTHER)
        )
    return Kind.MARKUP if _PAGE.match(start) else Kind.TEXT
