"""The zip archive that an .xlsx is, looked at before anything unpacks it: sizes, overlaps, entities, the far corner."""

from __future__ import annotations

import io
import posixpath
import re
import xml.etree.ElementTree as ET
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from dispatch.intake.files.grid import Budget, UnreadableError
from dispatch.intake.files.sheet_xml import Extent, Layout, filled_extent, survey

MAX_PARTS = 5_000
_PIECE = 4 << 20
_HEADER, _END = 30, 22  # bytes of a part's header before its name, of the archive's end without a comment
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION = re.compile(r"\{.*/relationships\}id$")


@dataclass(frozen=True, slots=True)
class Looked:
    """What the archive holds beside cells: the layout of each sheet by name, macros, links to other workbooks."""

    layouts: dict[str, Layout]
    macros: bool
    links: bool


def look(content: bytes, budget: Budget) -> Looked:
    """Walk through every part once; raises ``UnreadableError`` for what no spreadsheet program writes."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_directory(archive, len(content), budget)
            return _look(archive, budget)
    except zipfile.BadZipFile as error:
        raise UnreadableError("file_damaged" if _has_end(content) else "file_truncated", str(error)) from error
    except (zlib.error, EOFError, NotImplementedError, RuntimeError, ET.ParseError, ValueError) as error:
        raise UnreadableError("file_damaged", str(error)) from error


def _has_end(content: bytes) -> bool:
    """Whether the archive ends as archives do; what does not is the beginning of a file."""
    at = content.rfind(b"PK\x05\x06")
    return 0 <= at <= len(content) - _END


def _check_directory(archive: zipfile.ZipFile, size: int, budget: Budget) -> None:
    parts = archive.infolist()
    if len(parts) > MAX_PARTS:
        raise UnreadableError("file_forged", f"{len(parts)} parts")
    if any(part.flag_bits & 1 for part in parts):
        raise UnreadableError("file_encrypted")
    unpacked = sum(part.file_size for part in parts)
    if unpacked > budget.unpacked:
        raise UnreadableError(
            "file_unpacks_too_large", unpacked=str(unpacked // 2**20), limit=str(budget.unpacked // 2**20)
        )
    names = [part.filename for part in parts]
    if len(set(names)) < len(names):
        raise UnreadableError("file_forged", "two parts of one name")
    end = 0
    for part in sorted(parts, key=lambda p: p.header_offset):
        if part.header_offset < end:
            raise UnreadableError("file_forged", "parts overlap")
        end = part.header_offset + _HEADER + len(part.orig_filename) + part.compress_size
    if end > size:
        raise UnreadableError("file_truncated")
    if "xl/workbook.xml" not in names:
        raise UnreadableError("file_kind")


def _look(archive: zipfile.ZipFile, budget: Budget) -> Looked:
    sheets = _sheets(archive)
    layouts: dict[str, Layout] = {}
    for part in archive.infolist():
        layout = survey(_pieces(archive, part))
        sheet = sheets.get(part.filename, "")
        if layout.extent.cells > budget.cells:
            # Formats reach farther than the table in many honest files; only cells with something in them count.
            corner = filled_extent(_pieces(archive, part))
            _refuse_far(corner, sheet or part.filename, budget)
        if sheet:
            layouts[sheet] = layout
    names = archive.namelist()
    return Looked(
        layouts,
        any(name.endswith("vbaProject.bin") for name in names),
        any(name.startswith("xl/externalLinks/") for name in names),
    )


def _refuse_far(corner: Extent, sheet: str, budget: Budget) -> None:
    if corner.cells > budget.cells:
        raise UnreadableError("file_cell_far", sheet=sheet, cell=corner.corner)


def _pieces(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """The part's bytes, as many as the directory says; where there are more of them the checksum is wrong."""
    left = part.file_size
    with archive.open(part) as file:
        while piece := file.read(_PIECE):
            left -= len(piece)
            yield piece
    if left:
        raise zipfile.BadZipFile(f"{part.filename}: fewer bytes than told")


def _sheets(archive: zipfile.ZipFile) -> dict[str, str]:
    """The names of the sheets by the part that holds each."""
    targets = {
        each.get("Id", ""): posixpath.normpath(posixpath.join("/xl", each.get("Target", ""))).lstrip("/")
        for each in _xml(archive, "xl/_rels/workbook.xml.rels")
    }
    found: dict[str, str] = {}
    for each in _xml(archive, "xl/workbook.xml").iter():
        if each.tag.rpartition("}")[2] == "sheet":
            link = next((value for key, value in each.attrib.items() if _RELATION.match(key)), "")
            found[targets.get(link, "")] = each.get("name", "")
    return found


def _xml(archive: zipfile.ZipFile, name: str) -> ET.Element:
    try:
        content = archive.read(name)
    except KeyError as error:
        raise UnreadableError("file_damaged", f"{name} is not there") from error
    survey(iter((content,)))  # no document type, no entities: the parser below may have it
    return ET.fromstring(content)
