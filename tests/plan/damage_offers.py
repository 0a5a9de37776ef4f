"""Vehicles used otherwise than they were offered."""

from dataclasses import replace
from datetime import timedelta

from damage import breaks, first, when


@breaks("schedule.calls")
def a_train_runs_seven_minutes_late(c):
    c.retime(c.scheduled()["trip_id"], lambda _: timedelta(minutes=7))


@breaks("schedule.calls")
def a_train_calls_elsewhere(c):
    trip = c.scheduled()
    trip["destination_stop"] = c.calls(trip["trip_id"])[-1]["stop_id"] = trip["origin_stop"]


@breaks("schedule.boarding")
def a_train_takes_nobody_up(c):
    trip = c.scheduled()
    calls = tuple(replace(x, board=False) for x in c.offer(trip).calls)
    c.change_offer(trip["offer_id"], calls=calls)


@breaks("offer.dates")
def an_offer_holds_no_more(c):
    trip = c.trips[0]
    yesterday = when(trip["departs_at"]).date() - timedelta(days=2)
    c.change_offer(trip["offer_id"], from_date=yesterday, to_date=yesterday)


@breaks("offer.days")
def an_offer_rests_on_the_day_of_a_trip(c):
    trip = c.trips[0]
    offer, day = c.offer(trip), when(trip["departs_at"]).date()
    within = {offer.from_date + timedelta(days=i) for i in range((offer.to_date - offer.from_date).days + 1)}
    c.change_offer(trip["offer_id"], days=frozenset(within - {day}))


@breaks("offer.days")
def a_coach_is_hired_on_a_day_on_which_none_are_let(c):
    trip = first(t for t in c.trips if t["mode"] == "coach")
    c.change_offer(trip["offer_id"], days=frozenset({when(trip["departs_at"]).date() + timedelta(days=1)}))


@breaks("offer.available")
def an_offer_is_used_up(c):
    c.change_offer(c.trips[0]["offer_id"], available=0)


@breaks("charter.min_load")
def a_charter_runs_too_empty(c):
    trip = first(t for t in c.trips if c.offer(t).basis != "ticket")
    c.change_offer(trip["offer_id"], min_passengers=int(trip["passengers"]) + 1)


@breaks("trip.offer")
def a_coach_has_grown_seats(c):
    c.coach()["seats"] = str(int(c.coach()["seats"]) + 1)


@breaks("trip.offer")
def a_trip_is_of_no_offer(c):
    c.trips[0]["offer_id"] = "nobody's"


@breaks("trip.offer")
def a_coach_plays_a_role_it_was_not_offered_for(c):
    trip = c.coach()
    c.change_offer(trip["offer_id"], role="feeder" if trip["role"] != "feeder" else "trunk")
