"""Ways to hide what a file must not show: each function puts a person's data into the file of a path."""

import base64
import io
import json
from pathlib import Path
from urllib.parse import quote
from zipfile import ZipFile

import pytest

from dispatch.publish.maps.markup import encoded
from dispatch.publish.privacy import Shown, shown_name

HOME = "胶州市样例小区8号楼1单元102室"
DOORS = "样例村{n}号"


def _member(archive: Path, member: str, content: bytes) -> None:
    """Put a file into a zip in the place of the one of that name."""
    with ZipFile(archive) as inside:
        kept = {n: inside.read(n) for n in inside.namelist()}
    with ZipFile(archive, "w") as inside:
        for name, data in (kept | {member: content}).items():
            inside.writestr(name, data)


def append(path: Path, addition: str) -> None:
    path.write_bytes(path.read_bytes() + addition.encode("utf-8"))


def in_popup(path, person):
    append(path, json.dumps({"popup": f"<b>{encoded(person.name)}</b>"}))


def escaped(path, person):
    append(path, "var x = '" + "".join(f"\\u{ord(c):04x}" for c in person.name) + "';")


def as_entities(path, person):
    append(path, "".join(f"&#{ord(c)};" for c in person.name))


def split_by_tags(path, person):
    append(path, "".join(f"<i>{c}</i>" for c in person.name))


def as_address(path, person):
    append(path, f'<a href="#{quote(person.name)}">')


def name_in_base64(path, person):
    append(path, f"data:text/plain;base64,{base64.b64encode(person.name.encode()).decode()}")


def phone_in_base64_twice(path, person):
    append(path, base64.b64encode(base64.b64encode(f"tel {person.phone}".encode())).decode())


def surname(path, person):
    append(path, shown_name(person.name, Shown.MASKED))


def spaced_phone(path, person):
    append(path, f"{person.phone[:3]} {person.phone[3:7]}-{person.phone[7:]}")


def wide_number(path, person):
    append(path, "".join(chr(ord(c) + 0xFEE0) for c in person.id_number))


def folded_number(path, person):
    append(path, f"X-NOTE:{person.id_number[:9]}\r\n {person.id_number[9:]}\r\n")


def born(path, person):
    append(path, f"{person.id_number[:14]}****")


def other_encoding(path, person):
    path.write_bytes(path.read_text("utf-8-sig").encode("utf-16") + f"\n{person.phone}".encode("utf-16-le"))


def document_comment(path, person):
    _member(path, "docProps/core.xml", f"<dc:description>{person.id_number}</dc:description>".encode())


def cell_comment(path, person):
    _member(path, "xl/comments1.xml", f"<t>{person.phone}</t>".encode())


def rich_text(path, person):
    _member(path, "xl/sharedStrings.xml", "".join(f"<r><t>{c}</t></r>" for c in person.name).encode())


def member_name(path, person):
    _member(path, f"xl/media/{person.name}.bin", b"")


def picture_words(path, person):
    from PIL import Image, PngImagePlugin  # noqa: PLC0415

    words, into = PngImagePlugin.PngInfo(), io.BytesIO()
    words.add_text("Comment", f"tel {person.phone}", zip=True)
    Image.new("L", (8, 8)).save(into, "PNG", pnginfo=words)
    _member(path, "xl/media/image9.png", into.getvalue())


def code(path, person):
    segno = pytest.importorskip("segno")
    into = io.BytesIO()
    segno.make_qr(person.id_number).save(into, kind="png", scale=4, border=4)
    _member(path, "xl/media/image9.png", into.getvalue())


def zip_in_zip(path, person):
    into = io.BytesIO()
    with ZipFile(into, "w") as inside:
        inside.writestr("note.txt", person.phone)
    _member(path, "more.zip", into.getvalue())


def home(path, person):
    append(path, f"<p>{HOME}</p>")


def door(path, person):
    append(path, DOORS.format(n=int(person.worker_id[1:])))
