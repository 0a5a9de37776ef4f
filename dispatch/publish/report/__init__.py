"""One page for the office's leader: how many go, what it costs, what is left, what is due when."""

from __future__ import annotations

from math import ceil
from pathlib import Path

from dispatch.config import Settings
from dispatch.language import text
from dispatch.model.supply import Mode
from dispatch.publish.pages import day_name, page_text, render, stamp, whole_percent
from dispatch.publish.privacy import Audience
from dispatch.publish.report import calendar, charts, figures, spending
from dispatch.publish.view import View

OPEN_ROWS = 10  # of nights and deadlines; later ones are folded


def write_report(view: View, folder: Path, settings: Settings) -> list[Path]:
    """Write ``report.html`` into ``folder``; returns it in a list. Raises ``OSError`` when writing fails."""
    deadlines = calendar.deadlines(view)
    page = render(
        "report/report.html",
        view,
        "report",
        stamp=stamp(view, Audience.OFFICE),
        people=figures.people(view),
        total=figures.total_fen(view),
        **_pictured(view),
        county=spending.by_county(view),
        city=spending.by_city(view),
        employer=spending.by_employer(view),
        funding=spending.by_funding(view),
        reasons=figures.reasons(view),
        left_out=figures.left_out(view),
        nights=calendar.nights(view),
        deadlines=deadlines,
        overdue=sum(line.late for line in deadlines),
        open_rows=OPEN_ROWS,
        quality=figures.quality(view),
        hours_price=f"{settings.objective.value_of_time_per_hour:g}",
        money=lambda fen: money(view, fen),
        yuan=exact,
        percent=whole_percent,
        at_most=lambda share: whole_percent(ceil(round(1000 * share, 6)) / 1000),
        day=lambda day: day_name(view.language, day),
        reason=lambda code: reason(view, code),
    )
    path = folder / "report.html"
    path.write_text(page, encoding="utf-8", newline="\n")
    return [path]


def _pictured(view: View) -> dict[str, object]:
    """What is both a table and a chart."""
    days, fleet, total = figures.departures_by_day(view), figures.fleet(view), figures.total_fen(view)
    named = [
        (f"{text(view.language, f'pages.mode.{x.mode}')} {text(view.language, f'report.role.{x.role}')}", x)
        for x in fleet
    ]
    shares = [(name, x.mode, x.cost_fen / total if total else 0.0, x.cost_fen) for name, x in named]
    drawings = {
        "days": charts.columns(days),
        "cost": charts.bars(
            (n, m, share, f"{money(view, fen)} · {whole_percent(share)}") for n, m, share, fen in shares
        ),
        "load": charts.bars((n, x.mode, x.load, whole_percent(x.load)) for n, x in named if x.load is not None),
    }
    modes = [mode for mode in Mode if any(heads[mode] for _, heads in days)]
    return {"days": days, "fleet": fleet, "charts": drawings, "modes": modes}


def money(view: View, amount_fen: int) -> str:
    """An amount as a leader reads it: ``12.35万元`` or ``CNY 123,457``, small ones in whole yuan."""
    t, yuan = page_text(view.language, "report"), amount_fen / 100
    if view.language == "zh" and abs(yuan) >= 10_000:
        return t("money.large", amount=f"{yuan / 10_000:,.2f}")
    return t("money", amount=f"{yuan:,.0f}")


def exact(amount_fen: int) -> str:
    """An amount to the fen, as tables have it: ``1,234,567.89``."""
    yuan, fen = divmod(amount_fen, 100)
    return f"{yuan:,}.{fen:02d}"


def reason(view: View, code: str) -> str:
    """The wording of a reason code, or the code itself where a later solver brings one that nobody has worded yet."""
    try:
        return text(view.language, f"reasons.{code}")
    except KeyError:
        return code
