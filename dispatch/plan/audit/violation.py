"""What the audit finds."""

from __future__ import annotations

from dataclasses import dataclass

from dispatch.language import Language, text


@dataclass(frozen=True, slots=True)
class Violation:
    """One breach: the rule's id, the trip, person, offer or file it concerns, and the numbers that show it.

    The wording is the catalogue's ``audit.RULE``, filled with ``subject`` and ``params``.
    """

    rule: str
    subject: str
    params: tuple[tuple[str, str], ...] = ()


def found(rule: str, subject: str, **params: object) -> Violation:
    """A violation with its numbers as the reader will see them."""
    return Violation(rule, subject, tuple((name, str(value)) for name, value in params.items()))


def describe(violation: Violation, language: Language) -> str:
    """The violation as a sentence."""
    return text(language, f"audit.{violation.rule}", subject=violation.subject, **dict(violation.params))
