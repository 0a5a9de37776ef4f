"""The wording of findings."""

from __future__ import annotations

from dispatch.language import Language, text
from dispatch.model.notice import Notice


def describe(notice: Notice, language: Language) -> tuple[str, str]:
    """What is wrong and what to do about it; raises ``KeyError`` for a code or parameter nobody worded."""
    values = {"value": notice.value, **dict(notice.params)}
    remedy = text(language, f"notices.{notice.code}.remedy", **values)
    what = text(language, f"notices.{notice.code}", **values)
    if not notice.suggestions:
        return what, text(language, "notices.plain", remedy=remedy)
    names = ("、" if language == "zh" else ", ").join(notice.suggestions)
    return what, text(language, "notices.nearest", remedy=remedy, names=names)
