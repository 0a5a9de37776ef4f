"""Everything that leaves the office: manifests, arrivals for partner cities, maps, the report, signs, slips, texts.

Each part is a package or module of this room with one entry, ``write_PART(view, folder, settings) -> list[Path]``,
which writes its files into an empty ``folder`` and returns them.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

from dispatch.config import Settings
from dispatch.errors import ConfigError, StorageError
from dispatch.language import text
from dispatch.model.demand import Inputs
from dispatch.model.notice import Notice
from dispatch.model.plan import Plan
from dispatch.publish.access import Access, log_access
from dispatch.publish.exchange import exchange
from dispatch.publish.manifests import write_manifests
from dispatch.publish.paper import require_legible
from dispatch.publish.passwords import Passwords, read_passwords, withheld
from dispatch.publish.view import View, build_view

Progress = Callable[[str, int, int], None]
Writer = Callable[[View, Path, Settings], list[Path]]
Hear = Callable[[Notice], None]
PARTS = ("manifests", "arrivals", "map", "report", "signs", "slips", "messages")
# Loaded when asked for: folium alone costs more than writing a hundred manifests.
_MODULES = {
    "arrivals": ("arrivals", "write_arrivals"),
    "map": ("maps", "write_maps"),
    "report": ("report", "write_report"),
    "signs": ("signs", "write_signs"),
    "slips": ("slips", "write_slips"),
    "messages": ("messages", "write_messages"),
}


def publish(
    plan: Plan,
    inputs: Inputs,
    settings: Settings,
    *,
    only: frozenset[str] | None,
    unmask: bool,
    progress: Progress,
    access: Access | None = None,
    hear: Hear | None = None,
) -> tuple[Path, ...]:
    """Write the parts named in ``only`` (all when ``None``) and return their files.

    A part's older files are replaced together or not at all; other parts stay. ``unmask``, or ``publish.mask: false``,
    shows ID numbers to vehicle leaders; that, and a file of everybody's phone, is logged in ``out/NAME/access.log``
    before the files appear. ``progress`` gets (part, done, of how many), ``hear`` what was left out. Before anything is
    written, raises ``ConfigError`` for a part that is unknown or off and for bad passwords, ``InputRejectedError`` for
    names that cannot be printed; ``StorageError`` when writing fails.
    """
    parts = _chosen(only, settings)
    full = (unmask or not settings.publish.mask) and "manifests" in parts
    view = build_view(plan, inputs, settings)
    passwords = read_passwords(view, settings)
    if _prints(parts, settings):
        require_legible(view)
    try:
        settings.out.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=".publishing-", dir=settings.out) as room:
            writers = {part: _writer(part, passwords, unmask=full, progress=progress) for part in parts}
            files = _staged(view, Path(room), settings, writers)
            if shown := _confidential(files, settings, full=full):
                log_access(settings.out / "access.log", access or Access.now(""), plan, shown)
            exchange(_targets(Path(room), settings, parts), beside=settings.out)
    except OSError as error:
        raise StorageError(_failure(error, settings)) from error
    if hear and "manifests" in parts:
        for notice in withheld(passwords, settings):
            hear(notice)
    return tuple(files)


def _chosen(only: frozenset[str] | None, settings: Settings) -> tuple[str, ...]:
    unknown = sorted((only or frozenset()) - set(PARTS))
    if unknown:
        values = {"part": ", ".join(unknown), "parts": ", ".join(PARTS)}
        raise ConfigError(text(settings.publish.language, "publish.unknown_part", **values))
    switches = {"slips": settings.publish.slips != "none", "messages": settings.publish.messages is not None}
    for part in sorted(part for part in only or () if not switches.get(part, True)):
        raise ConfigError(text(settings.publish.language, "publish.off", part=part))
    return tuple(part for part in PARTS if only is None or part in only)


def _prints(parts: tuple[str, ...], settings: Settings) -> bool:
    return "pdf" in settings.publish.formats and not {"manifests", "signs", "slips"}.isdisjoint(parts)


def _writer(part: str, passwords: Passwords, *, unmask: bool, progress: Progress) -> Writer:
    if part == "manifests":
        return partial(write_manifests, unmask=unmask, passwords=passwords, progress=progress)
    module, function = _MODULES[part]
    write = getattr(import_module(f"{__name__}.{module}"), function)
    return partial(_counted, partial(write, passwords=passwords) if part == "slips" else write, part, progress)


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
    return {"map": settings.maps, "report": settings.out}.get(part, settings.out / part)


def _targets(room: Path, settings: Settings, parts: tuple[str, ...]) -> dict[Path, Path]:
    """What replaces what: a whole folder for a part that owns one, single files for the report.

    A part that is off leaves its folder empty: files of an earlier time must not outlive the setting.
    """
    folders = {_home(part, settings): room / part for part in parts if part != "report"}
    targets = {home: made for home, made in folders.items() if home.exists() or any(made.iterdir())}
    if "report" in parts:
        targets |= {settings.out / path.name: path for path in sorted((room / "report").iterdir())}
    return targets


def _confidential(files: list[Path], settings: Settings, *, full: bool) -> list[str]:
    """Files that show more than the lists of one vehicle or place: full ID numbers, and everybody's phone in one."""
    rooms = ("messages/", "manifests/vehicle/") if full else ("messages/",)
    own = (path.relative_to(settings.out).as_posix() for path in files if path.is_relative_to(settings.out))
    return [name for name in own if name.startswith(rooms)]


def _failure(error: OSError, settings: Settings) -> str:
    values = {"path": error.filename or settings.out, "cause": error.strerror or error}
    return text(settings.publish.language, "publish.cannot_write", **values)
