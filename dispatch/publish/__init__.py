"""Everything that leaves the office: manifests, arrivals, maps, the report, a GTFS feed, signs, slips, texts.

Each part is a package or module of this room with one entry, ``write_PART(view, folder, settings) -> list[Path]``,
which writes its files into an empty ``folder`` and returns them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from dispatch.config import Settings
from dispatch.errors import ConfigError, StorageError
from dispatch.language import text
from dispatch.model.demand import Inputs
from dispatch.model.notice import Notice
from dispatch.model.plan import Plan
from dispatch.publish.access import Access, Ledger
from dispatch.publish.exchange import exchange
from dispatch.publish.manifests import UNMASKED, write_manifests
from dispatch.publish.map_order import FromWgs84, MapOrder
from dispatch.publish.paper import require_legible
from dispatch.publish.passwords import Passwords, read_passwords, withheld
from dispatch.publish.remains import open_remains, staging
from dispatch.publish.view import View, build_view

Progress = Callable[[str, int, int], None]
Writer = Callable[[View, Path, Settings], list[Path]]
Hear = Callable[[Notice], None]
PARTS = ("manifests", "arrivals", "map", "report", "gtfs", "signs", "slips", "messages")
# Loaded when asked for: folium alone costs more than writing a hundred manifests.
_MODULES = {
    "arrivals": ("arrivals", "write_arrivals"),
    "map": ("maps", "write_maps"),
    "report": ("report", "write_report"),
    "gtfs": ("gtfs", "write_gtfs"),
    "signs": ("signs", "write_signs"),
    "slips": ("slips", "write_slips"),
    "messages": ("messages", "write_messages"),
}
# Parts whose files lie in ``out/NAME`` itself; each of the others owns a folder.
_SINGLE = frozenset({"report", "gtfs"})
# Parts that passwords protect.
_PROTECTED = frozenset({"manifests", "slips"})


def publish(
    plan: Plan,
    inputs: Inputs,
    settings: Settings,
    *,
    only: frozenset[str] | None,
    unmask: bool,
    progress: Progress,
    access: Access | None = None,
    trips: Sequence[str] = (),
    from_wgs84: FromWgs84 | None = None,
    hear: Hear | None = None,
    ledger: Ledger | None = None,
) -> tuple[Path, ...]:
    """Write the parts named in ``only`` (all when ``None``) and return their files.

    A part's older files are replaced together or not at all; other parts stay. ``unmask``, or ``publish.mask: false``,
    shows ID numbers to vehicle leaders and to the counties' subsidy desks and is logged in ``out/NAME/access.log``
    before the files appear, as is a file of everybody's phone. ``progress`` gets (part, done, of how many), ``hear``
    what was left out. ``trips`` are those that get a map of their own; ``from_wgs84`` moves points to the datum of a
    map's tiles. Before anything is written, raises ``ConfigError`` for a part that is unknown or off, an unknown trip,
    bad passwords or an unusable key, ``InputRejectedError`` for names that cannot be printed; ``StorageError`` when
    writing fails.
    """
    parts = _chosen(only, settings)
    _require_trips(trips, plan, settings, parts)
    if unmask and "manifests" not in parts:
        raise ConfigError(text(settings.publish.language, "publish.unmask_without_manifests"))
    full = (unmask or not settings.publish.mask) and "manifests" in parts
    view = build_view(plan, inputs, settings)
    passwords = Passwords({}) if _PROTECTED.isdisjoint(parts) else read_passwords(inputs, plan.trips, settings)
    if _prints(parts, settings):
        require_legible(view)
    more: dict[str, dict[str, Any]] = {
        "manifests": {"unmask": full, "passwords": passwords},
        "slips": {"passwords": passwords},
        "map": {"order": MapOrder(tuple(dict.fromkeys(trips)), from_wgs84)},
    }
    try:
        settings.out.mkdir(parents=True, exist_ok=True)
        with staging(settings.out) as room:
            writers = {part: _writer(part, more.get(part, {}), progress) for part in parts}
            files = _staged(view, room, settings, writers)
            if shown := _confidential(files, settings, full=full):
                ledger = ledger or Ledger(settings.access_log)
                ledger.export(_reasoned(access or Access.now(""), settings, shown, full=full), plan, shown)
            exchange(_targets(room, settings, parts), beside=room)
        left = open_remains(settings, _PROTECTED.difference(parts))
    except OSError as error:
        raise StorageError(_failure(error, settings)) from error
    for notice in (*(withheld(passwords, settings) if "manifests" in parts else ()), *left):
        if hear:
            hear(notice)
    return tuple(files)


def _chosen(only: frozenset[str] | None, settings: Settings) -> tuple[str, ...]:
    unknown = sorted((only or frozenset()) - set(PARTS))
    if unknown:
        values = {"part": ", ".join(unknown), "parts": ", ".join(PARTS)}
        raise ConfigError(text(settings.publish.language, "publish.unknown_part", **values))
    if only is not None and not only:
        raise ConfigError(text(settings.publish.language, "publish.no_part", parts=", ".join(PARTS)))
    switches = {"slips": settings.publish.slips != "none", "messages": settings.publish.messages is not None}
    for part in sorted(part for part in only or () if not switches.get(part, True)):
        raise ConfigError(text(settings.publish.language, "publish.off", part=part))
    return tuple(part for part in PARTS if only is None or part in only)


def _require_trips(trips: Sequence[str], plan: Plan, settings: Settings, parts: tuple[str, ...]) -> None:
    """Raise for a trip the plan does not have, naming those spelt alike, and for trips where no map is written."""
    known = [trip.trip_id for trip in plan.trips]
    for trip in trips:
        if trip not in known:
            near = ", ".join(get_close_matches(trip, known, 3, 0.0))
            raise ConfigError(text(settings.publish.language, "publish.unknown_trip", trip=trip, near=near))
    if trips and "map" not in parts:
        raise ConfigError(text(settings.publish.language, "publish.trip_without_map"))


def _prints(parts: tuple[str, ...], settings: Settings) -> bool:
    return "pdf" in settings.publish.formats and not {"manifests", "signs", "slips"}.isdisjoint(parts)


def _writer(part: str, more: Mapping[str, Any], progress: Progress) -> Writer:
    """What writes a part, with what it is told beside the view; manifests tell of their progress themselves."""
    if part == "manifests":
        return partial(write_manifests, progress=progress, **more)
    module, function = _MODULES[part]
    write = getattr(import_module(f"{__name__}.{module}"), function)
    return partial(_counted, partial(write, **more), part, progress)


def _counted(write: Writer, part: str, progress: Progress, view: View, folder: Path, settings: Settings) -> list[Path]:
    progress(part, 0, 1)
    files = write(view, folder, settings)
    progress(part, 1, 1)
    return files


def _staged(view: View, room: Path, settings: Settings, writers: dict[str, Writer]) -> list[Path]:
    """Write each part into a folder of the room; returns where its files will be."""
    files: list[Path] = []
    for part, write in writers.items():
        folder = room / part
        folder.mkdir()
        files += [_home(part, settings) / path.relative_to(folder) for path in write(view, folder, settings)]
    return files


def _home(part: str, settings: Settings) -> Path:
    """The folder that a part's files end in."""
    if part in _SINGLE:
        return settings.out
    return settings.maps if part == "map" else settings.out / part


