"""What a trip costs and who bears it, to the fen."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import floor

from dispatch.model.supply import Offer

Bearer = tuple[str, str, str]  # sending county, receiving city, employer


def trip_cost_fen(offer: Offer, distance_m: int, minutes: int, passengers: int) -> int:
    """``fixed + km * distance + hour * hours + seat * passengers`` in fen, rounded half up once."""
    exact = offer.fixed_fen + offer.seat_fen * passengers
    exact_rest = Fraction(offer.km_fen * distance_m, 1000) + Fraction(offer.hour_fen * minutes, 60)
    return half_up(exact + exact_rest)


def half_up(amount: Fraction | int) -> int:
    """The nearest integer, halves upwards."""
    return floor(Fraction(amount) + Fraction(1, 2))


def shares(cost_fen: int, heads: Mapping[Bearer, int]) -> dict[Bearer, int]:
    """A trip's cost split by heads; remainders go to the largest fractions, ties by name, so that the sum is exact."""
    total = sum(heads.values())
    exact = {bearer: Fraction(cost_fen * n, total) for bearer, n in heads.items()}
    split = {bearer: floor(part) for bearer, part in exact.items()}
    left = cost_fen - sum(split.values())
    for bearer in sorted(exact, key=lambda b: (split[b] - exact[b], b))[:left]:
        split[bearer] += 1
    return split
