"""The wording of findings."""

from __future__ import annotations

from collections.abc import Mapping

from dispatch.language import Language, text
from dispatch.model.notice import Notice


def _place(values: Mapping[str, str], language: Language) -> str:
    """The other row that a finding speaks of, with its sheet and file where they are not the finding's own."""
    file, sheet = values.get("first_file", ""), values.get("first_sheet", "")
    both = ("place.file_sheet", "place.file") if file else ("place.sheet", "place.row")
    key = both[0] if sheet else both[1]
    return text(language, f"notices.{key}", row=values["first"], sheet=sheet, file=file)


def describe(notice: Notice, language: Language) -> tuple[str, str]:
    """What is wrong and what to do about it; raises ``KeyError`` for a code or parameter nobody worded."""
    values = {"value": notice.value, **dict(notice.params)}
    if "first" in values:
        values["first"] = _place(values, language)
    remedy = text(language, f"notices.{notice.code}.remedy", **values)
    what = text(language, f"notices.{notice.code}", **values)
    if not notice.suggestions:
        return what, text(language, "notices.plain", remedy=remedy)
    names = ("、" if language == "zh" else ", ").join(notice.suggestions)
    return what, text(language, "notices.nearest", remedy=remedy, names=names)
