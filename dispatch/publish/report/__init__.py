"""One page for the office's leader: how many go, what it costs, what is left, what is due when."""

from __future__ import annotations

from math import ceil
from pathlib import Path

from dispatch.config import Settings
from dispatch.language import text
from dispatch.publish.pages import day_name, page_text, render, stamp, whole_percent
from dispatch.publish.privacy import Audience
from dispatch.publish.report import figures
from dispatch.publish.view import View


def write_report(view: View, folder: Path, settings: Settings) -> list[Path]:
    """Write ``report.html`` into ``folder``; returns it in a list. Raises ``OSError`` when writing fails."""
    page = render(
        "report/report.html",
        view,
        "report",
        stamp=stamp(view, Audience.OFFICE),
        people=figures.people(view),
        total=figures.total_fen(view),
        fleet=figures.fleet(view),
        places={"county": figures.by_county(view), "city": figures.by_city(view)},
        days=figures.departures_by_day(view),
        reasons=figures.reasons(view),
        night=figures.night_arrivals(view),
        deadlines=figures.deadlines(view),
        funding=figures.funding(view),
        quality=figures.quality(view),
        hours_price=f"{settings.objective.value_of_time_per_hour:g}",
        money=lambda fen: money(view, fen),
        percent=whole_percent,
        at_most=lambda share: whole_percent(ceil(round(1000 * share, 6)) / 1000),
        day=lambda day: day_name(view.language, day),
        reason=lambda code: reason(view, code),
    )
    path = folder / "report.html"
    path.write_text(page, encoding="utf-8", newline="\n")
    return [path]


def money(view: View, amount_fen: int) -> str:
    """An amount as a leader reads it: ``12.35万元`` or ``CNY 123,457``, small ones in whole yuan."""
    t, yuan = page_text(view.language, "report"), amount_fen / 100
    if view.language == "zh" and abs(yuan) >= 10_000:
        return t("money.large", amount=f"{yuan / 10_000:,.2f}")
    return t("money", amount=f"{yuan:,.0f}")


def reason(view: View, code: str) -> str:
    """The wording of a reason code, or the code itself where a later solver brings one that nobody has worded yet."""
    try:
        return text(view.language, f"reasons.{code}")
    except KeyError:
        return code
