"""Everything that somebody who takes a published file apart can read in it."""

import base64
import gzip
import html
import io
import re
import subprocess
import unicodedata
import zlib
from collections.abc import Iterator
from pathlib import Path
from shutil import which
from urllib.parse import unquote
from zipfile import ZipFile

DEPTH = 6
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{8,}={0,2}")
_ESCAPES = re.compile(
    r"\\u\{([0-9a-fA-F]{1,6})\}|\\u([0-9a-fA-F]{4})|\\x([0-9a-fA-F]{2})|\\([0-7]{3})|_x([0-9a-fA-F]{4})_"
)
_BETWEEN_HAN = re.compile(r"(?<=[\u3400-\u9fff*])\s+(?=[\u3400-\u9fff*])")
_BETWEEN_DIGITS = re.compile(r"(?<=[\dX*])[\s\-\u2010-\u2015]+(?=[\dX*])")
_UNSEEN = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
# Places only: neither Leaflet nor a font is taken for text that hides something.
_WORDS = re.compile(r"[\u3400-\u9fff]|\d{6}")


def opened(path: Path, name: str = "") -> str:
    """All texts of a file, one after another: its name, what it holds, what that holds, each also decoded."""
    return "\n".join([_plain(name or path.name), *_inside(path.read_bytes(), 0)])


def _inside(raw: bytes, depth: int) -> Iterator[str]:
    if depth > DEPTH or not raw:
        return
    if raw.startswith(b"PK"):
        yield from _archive(raw, depth)
    elif raw.startswith(b"\x1f\x8b"):
        yield from _inside(gzip.decompress(raw), depth + 1)
    elif raw.startswith(b"%PDF"):
        yield from _printed(raw, depth)
    elif raw.startswith(b"\x89PNG"):
        yield from _picture(raw, depth)
    elif raw[:2] in (b"x\x01", b"x\x9c", b"x\xda") and (unpacked := _inflated(raw)):
        yield from _inside(unpacked, depth + 1)
    else:
        yield from _readings(_decoded(raw), depth)


def _inflated(raw: bytes) -> bytes:
    try:
        return zlib.decompress(raw)
    except zlib.error:
        return b""


def _archive(raw: bytes, depth: int) -> Iterator[str]:
    with ZipFile(io.BytesIO(raw)) as inside:
        yield from _readings(_decoded(inside.comment), depth)
        for info in inside.infolist():
            yield _plain(info.filename)
            yield from _readings(_decoded(info.comment + b" " + info.extra), depth)
            yield from _inside(inside.read(info), depth + 1)


def _printed(raw: bytes, depth: int) -> Iterator[str]:
    """The text layer, and every object: what describes the document, streams, files in the file."""
    from pypdf import PdfReader  # noqa: PLC0415
    from pypdf.generic import StreamObject  # noqa: PLC0415

    if which("pdftotext"):
        for layout in ([], ["-raw"]):
            done = subprocess.run(["pdftotext", *layout, "-", "-"], input=raw, capture_output=True, check=True)
            yield _plain(done.stdout.decode("utf-8"))
    reader = PdfReader(io.BytesIO(raw))
    yield _plain(" ".join(str(value) for value in (reader.metadata or {}).values()))
    for number in range(1, int(reader.trailer["/Size"])):
        found = reader.get_object(number)
        if isinstance(found, StreamObject):
            yield from _inside(found.get_data(), depth + 1)
        yield from _readings(str(found), depth)


def _picture(raw: bytes, depth: int) -> Iterator[str]:
    """What a scanner reads in a picture, and the words beside its pixels."""
    from PIL import Image  # noqa: PLC0415
    from zxingcpp import read_barcodes  # noqa: PLC0415

    with Image.open(io.BytesIO(raw)) as picture:
        yield from _readings(" ".join(f"{key} {value}" for key, value in picture.info.items()), depth)
        for code in read_barcodes(picture.convert("L")):
            yield from _inside(code.bytes, depth + 1)


def _decoded(raw: bytes) -> str:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", "replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return "\n".join(raw.decode(codec, "replace") for codec in ("utf-8", "gb18030", "latin-1"))


def _readings(text: str, depth: int) -> Iterator[str]:
    """The text, and as programs would show it: folded lines joined, escapes and entities resolved, tags taken out."""
    if depth > DEPTH:
        return
    seen: list[str] = []
    for step in (str, _unfolded, _unescaped, html.unescape, unquote, html.unescape, _unescaped, _untagged):
        text = step(text)
        if not seen or text != seen[-1]:
            seen.append(text)
            yield _plain(text)
    for match in _BASE64.finditer("\n".join(seen)):
        yield from _from_base64(match[0], depth)


def _from_base64(blob: str, depth: int) -> Iterator[str]:
    whole = blob.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        raw = base64.b64decode(whole + "=" * (-len(whole) % 4), validate=True)
    except ValueError:
        return
    if raw.startswith((b"PK", b"\x1f\x8b", b"%PDF", b"\x89PNG")):
        yield from _inside(raw, depth + 1)
        return
    said = _decoded(raw) if _is_text(raw) else ""
    if _WORDS.search(said) or _BASE64.fullmatch(said):
        yield from _readings(said, depth + 1)


def _is_text(raw: bytes) -> bool:
    try:
        return all(c.isprintable() or c in "\r\n\t" for c in raw.decode("utf-8"))
    except UnicodeDecodeError:
        return False


def _unfolded(text: str) -> str:
    return re.sub(r"\r?\n[ \t]", "", text)


def _unescaped(text: str) -> str:
    def character(match: re.Match[str]) -> str:
        code = int(match[4], 8) if match[4] else int(match[1] or match[2] or match[3] or match[5], 16)
        return chr(code) if code < 0x110000 else match[0]

    return _ESCAPES.sub(character, text)


def _untagged(text: str) -> str:
    return re.sub(r"<[^<>]*>", "", text)


def _plain(text: str) -> str:
    """One spelling of the same: no full-width digits, no unseen signs, no blanks within a name or a number."""
    plain = _UNSEEN.sub("", unicodedata.normalize("NFKC", text))
    return _BETWEEN_DIGITS.sub("", _BETWEEN_HAN.sub("", plain))
