"""Costs and summaries that do not add up."""

from dataclasses import replace

from damage import breaks


@breaks("cost.trip")
def a_trip_costs_five_fen_more(c):
    c.trips[0]["cost"] = f"{float(c.trips[0]['cost']) + 0.05:.2f}"


@breaks("cost.sum")
def the_shares_are_one_fen_off(c):
    c.tables["costs"][0]["cost"] = f"{float(c.tables['costs'][0]['cost']) + 0.01:.2f}"


@breaks("cost.sum")
def a_share_is_missing(c):
    c.tables["costs"].pop()


@breaks("cost.people")
def another_county_pays(c):
    c.tables["costs"][0]["sending_county"] += "?"


@breaks("cost.people")
def a_share_counts_one_more(c):
    c.tables["costs"][0]["passengers"] = str(int(c.tables["costs"][0]["passengers"]) + 1)


@breaks("cost.stray")
def a_trip_that_never_ran_is_paid(c):
    c.tables["costs"].append(c.tables["costs"][0] | {"trip_id": "nowhere"})


@breaks("summary.counts")
def one_more_is_served(c):
    c.summary["served"] += 1


@breaks("summary.counts")
def one_row_of_the_roster_is_forgotten(c):
    c.summary["rostered"] -= 1


@breaks("summary.counts")
def a_split_is_confessed(c):
    c.summary["splits"] += 1


@breaks("summary.objective")
def the_objective_is_a_yuan_lower(c):
    c.summary["objective"] = float(c.summary["objective"]) - 1


@breaks("summary.passenger_hours")
def an_hour_is_lost(c):
    c.summary["passenger_hours"] = float(c.summary["passenger_hours"]) - 1


@breaks("summary.cost_by_mode")
def trains_are_free(c):
    c.summary["cost_by_mode"][c.coach()["mode"]] = 0


@breaks("summary.bound")
def the_bound_lies_above_the_objective(c):
    c.summary["lower_bound"] = float(c.summary["objective"]) + 0.02


@breaks("summary.bound")
def the_trunks_bound_lies_above_its_objective(c):
    c.summary["trunk"] = {"objective": 100, "lower_bound": 100.02, "gap": -0.0002}


@breaks("summary.gap")
def the_gap_is_flattered(c):
    c.summary["gap"] = float(c.summary["gap"]) - 0.001


@breaks("summary.unserved_bound")
def fewer_cannot_be_left_out_yet_are(c):
    c.summary["unserved_lower_bound"] = int(c.summary["unserved"]) + 1


@breaks("summary.status")
def a_stage_is_perfect(c):
    c.summary["status"] = {**c.summary["status"], "search": "perfect"}


@breaks("summary.inputs")
def an_input_was_altered(c):
    name = min(c.inputs.sha256)
    c.inputs = replace(c.inputs, sha256=c.inputs.sha256 | {name: "0" * 64})


@breaks("summary.inputs")
def the_settings_were_altered(c):
    solver = c.settings.solver.model_copy(update={"seed": c.settings.solver.seed + 1})
    c.settings = c.settings.model_copy(update={"sha256": "1" * 64, "solver": solver})


@breaks("summary.keys")
def nobody_says_what_the_bound_covers(c):
    c.summary["bound_scope"] = ""


@breaks("summary.keys")
def the_bound_is_not_a_number(c):
    c.summary["lower_bound"] = float("nan")
