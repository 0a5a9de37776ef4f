"""Who is left out is told why and what would help: with the remedy a new plan carries them, with a bit less it does
not.
"""

from dataclasses import replace

import pytest
from tiny import coach, demand, problem, random_problem, train

from dispatch.language import text
from dispatch.model.problem import CoachType, NotServed, Remedy, RideLimits
from dispatch.model.supply import Mode, Role
from dispatch.plan.left_out import words
from dispatch.solve import Limits, solve
from dispatch.solve.explain import explained
from dispatch.solve.remedies import apply

LIMITS = Limits(60, rounds=200, seed=1, threads=1)
DAY = 1440
HOUR = 60


def left_out(made):
    """Codes and remedies of the first demand's parties, and how many there are."""
    result = solve(made, LIMITS)
    return [n for n in result.not_served if n.demand == 0]


def told(made, code):
    """The remedies of the first demand, which must be left out for one reason."""
    left = left_out(made)
    assert {n.reason for n in left} == {code}
    for language in ("zh", "en"):
        assert text(language, f"reasons.{code}", **dict(left[0].about))
        assert all(words(language, r) for r in left[0].remedies)
    return left[0].remedies


def helps(made, remedy):
    return left_out(apply(made, remedy, 0)) == []


def varied(remedy, **values):
    """A remedy with some of its values changed."""
    return replace(remedy, values=tuple(({**dict(remedy.values), **values}).items()))


def of_code(remedies, code):
    return next(r for r in remedies if r.code == code)


def value(remedy, name):
    return dict(remedy.values)[name]


def less(remedy, name, by=1):
    return varied(remedy, **{name: str(int(value(remedy, name)) - by)})


LINE = {"A1": (0, 0), "G1": (100, 0)}  # 80 minutes
RAIL = {"A1": (0, 0), "R1": (50, 0), "R2": (550, 0), "G1": (600, 0)}  # 40 minutes to and from the stations
BOTH = [coach("F", 0, 12, Role.FEEDER), coach("L", 2, 12, Role.LAST_MILE)]


def by_rail(who, departs=10 * HOUR, arrives=13 * HOUR, coaches=BOTH, day=0, seats=60, least=0, **changes):
    calls = ((1, departs + day * DAY, departs + day * DAY), (2, arrives + day * DAY, arrives + day * DAY))
    rides = [train(calls, seats=seats, least=least, day=day)]
    return problem(RAIL, [who], coaches, rides, **{"days": 3, **changes})


# capacity


def test_whoever_finds_the_coaches_taken_is_told_how_many_more_of_which_offer_on_which_day():
    made = problem(LINE, [demand([0], 1, parties=18)], [coach("C", seats=6, available=1)])
    (remedy,) = told(made, "capacity")
    assert (remedy.code, value(remedy, "offer"), value(remedy, "base")) == ("more_coaches", "C", "A1")
    assert (value(remedy, "date"), value(remedy, "count")) == ("2026-02-27", "2")
    assert helps(made, remedy)
    assert len(left_out(apply(made, less(remedy, "count"), 0))) == 6


def test_the_cheapest_coach_that_serves_the_group_is_the_one_named():
    dear = [coach("DEAR", seats=50, available=1, fixed_fen=900_000), coach("C", seats=6, available=1)]
    made = problem(LINE, [demand([0], 1, parties=60)], dear)
    (remedy,) = told(made, "capacity")
    assert (value(remedy, "offer"), value(remedy, "count")) == ("C", "1")
    assert value(remedy, "cost") == "740.00"  # 200 hire, 100 km at 5, 80 minutes at 30 an hour
    assert helps(made, remedy)


def test_whoever_finds_a_train_full_is_told_how_many_seats_it_lacks():
    made = by_rail(demand([0], 3, parties=12), seats=6)
    (remedy,) = told(made, "capacity")
    assert (remedy.code, value(remedy, "offer"), value(remedy, "count")) == ("more_seats", "T", "6")
    assert helps(made, remedy)
    assert not helps(made, less(remedy, "count"))


def test_a_charter_that_is_full_is_asked_for_once_more():
    calls = ((1, 10 * HOUR, 10 * HOUR), (2, 13 * HOUR, 13 * HOUR))
    rides = [train(calls, seats=6, fixed=50_000, fare=0)]
    made = problem(RAIL, [demand([0], 3, parties=12)], BOTH, rides)
    (remedy,) = told(made, "capacity")
    assert (remedy.code, value(remedy, "count"), value(remedy, "cost")) == ("more_vehicles", "1", "500.00")
    assert helps(made, remedy)


