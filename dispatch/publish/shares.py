"""What the journey of each person costs: the lines of the plan's costs, split by heads."""

from __future__ import annotations

from collections import Counter, defaultdict

from dispatch.publish.view import View

Share = tuple[str, str, str]  # trip, sending county, employer


def personal_fen(view: View) -> Counter[str]:
    """Fen by ``worker_id``; each line of the costs is given out whole, odd fen to the first by id.

    So the people of a county, city, employer or funding kind add up to the fen. Raises ``ValueError`` for a line of
    which nobody rides.
    """
    riders: defaultdict[Share, list[str]] = defaultdict(list)
    for worker_id, legs in view.legs_by_worker.items():
        worker = view.workers[worker_id]
        for leg in legs:
            riders[leg.trip_id, worker.home.county_name, worker.employer_id].append(worker_id)
    paid: Counter[str] = Counter()
    for line in view.plan.costs:
        own = sorted(riders.get((line.trip_id, line.sending_county, line.employer_id), ()))
        if not own:
            raise ValueError(
                f"costs of trip {line.trip_id}: nobody from {line.sending_county} rides to {line.employer_id}"
            )
        each, odd = divmod(line.cost_fen, len(own))
        for place, worker_id in enumerate(own):
            paid[worker_id] += each + (place < odd)
    return paid
