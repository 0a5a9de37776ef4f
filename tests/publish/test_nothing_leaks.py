"""No file shows more of a person than its audience may see, wherever in the file one looks.

Every file below ``out`` and ``maps`` is found by walking, taken apart, and held to the contract's table by its path. A
file whose path is not in ``AUDIENCES`` fails: a new publication says for whom it is.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fnmatch import fnmatch
from pathlib import Path
from types import UnionType
from typing import Literal, get_args, get_origin

import pytest
from pydantic import BaseModel

from dispatch.config import Publish
from dispatch.model.supply import StopKind
from dispatch.publish import publish
from dispatch.publish.access import Access
from dispatch.publish.privacy import Audience, Shown, disclosure, shown_id, shown_name, shown_phone
from tests.publish import hiding
from tests.publish.hiding import DOORS, HOME
from tests.publish.opened import opened
from tests.publish.sample_plan import HOSTILE_NAMES, RARE, at, sample

# Paths as a reader of out/NAME and maps/NAME sees them; the first that fits counts.
AUDIENCES = (
    ("out/manifests/vehicle/*", "leader"),
    ("out/manifests/papers/*", "leader"),
    ("out/manifests/handover/*", "leader"),
    ("out/manifests/employer/*", "employer"),
    ("out/manifests/township/*", "township"),
    ("out/manifests/city/*", "city"),
    ("out/manifests/arrival/*", "city"),
    ("out/manifests/packs/*", "office"),
    ("out/manifests/subsidy/*", "county"),
    ("out/arrivals/*", "city"),
    ("out/signs/*", "public"),
    ("out/slips/*", "person"),
    ("out/messages/*", "gateway"),
    ("out/gtfs.zip", "public"),
    ("out/report.html", "office"),
    ("out/access.log", "office"),
    ("maps/*", "public"),
)


@dataclass(frozen=True)
class Sees:
    """A row of the contract's table, restated here so that a change of the code's own copy is noticed."""

    name: str
    id_number: str
    phone: str


CONTRACT = {
    "leader": Sees("full", "masked", "full"),
    "employer": Sees("full", "masked", "full"),
    "township": Sees("full", "masked", "masked"),
    "city": Sees("masked", "no", "no"),
    "public": Sees("no", "no", "no"),
}


def sees(audience: str) -> Sees:
    own = disclosure(Audience(audience))
    return Sees(own.name, own.id_number, own.phone)


def everything(publish_settings: Publish) -> Publish:
    """The section with all formats, all parts and all that can be switched on."""
    changes = {}
    for name, about in Publish.model_fields.items():
        options = get_args(about.annotation)
        if name in ("language", "mask"):
            continue
        if about.annotation is bool:
            changes[name] = True
        elif get_origin(about.annotation) is tuple and get_origin(options[0]) is Literal:
            changes[name] = get_args(options[0])
        elif get_origin(about.annotation) is Literal:
            changes[name] = options[-1]
        elif get_origin(about.annotation) is UnionType and issubclass(options[0], BaseModel):
            changes[name] = options[0]()
    return publish_settings.model_copy(update=changes)


class Published:
    """A plan and all that was ever written of it; one gate is a parent's home, and every worker has an address."""

    def __init__(self, folder: Path, *, unmask: bool = False) -> None:
        plan, inputs, settings = sample(folder)
        workers = tuple(
            replace(w, home=replace(w.home, text=w.home.text + DOORS.format(n=n))) for n, w in enumerate(inputs.workers)
        )
        employers = tuple(
            replace(e, name=HOME, address=HOME, private=True) if e.employer_id == "E2" else e for e in inputs.employers
        )
        stops = tuple(
            replace(s, name=HOME, kind=StopKind.HOME, township="胶东街道") if s.stop_id == "E2" else s
            for s in inputs.stops
        )
        trips = tuple(
            replace(t, calls=tuple(replace(c, stop_name=HOME) if c.stop_id == "E2" else c for c in t.calls))
            for t in plan.trips
        )
        settings = settings.model_copy(update={"publish": everything(settings.publish)})
        self.plan, self.settings, self.unmask = replace(plan, trips=trips), settings, unmask
        self.workers = workers
        inputs = replace(inputs, workers=workers, employers=employers, stops=stops)
        access = Access("office", at("08:00"), "核验")
        publish(
            self.plan,
            inputs,
            settings,
            only=None,
            unmask=unmask,
            progress=lambda *_: None,
            access=access,
            trips=[trip.trip_id for trip in trips],
        )
        self.roots = {"out": settings.out, "maps": settings.maps}

    def files(self) -> dict[str, Path]:
        return {
            f"{name}/{path.relative_to(root).as_posix()}": path
            for name, root in self.roots.items()
            for path in sorted(root.rglob("*"))
            if path.is_file()
        }

    def leaks(self, name: str, path: Path) -> list[str]:
        """What the file shows and must not; a path that nobody declared is a leak of its own."""
        audience = next((who for pattern, who in AUDIENCES if fnmatch(name, pattern)), None)
        if audience is None:
            return [f"{name}: say in AUDIENCES for whom this is"]
        text = opened(path, name)
        found = [f"{name} ({audience}) shows {what}" for what in self._beyond(text, audience) if what in text]
        return found + [f"{name}: {words}" for words in self._strangers(text, name, audience)]

    def _beyond(self, text: str, audience: str) -> Iterator[str]:
        """Every form of every person's data that the audience may not see."""
        see, full_ids = sees(audience), self.unmask and audience in ("leader", "county")
        if audience in CONTRACT:
            assert see == CONTRACT[audience], audience
        for worker in self.workers:
            yield DOORS.format(n=self.workers.index(worker))
            if not full_ids:
                yield worker.id_number
                yield worker.id_number[:14]
                yield worker.id_number[4:]
            if see.id_number == "no":
                yield shown_id(worker.id_number, Shown.MASKED)
            if see.phone != "full":
                yield worker.phone
            if see.phone == "no":
                yield shown_phone(worker.phone, Shown.MASKED)
            if see.name != "full":
                yield worker.name
            if see.name == "no" and worker.name not in HOSTILE_NAMES[:3]:
                yield shown_name(worker.name, Shown.MASKED)
        if audience in ("city", "public"):
            yield from (HOME, "样例小区", "8号楼")

    def _strangers(self, text: str, name: str, audience: str) -> Iterator[str]:
        """People in a list that is not about them: a list has one employer, one township, one vehicle."""
        here = [w for w in self.workers if w.name in text]
        if audience == "employer" and len(found := {w.employer_id for w in here}) > 1:
            yield f"people of several employers, {sorted(found)}"
        if audience == "township" and len(found := {w.home.township_name for w in here}) > 1:
            yield f"people of several townships, {sorted(found)}"
        if name.startswith("out/manifests/vehicle/"):
            trip = next(t.trip_id for t in self.plan.trips if Path(name).stem.endswith(f"_{t.trip_id}"))
            riders = {leg.worker_id for leg in self.plan.legs if leg.trip_id == trip}
            yield from (f"{w.worker_id} does not ride {trip}" for w in here if w.worker_id not in riders)

    def all_leaks(self) -> list[str]:
        return [leak for name, path in self.files().items() for leak in self.leaks(name, path)]


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    return Published(tmp_path_factory.mktemp("published"))