def test_room_that_the_search_did_not_see_is_no_lack_of_capacity():
    made = problem(LINE, [demand([0], 1, parties=2)], [coach(seats=6, available=1)])
    found = solve(made, LIMITS)
    missed = replace(found, runs=(), itineraries=(), not_served=(NotServed(0, 0, ""), NotServed(0, 1, "")))
    told = explained(made, missed).not_served
    assert [(n.reason, [r.code for r in n.remedies]) for n in told] == [("not_found", ["more_time"])] * 2
    assert solve(apply(made, told[0].remedies[0], 0), LIMITS).not_served == ()


def test_a_full_train_and_a_taken_coach_are_asked_for_together():
    coaches = [coach("F", 0, 12, Role.FEEDER), coach("L", 2, 6, Role.LAST_MILE, available=1)]
    made = by_rail(demand([0], 3, parties=12), coaches=coaches, seats=6)
    (remedy,) = told(made, "capacity")
    assert {remedy.code, *(r.code for r in remedy.also)} == {"more_coaches", "more_seats"}
    assert helps(made, remedy)
    assert not helps(made, replace(remedy, also=()))


# the window


def test_whoever_could_only_arrive_late_is_told_by_when_to_report():
    made = by_rail(demand([0], 3, due=12 * HOUR), day=2)
    remedy = told(made, "no_offer_in_window")[0]
    assert (remedy.code, value(remedy, "days")) == ("longer_horizon", "3")
    assert value(remedy, "at") == "2026-03-01 14:10"
    assert value(remedy, "until") == "2026-03-02 12:00"


def test_a_reporting_time_later_by_some_days_is_enough_and_a_day_less_is_not():
    made = by_rail(demand([0], 3, due=15 * HOUR), day=2)
    remedy = told(made, "no_offer_in_window")[0]
    assert value(remedy, "days") == "2"
    assert helps(made, remedy)
    assert not helps(made, less(remedy, "days"))


def test_whoever_is_ready_too_late_is_told_when_to_be():
    made = by_rail(demand([0], 3, release=2 * DAY + 8 * HOUR, due=3 * DAY - 1))
    remedy = told(made, "no_offer_in_window")[0]
    assert (remedy.code, value(remedy, "days"), value(remedy, "at")) == ("ready_earlier", "2", "2026-02-27 08:20")
    assert helps(made, remedy)
    assert not helps(made, less(remedy, "days"))


def test_both_ends_of_a_window_are_moved_where_one_is_not_enough():
    made = by_rail(demand([0], 3, release=DAY + 8 * HOUR, due=DAY + 9 * HOUR), arrives=50 * HOUR)
    remedy = told(made, "no_offer_in_window")[0]
    assert helps(made, remedy)
    assert not helps(made, replace(remedy, also=()))
    assert not helps(made, remedy.also[0])


def test_a_horizon_that_ends_too_soon_is_named():
    made = problem({"A1": (0, 0), "G1": (1700, 0)}, [demand([0], 1, due=DAY - 1)], [coach(days=(0, 0))], days=1)
    assert told(made, "driving_hours")[0].code == "longer_horizon"
    assert helps(made, told(made, "driving_hours")[0])


# other rules


def test_a_gate_that_opens_just_too_late_is_asked_to_open_sooner():
    hours = {"G1": (15 * HOUR, 18 * HOUR)}
    made = by_rail(demand([0], 3, due=13 * HOUR), departs=8 * HOUR, arrives=11 * HOUR, hours=hours)
    remedy = of_code(told(made, "gate_hours"), "open_gate")
    assert (value(remedy, "opens"), value(remedy, "closes")) == ("13:00", "18:00")
    assert helps(made, remedy)
    assert not helps(made, varied(remedy, opens="13:01"))


def test_a_gate_that_closes_just_too_soon_is_asked_to_stay_open():
    made = by_rail(demand([0], 3, due=20 * HOUR), hours={"G1": (8 * HOUR, 14 * HOUR)})
    remedy = of_code(told(made, "gate_hours"), "open_gate")
    assert (value(remedy, "opens"), value(remedy, "closes")) == ("08:00", "14:10")
    assert helps(made, remedy)
    assert not helps(made, varied(remedy, closes="14:09"))


