"""How the files of trips, arrivals and townships are called, the same in every part."""

from __future__ import annotations

from collections import Counter, defaultdict

from dispatch.model.demand import Worker
from dispatch.publish.filenames import clean, distinct_names
from dispatch.publish.manifests.wording import day_of, say
from dispatch.publish.view import Arrival, City, View


def trip_names(view: View) -> dict[str, str]:
    """``2023-02-01_F-1`` by trip id: the day on which the trip sets out and its id."""
    return distinct_names({t.trip_id: f"{day_of(view, t.departs_at)}_{t.trip_id}" for t in view.plan.trips})


def arrival_names(view: View, city: City) -> dict[Arrival, str]:
    """The trip's name for each arrival of a city, and the number of the call where the trip arrives more than once."""
    times = Counter(arrival.trip.trip_id for arrival in city.arrivals)
    trips = trip_names(view)
    labels = {a: f"_{a.call.seq}" if times[a.trip.trip_id] > 1 else "" for a in city.arrivals}
    return {arrival: trips[arrival.trip.trip_id] + label for arrival, label in labels.items()}


def townships(view: View) -> dict[str, tuple[Worker, ...]]:
    """Everybody on the roster by home township, ``陇西县_文峰镇``, counties in the order of their codes."""
    groups: defaultdict[tuple[str, str, str], list[Worker]] = defaultdict(list)
    for worker in view.workers.values():
        groups[worker.home.county_code, worker.home.county_name, worker.home.township_name].append(worker)
    unknown = say(view, "unknown_place")
    names = distinct_names({key: "_".join(filter(None, map(clean, key[1:]))) or unknown for key in groups})
    return {names[key]: tuple(groups[key]) for key in sorted(groups)}
