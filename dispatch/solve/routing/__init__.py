"""Vehicles for one hub: feeders to a station, last miles from it, round trips of a depot (heterogeneous fleet VRP).

``route(problem, stop, seed)`` answers; ``feeder_problem`` and ``last_mile_problem`` make the question out of a plan's
parts. PyVRP searches (N. A. Wouda, L. Lan, W. Kool, PyVRP: a high-performance VRP solver package, *INFORMS Journal on
Computing* 2024); what it finds is timed, priced and checked by code of this package that uses none of its own.
"""

from dispatch.solve.routing.check import violations
from dispatch.solve.routing.model import MISSING, NEVER, Request, Routes, RoutingProblem, Shape, Trip, Vehicle, Visit
from dispatch.solve.routing.search import Stop, route
from dispatch.solve.routing.stations import Riders, feeder_problem, last_mile_problem

__all__ = [
    "MISSING",
    "NEVER",
    "Request",
    "Riders",
    "Routes",
    "RoutingProblem",
    "Shape",
    "Stop",
    "Trip",
    "Vehicle",
    "Visit",
    "feeder_problem",
    "last_mile_problem",
    "route",
    "violations",
]
