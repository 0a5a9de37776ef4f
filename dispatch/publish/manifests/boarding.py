"""At the door: when people are to be there, in which order they board, how many packs are handed out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from dispatch.model.plan import Trip
from dispatch.model.supply import Mode
from dispatch.publish.manifests.wording import say
from dispatch.publish.view import Ride, View, seat_order


def gate_time(view: View, trip: Trip, departs_at: datetime) -> datetime:
    """When somebody who sets out on a trip is to be where it leaves: ``gate_lead_min`` before a coach, and as early as
    a feeder would have to bring them before a train or flight.
    """
    connect = view.settings.policy.connect
    lead = {
        Mode.COACH: view.settings.publish.gate_lead_min,
        Mode.TRAIN: connect.coach_to_rail_min,
        Mode.FLIGHT: connect.coach_to_air_min,
    }
    return departs_at - timedelta(minutes=lead[trip.mode])


def setting_out(rides: Iterable[Ride]) -> tuple[Ride, ...]:
    """Those of a trip who begin their journey on it; the others change to it, and their earlier leg tells them when."""
    return tuple(ride for ride in rides if ride.leg.leg == 1)


def boarding_order(rides: Iterable[Ride]) -> tuple[Ride, ...]:
    """Call by call from the back to the front, so that nobody climbs over anybody; a party stays together, in the place
    of its rearmost member.
    """
    parties: defaultdict[tuple[int, str, str], list[Ride]] = defaultdict(list)
    for ride in sorted(rides, key=_from_the_back):
        own = "" if ride.worker.party else ride.worker.worker_id
        parties[ride.leg.from_seq, ride.worker.party, own].append(ride)
    return tuple(
        ride for _, party in sorted(parties.items(), key=lambda p: (p[0][0], _from_the_back(p[1][0]))) for ride in party
    )


def _from_the_back(ride: Ride) -> tuple[int, str, str]:
    row, seat = seat_order(ride.leg.seat)
    return -row, seat, ride.worker.worker_id


def packs_of(view: View, people: int) -> str:
    """``礼包 48份、宣传单 48份``: of each sort of pack one a head."""
    packs = view.settings.publish.packs
    return say(view, "list_mark").join(say(view, "pack_count", pack=pack, count=people) for pack in packs)
