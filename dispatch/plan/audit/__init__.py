"""The audit: every rule re-derived from a bundle's files and the inputs, with no code of the network or the solver."""

from dispatch.plan.audit.road import Road, stated_road
from dispatch.plan.audit.run import audit_bundle
from dispatch.plan.audit.violation import Violation, describe

__all__ = ["Road", "Violation", "audit_bundle", "describe", "stated_road"]
