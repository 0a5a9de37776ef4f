"""Ways to break a valid bundle, each with the rule that must notice; they work on any bundle, small or real.

``broken(name, folder, into, inputs, settings)`` writes the broken bundle and returns the inputs and settings to audit
it with: some breaches are made in the bundle, some by inputs that no longer allow what the bundle does. A mutation that
finds nothing to break in a bundle (no rest, no train ...) raises ``NotApplicableError``.
"""

import damage_bound  # noqa: F401  each family registers itself
import damage_coaches  # noqa: F401
import damage_files  # noqa: F401
import damage_journeys  # noqa: F401
import damage_money  # noqa: F401
import damage_offers  # noqa: F401
import damage_seats  # noqa: F401
import damage_squares  # noqa: F401
from damage import MUTATIONS, NotApplicableError, broken

__all__ = ["MUTATIONS", "NotApplicableError", "broken"]
