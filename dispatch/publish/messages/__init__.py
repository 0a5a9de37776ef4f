"""Text messages for everybody with a mobile phone: a file for each day on which a gateway is to send."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from dispatch.config import Messages, Settings
from dispatch.language import text
from dispatch.publish.manifests.boarding import gate_time
from dispatch.publish.manifests.delimited import write_rows
from dispatch.publish.manifests.vehicle import leaders
from dispatch.publish.manifests.wording import stamp_columns
from dispatch.publish.messages.wording import is_mobile, message, parts
from dispatch.publish.privacy import Audience, disclosure, shown_name, shown_phone
from dispatch.publish.view import Ride, View

_SEE = disclosure(Audience.GATEWAY)
_SENT = ("phone", "text", "send_at", "parts", "worker_id")
_TOLD = ("name", "phone", "county", "township", "text", "worker_id")
_OWNER_ONLY, _OWNER_ONLY_FOLDER = 0o600, 0o700


@dataclass(frozen=True, slots=True)
class _Message:
    """What somebody is told, and from when on they are to be where they board."""

    first: Ride
    gate: datetime
    words: str


def write_messages(view: View, folder: Path, settings: Settings) -> list[Path]:
    """Write ``DATE.csv`` per sending day and ``without_phone.csv`` for those whom no text reaches; readable by the
    owner only. Nothing without ``publish.messages``. Returns the files in order; raises ``OSError``.
    """
    wanted = settings.publish.messages
    if wanted is None:
        return []
    folder.chmod(_OWNER_ONLY_FOLDER)
    days: defaultdict[date, list[tuple[_Message, datetime]]] = defaultdict(list)
    unreached: list[_Message] = []
    for note in _messages(view, wanted):
        if is_mobile(note.first.worker.phone):
            at = _send_at(view, note.gate, wanted)
            days[at.date()].append((note, at))
        else:
            unreached.append(note)
    files = [
        _write(view, folder / f"{day.isoformat()}.csv", _SENT, [_sent(note, at) for note, at in notes])
        for day, notes in sorted(days.items())
    ]
    if unreached:
        files.append(_write(view, folder / "without_phone.csv", _TOLD, [_told(note) for note in unreached]))
    return files


def _messages(view: View, wanted: Messages) -> list[_Message]:
    """One for everybody who travels, by the time to be there."""
    led_by = leaders(view)
    notes = []
    for worker_id in view.legs_by_worker:
        first = view.journey(worker_id)[0]
        gate = gate_time(view, first.trip, first.leg.departs_at)
        notes.append(_Message(first, gate, message(view, first, gate, led_by[first.trip.trip_id], wanted.signature)))
    return sorted(notes, key=lambda n: (n.gate, n.first.trip.trip_id, n.first.worker.worker_id))


def _send_at(view: View, gate: datetime, wanted: Messages) -> datetime:
    """When a text is to be sent, on the operation's clocks; not before the plan was made that it tells of."""
    made = view.local(view.plan.made_at)
    day = max(view.local(gate).date() - timedelta(days=wanted.days_before), made.date())
    return max(datetime.combine(day, time.fromisoformat(wanted.at), view.zone), made)


def _sent(note: _Message, at: datetime) -> tuple[str, ...]:
    worker = note.first.worker
    send_at = f"{at:%Y-%m-%d %H:%M}"
    return shown_phone(worker.phone, _SEE.phone), note.words, send_at, str(parts(note.words)), worker.worker_id


def _told(note: _Message) -> tuple[str, ...]:
    worker = note.first.worker
    name, phone = shown_name(worker.name, _SEE.name), shown_phone(worker.phone, _SEE.phone)
    return name, phone, worker.home.county_name, worker.home.township_name, note.words, worker.worker_id


def _write(view: View, path: Path, columns: Sequence[str], rows: list[tuple[str, ...]]) -> Path:
    stamp = stamp_columns(view, Audience.GATEWAY)
    headings = (*(text(view.language, f"messages.{key}") for key in columns), *(heading for heading, _ in stamp))
    write_rows(path, headings, ((*row, *(value for _, value in stamp)) for row in rows), mode=_OWNER_ONLY)
    return path