def _targets(room: Path, settings: Settings, parts: tuple[str, ...]) -> dict[Path, Path]:
    """What replaces what: a whole folder for a part that owns one, file by file for the others.

    A part that is off leaves its folder empty: files of an earlier time must not outlive the setting.
    """
    folders = {_home(part, settings): room / part for part in parts if part not in _SINGLE}
    targets = {home: made for home, made in folders.items() if home.exists() or any(made.iterdir())}
    for part in _SINGLE.intersection(parts):
        targets |= {settings.out / path.name: path for path in (room / part).iterdir()}
    return targets


def _confidential(files: list[Path], settings: Settings, *, full: bool) -> list[str]:
    """Files that show more than the lists of one vehicle or place: full ID numbers, and everybody's phone in one."""
    rooms = ("messages/", *(f"manifests/{kind}/" for kind in UNMASKED if full))
    own = (path.relative_to(settings.out).as_posix() for path in files if path.is_relative_to(settings.out))
    return [name for name in own if name.startswith(rooms)]


def _reasoned(access: Access, settings: Settings, shown: list[str], *, full: bool) -> Access:
    """Where nobody gave a reason, the config did: it turns masking off, or wants texts to everybody's phone."""
    if access.why.strip():
        return access
    asked = {
        "mask_off": full and not settings.publish.mask,
        "messages_on": any(name.startswith("messages/") for name in shown),
    }
    words = [
        text(settings.publish.language, f"publish.{key}", config=settings.path.name) for key in asked if asked[key]
    ]
    return replace(access, why="; ".join(words))


def _failure(error: OSError, settings: Settings) -> str:
    values = {"path": error.filename or settings.out, "cause": error.strerror or error}
    return text(settings.publish.language, "publish.cannot_write", **values)
