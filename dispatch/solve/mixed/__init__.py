"""Mixed loads: several pick-ups and several gates on one vehicle, routed by ruin and recreate of our own."""

from dispatch.solve.mixed.instance import MixedInstance, VehicleType
from dispatch.solve.mixed.route import MixedLimits, MixedRoutes, route_mixed

__all__ = ["MixedInstance", "MixedLimits", "MixedRoutes", "VehicleType", "route_mixed"]