def test_a_connection_that_lacks_minutes_is_named_with_its_station():
    made = by_rail(demand([0], 3, release=8 * HOUR + 35), departs=10 * HOUR)
    remedy = told(made, "connection")[0]
    assert (remedy.code, value(remedy, "station"), value(remedy, "lacking")) == ("connection", "R1", "15")
    assert value(remedy, "rule") == "policy.connect.coach_to_rail_min"
    assert helps(made, remedy)
    assert not helps(made, varied(remedy, minutes="46"))
    assert dict(left_out(made)[0].about)["lacking"] == "15"


def test_a_connection_after_the_train_is_named_too():
    made = by_rail(demand([0], 3, due=14 * HOUR))
    remedy = told(made, "connection")[0]
    assert (value(remedy, "station"), value(remedy, "lacking"), value(remedy, "minutes")) == ("R2", "10", "20")
    assert helps(made, remedy)
    assert not helps(made, varied(remedy, minutes="21"))


def test_an_earlier_departure_is_offered_beside_a_shorter_connection():
    made = by_rail(demand([0], 3, release=8 * HOUR + 35), departs=10 * HOUR)
    remedy = told(made, "connection")[1]
    assert (remedy.code, value(remedy, "at")) == ("ready_earlier", "2026-02-27 08:20")
    assert helps(made, remedy)


def test_a_coach_that_the_law_makes_late_needs_a_later_reporting_day():
    made = problem({"A1": (0, 0), "G1": (1700, 0)}, [demand([0], 1, release=360, due=1860)], [coach()], days=9)
    remedy = told(made, "driving_hours")[0]
    assert (remedy.code, value(remedy, "days")) == ("report_later", "1")
    assert helps(made, remedy)
    assert not helps(made, less(remedy, "days"))


def test_a_mode_that_must_be_allowed_is_named():
    who = demand([0], 3, barred=[Mode.TRAIN, Mode.FLIGHT])
    made = by_rail(who)
    (remedy,) = told(made, "barred")
    assert (remedy.code, value(remedy, "modes")) == ("allow", "train")
    assert helps(made, remedy)
    assert not helps(made, varied(remedy, modes="flight"))


@pytest.mark.parametrize(("field", "role"), [("direct", "direct"), ("feeder", "feeder"), ("last_mile", "last_mile")])
def test_the_least_limit_on_rides_that_would_do_is_named(field, role):
    limits = RideLimits(**{field: 30})
    if field == "direct":
        made = problem(LINE, [demand([0], 1)], [coach()], ride_limits=limits)
    else:
        made = by_rail(demand([0], 3), ride_limits=limits)
    (remedy,) = told(made, "ride_limit")
    assert (remedy.code, value(remedy, "role")) == ("ride_limit", role)
    assert value(remedy, "minutes") == ("80" if field == "direct" else "40")
    assert helps(made, remedy)
    assert not helps(made, less(remedy, "minutes"))


def test_two_limits_that_stand_in_the_way_together_are_raised_together():
    made = by_rail(demand([0], 3), ride_limits=RideLimits(30, 35, None))
    (remedy,) = told(made, "ride_limit")
    assert [value(r, "minutes") for r in (remedy, *remedy.also)] == ["40", "40"]
    assert helps(made, remedy)
    assert not helps(made, replace(remedy, also=()))


# minimums, parties and bases


def test_a_train_is_told_to_lack_exactly_the_people_it_lacks():
    made = by_rail(demand([0], 3, parties=7), least=10)
    (remedy,) = told(made, "minimum_not_reached")
    assert (remedy.code, value(remedy, "offer")) == ("lower_minimum", "T")
    assert (value(remedy, "missing"), value(remedy, "minimum")) == ("3", "7")
    assert dict(left_out(made)[0].about)["missing"] == "3"
    assert helps(made, remedy)
    assert not helps(made, varied(remedy, minimum="8"))
    more = replace(made.demands[0], parties=tuple((f"X{i}",) for i in range(10)))
    assert left_out(replace(made, demands=(more,))) == []


def test_a_coach_is_told_to_lack_exactly_the_people_it_lacks():
    made = problem(LINE, [demand([0], 1, parties=3)], [coach(seats=20, least=8)])
    (remedy,) = told(made, "minimum_not_reached")
    assert (value(remedy, "of"), value(remedy, "missing"), value(remedy, "minimum")) == ("coach", "5", "3")
    assert helps(made, remedy)
    assert not helps(made, varied(remedy, minimum="4"))


