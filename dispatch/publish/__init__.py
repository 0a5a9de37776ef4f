"""Everything that leaves the office: manifests, arrivals for partner cities, maps, the report.

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
from dispatch.model.plan import Plan
from dispatch.publish.access import Access, Ledger
from dispatch.publish.exchange import exchange
from dispatch.publish.manifests import write_manifests
from dispatch.publish.view import View, build_view

Progress = Callable[[str, int, int], None]
Writer = Callable[[View, Path, Settings], list[Path]]
PARTS = ("manifests", "arrivals", "map", "report")
# Loaded when asked for: folium alone costs more than writing a hundred manifests.
_MODULES = {
    "arrivals": ("arrivals", "write_arrivals"),
    "map": ("maps", "write_maps"),
    "report": ("report", "write_report"),
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
    ledger: Ledger | None = None,
) -> tuple[Path, ...]:
    """Write the parts named in ``only`` (all when ``None``) and return their files.

    A part's older files are replaced together or not at all; other parts stay. ``unmask``, or ``publish.mask: false``,
    shows ID numbers to vehicle leaders and is logged in ``out/NAME/access.log`` before the files appear. ``progress``
    gets (part, done, of how many). Raises ``ConfigError`` for an unknown part and ``StorageError`` when writing fails.
    """
    parts = _chosen(only, settings)
    full = (unmask or not settings.publish.mask) and "manifests" in parts
    view = build_view(plan, inputs, settings)
    try:
        settings.out.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=".publishing-", dir=settings.out) as room:
            files = _staged(
                view, Path(room), settings, {part: _writer(part, unmask=full, progress=progress) for part in parts}
            )
            if full:
                ledger = ledger or Ledger(settings.access_log)
                ledger.export(access or Access.now(""), plan, _unmasked(files, settings))
            exchange(_targets(Path(room), settings, parts), beside=settings.out)
    except OSError as error:
        raise StorageError(_failure(error, settings)) from error
    return tuple(files)


def _chosen(only: frozenset[str] | None, settings: Settings) -> tuple[str, ...]:
    unknown = sorted((only or frozenset()) - set(PARTS))
    if unknown:
        values = {"part": ", ".join(unknown), "parts": ", ".join(PARTS)}
        raise ConfigError(text(settings.publish.language, "publish.unknown_part", **values))
    return tuple(part for part in PARTS if only is None or part in only)


def _writer(part: str, *, unmask: bool, progress: Progress) -> Writer:
    if part == "manifests":
        return partial(write_manifests, unmask=unmask, progress=progress)
    module, function = _MODULES[part]
    return partial(_counted, getattr(import_module(f"{__name__}.{module}"), function), part, progress)


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
    """What replaces what: a whole folder for a part that owns one, single files for the report."""
    targets = {_home(part, settings): room / part for part in parts if part != "report"}
    if "report" in parts:
        targets |= {settings.out / path.name: path for path in sorted((room / "report").iterdir())}
    return targets


def _unmasked(files: list[Path], settings: Settings) -> list[str]:
    return [path.relative_to(settings.out).as_posix() for path in files if path.parent.name == "vehicle"]


def _failure(error: OSError, settings: Settings) -> str:
    values = {"path": error.filename or settings.out, "cause": error.strerror or error}
    return text(settings.publish.language, "publish.cannot_write", **values)
