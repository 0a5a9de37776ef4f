"""Which stops are somebody's home, and the township that stands for each of them in public."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dispatch.intake.stops import ResolveHomes
from dispatch.model.supply import Employer, Stop, StopKind


def homes_in_townships(
    stops: Sequence[Stop], employers: Sequence[Employer], resolve_homes: ResolveHomes
) -> tuple[Stop, ...]:
    """The stops; what an employer row or a stop row calls a home is one, and knows the township it lies in.

    The township is that of the address text, blank where the text names none.
    """
    texts = {e.employer_id: _whole(e) for e in employers}
    private = {e.employer_id for e in employers if e.private}
    homes = [s for s in stops if s.kind is StopKind.HOME or s.stop_id in private]
    if not homes:
        return tuple(stops)
    addresses = [texts.get(s.stop_id, s.city + s.district + s.name) for s in homes]
    found = resolve_homes(addresses, [s.position for s in homes])
    known = {
        s.stop_id: replace(s, kind=StopKind.HOME, township=home.township_name)
        for s, home in zip(homes, found, strict=True)
    }
    return tuple(known.get(s.stop_id, s) for s in stops)


def _whole(employer: Employer) -> str:
    """The address from the city down, each division named once."""
    return (
        "".join(part for part in (employer.city, employer.district) if part not in employer.address) + employer.address
    )