def test_a_party_larger_than_any_vehicle_is_divided_or_given_a_larger_coach():
    made = problem(LINE, [demand([0], 1, size=7)], [coach(seats=4)])
    split, larger = told(made, "party_too_large")
    assert (split.code, value(split, "groups"), value(split, "most")) == ("split", "2", "4")
    assert (larger.code, value(larger, "seats")) == ("new_coach", "7")
    divided = solve(apply(made, split, 0), LIMITS)
    assert divided.not_served == ()
    assert helps(made, larger)
    assert not helps(made, varied(larger, seats="6"))
    assert solve(apply(made, varied(split, most="5"), 0), LIMITS).not_served


def test_a_base_just_too_far_is_named_by_the_kilometres_that_would_do():
    places = {"A1": (0, 0), "G1": (100, 0), "R1": (0, 179.5)}
    made = problem(places, [demand([0], 1)], [coach(base=2)])
    wider, asked = told(made, "no_coach_near")
    assert (wider.code, value(wider, "km")) == ("base_km", "180")
    assert helps(made, wider)
    assert not helps(made, less(wider, "km"))
    assert (asked.code, value(asked, "stop"), value(asked, "date")) == ("new_coach", "A1", "2026-02-27")
    assert helps(made, asked)


def test_whom_nothing_on_offer_reaches_is_told_which_coach_to_ask_for():
    made = problem(LINE, [demand([0], 1, parties=5)])
    (remedy,) = told(made, "no_offer")
    assert (remedy.code, value(remedy, "count"), value(remedy, "seats")) == ("new_coach", "1", "5")
    assert helps(made, remedy)
    assert not helps(made, less(remedy, "seats"))


def test_a_second_rule_behind_the_first_is_changed_beside_it():
    """A barred train that arrives a day late besides."""
    made = by_rail(demand([0], 3, due=15 * HOUR, barred=[Mode.TRAIN]), day=1)
    (remedy,) = told(made, "barred")
    assert [r.code for r in (remedy, *remedy.also)] == ["report_later", "allow"]
    assert helps(made, remedy)
    assert not helps(made, replace(remedy, also=()))
    assert not helps(made, remedy.also[0])


def test_room_that_a_remedy_needs_is_asked_for_with_it():
    """The hours of a gate would let one more person arrive, on a train that others fill."""
    places = RAIL | {"G2": (600, 1)}
    calls = ((1, 10 * HOUR, 10 * HOUR), (2, 13 * HOUR, 13 * HOUR))
    who = [demand([0], 3, due=20 * HOUR), demand([0], 4, parties=4, due=20 * HOUR)]
    made = problem(places, who, BOTH, [train(calls, seats=4)], hours={"G1": (8 * HOUR, 14 * HOUR)})
    remedy = of_code(told(made, "gate_hours"), "open_gate")
    assert [r.code for r in remedy.also] == ["more_seats"]
    assert solve(apply(made, remedy, 0), LIMITS).not_served == ()


def test_a_new_coach_costs_what_the_offers_do():
    made = problem(LINE, [demand([0], 1)], [coach(base=0, role=Role.FEEDER)])
    coaches = apply(made, Remedy("new_coach", (("count", "1"), ("seats", "5"), ("at", "0"), ("day", "0"))), 0).coaches
    assert coaches[1] == CoachType("", Role.TRUNK, 5, 1, 0, 0, 0, 20_000, 500, 3_000, 0, 0)


@pytest.mark.parametrize("seed", range(12))
def test_on_random_operations_each_remedy_carries_its_group_or_as_many_others(seed):
    """Hours, connections and limits change for others too, whom the plan may then prefer."""
    made = random_problem(seed)
    before = solve(made, LIMITS)
    first = {n.demand: n for n in reversed(before.not_served)}
    for d, party in first.items():
        group = [n for n in before.not_served if n.demand == d]
        assert party.reason
        assert party.remedies
        for remedy in party.remedies:
            if remedy.code == "more_time":
                continue
            changed = apply(made, remedy, d)
            after = solve(changed, LIMITS)
            served = not any(n.demand == d for n in after.not_served)
            assert served or people(changed, after) <= people(made, before) - len(group) * made.demands[d].party_size


def people(made, result):
    return sum(made.demands[n.demand].party_size for n in result.not_served)