def test_no_file_shows_more_than_its_audience_may_see(published):
    assert published.all_leaks() == []


def test_an_unmasked_export_shows_full_numbers_to_those_it_is_for_and_to_nobody_else(tmp_path):
    published = Published(tmp_path, unmask=True)
    assert published.all_leaks() == []
    log = published.settings.out / "access.log"
    assert log.is_file()
    assert not [w.worker_id for w in published.workers if w.name in opened(log)]


def test_each_kind_of_file_is_opened(published):
    """Without this a format that cannot be read would count as one that shows nothing."""
    leader = [w for w in published.workers if w.worker_id == "W0003"]
    assert [w.name for w in leader] == [RARE]
    for suffix in {Path(name).suffix for name in published.files() if name.startswith("out/manifests/vehicle/")}:
        path = published.settings.out / f"manifests/vehicle/2023-02-01_F-1{suffix}"
        text = opened(path)
        assert RARE in text, suffix
        assert leader[0].phone in text, suffix
        assert shown_id(leader[0].id_number, Shown.MASKED) in text, suffix


def test_every_format_and_every_part_is_there(published):
    kinds = {Path(name).suffix for name in published.files()}
    assert {".xlsx", ".csv", ".html", ".ics"} <= kinds
    assert {"out/arrivals/青岛/index.html", "out/report.html", "maps/overview.html"} <= set(published.files())


