"""What the audit finds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from dispatch.language import Language, text
from dispatch.model.supply import Mode, Role

WORDED = {"mode", "form"}  # parameters made of the words for modes and roles
WORDS = {*Mode, *Role}


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
    return Violation(rule, subject, tuple((name, _shown(value)) for name, value in params.items()))


def _shown(value: object) -> str:
    return f"{value:%Y-%m-%d %H:%M}" if isinstance(value, datetime) else str(value)


def describe(violation: Violation, language: Language) -> str:
    """The violation as a sentence."""
    params = {name: _worded(value, language) if name in WORDED else value for name, value in violation.params}
    return text(language, f"audit.{violation.rule}", subject=violation.subject, **params)


def _worded(value: str, language: Language) -> str:
    return " ".join(text(language, f"audit.word.{w}") if w in WORDS else w for w in value.split(" "))