PAGE, MAP, TABLE = "out/arrivals/青岛/index.html", "maps/overview.html", "out/arrivals/青岛/arrivals.csv"
BOOK, CALENDAR = "out/arrivals/青岛/arrivals.xlsx", "out/arrivals/青岛/arrivals.ics"
TOWN, VEHICLE = "out/manifests/township/陇西县_文峰镇", "out/manifests/vehicle/2023-02-01_F-1"


@pytest.mark.parametrize(
    ("name", "leak"),
    [
        (MAP, hiding.in_popup),
        (MAP, hiding.escaped),
        (MAP, hiding.surname),
        (MAP, hiding.name_in_base64),
        (MAP, hiding.home),
        (MAP, hiding.as_entities),
        (PAGE, hiding.name_in_base64),
        (PAGE, hiding.phone_in_base64_twice),
        (PAGE, hiding.as_entities),
        (PAGE, hiding.split_by_tags),
        (PAGE, hiding.as_address),
        (PAGE, hiding.home),
        (TABLE, hiding.spaced_phone),
        (TABLE, hiding.other_encoding),
        (CALENDAR, hiding.folded_number),
        (CALENDAR, hiding.wide_number),
        (BOOK, hiding.document_comment),
        (BOOK, hiding.cell_comment),
        (BOOK, hiding.rich_text),
        (BOOK, hiding.member_name),
        (BOOK, hiding.picture_words),
        (BOOK, hiding.code),
        (BOOK, hiding.zip_in_zip),
        ("out/report.html", hiding.in_popup),
        (f"{TOWN}.csv", hiding.spaced_phone),
        (f"{VEHICLE}.csv", hiding.born),
        (f"{VEHICLE}.xlsx", hiding.document_comment),
        (f"{VEHICLE}.csv", hiding.door),
    ],
)
def test_a_leak_is_found_wherever_it_hides(published, tmp_path, name, leak):
    path = tmp_path / Path(name).name
    shutil.copy(published.files()[name], path)
    assert published.leaks(name, path) == []
    leak(path, next(w for w in published.workers if w.worker_id == "W0007"))
    assert published.leaks(name, path)


@pytest.mark.parametrize(("name", "of"), [("employer/*.csv", "several employers"), ("township/*.csv", "several town")])
def test_a_person_in_the_list_of_another_is_found(published, tmp_path, name, of):
    name, path = next((n, p) for n, p in published.files().items() if fnmatch(n, f"out/manifests/{name}"))
    copy = tmp_path / path.name
    shutil.copy(path, copy)
    text = opened(copy)
    hiding.append(copy, next(w.name for w in reversed(published.workers) if w.name not in text))
    assert of in " ".join(published.leaks(name, copy))


def test_a_rider_of_another_vehicle_is_found(published, tmp_path):
    copy = tmp_path / "2023-02-01_F-1.csv"
    shutil.copy(published.files()[f"{VEHICLE}.csv"], copy)
    hiding.append(copy, next(w.name for w in published.workers if w.boarding_stop == "S4"))
    assert "does not ride F-1" in " ".join(published.leaks(f"{VEHICLE}.csv", copy))


def test_a_name_in_the_name_of_a_file_is_found(published, tmp_path):
    path = tmp_path / "file.csv"
    path.write_text("nothing", "utf-8")
    assert published.leaks(f"out/arrivals/青岛/{RARE}.csv", path)


def test_words_about_a_printed_document_are_found(published, tmp_path):
    pypdf = pytest.importorskip("pypdf")
    person, path = published.workers[7], tmp_path / "sheet.pdf"
    writer = pypdf.PdfWriter()
    writer.add_blank_page(100, 100)
    writer.add_attachment("note.txt", person.phone.encode())
    writer.write(path)
    assert published.leaks("out/manifests/city/青岛/sheet.pdf", path)


def test_a_publication_that_names_no_audience_is_found(published, tmp_path):
    path = tmp_path / "summary.txt"
    path.write_text("nothing about anybody", "utf-8")
    assert published.leaks("out/summary.txt", path) == ["out/summary.txt: say in AUDIENCES for whom this is"]
