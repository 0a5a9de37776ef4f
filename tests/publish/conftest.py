"""A real browser with the network cut, and plans whose every text means harm."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from dispatch.publish.view import View, build_view
from tests.publish.sample_plan import HOSTILE_NAMES, sample

CHROMIUM = Path("/usr/bin/chromium")
HARM = (
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(2)</script>",
    "${alert(3)}`${alert(4)}`\\",
    "{{ 7*7 }}{% raw %}{#",
)


@dataclass
class Visit:
    """What a page did while it was open."""

    page: object
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


@pytest.fixture(scope="session")
def browser() -> Iterator[object]:
    if not CHROMIUM.exists():
        pytest.skip("needs Chromium at /usr/bin/chromium")
    api = pytest.importorskip("playwright.sync_api")
    with api.sync_playwright() as play:
        running = play.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        yield running
        running.close()


@pytest.fixture
def visit(browser) -> Callable[..., AbstractContextManager[Visit]]:
    """Open a file with all but itself unreachable; fails the test if the page asks, complains or opens dialogs."""

    @contextmanager
    def open_page(path: Path, width: int = 1200, clock: object = None) -> Iterator[Visit]:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, offline=True, timezone_id="Asia/Shanghai"
        )
        page = context.new_page()
        seen = Visit(page)
        if clock is not None:
            page.clock.set_fixed_time(clock)
        page.on("request", lambda r: seen.requests.append(r.url) if not r.url.startswith("data:") else None)
        page.on("console", lambda m: seen.complaints.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: seen.complaints.append(str(error)))
        page.on("dialog", lambda dialog: (seen.complaints.append(f"dialog {dialog.message}"), dialog.dismiss()))
        page.goto(path.as_uri())
        yield seen
        page.wait_for_timeout(100)
        assert seen.requests == [path.as_uri()]
        assert seen.complaints == []
        context.close()

    return open_page


@pytest.fixture
def harmful_view(tmp_path: Path) -> tuple[View, object]:
    """The sample plan with harm in every text that comes from the user's files."""
    plan, inputs, settings = sample(tmp_path)
    bad = dict(zip(("S4", "R1", "R2", "E1"), HARM, strict=True))

    def call(c):
        return replace(c, stop_name=bad.get(c.stop_id, c.stop_name))

    trips = tuple(
        replace(t, operator=HARM[1], vehicle=HARM[i % 4], calls=tuple(map(call, t.calls)))
        for i, t in enumerate(plan.trips)
    )
    employers = tuple(
        replace(e, name=HARM[i % 4] + e.name, district=HARM[(i + 1) % 4], city=HARM[2] if e.city == "上海" else HARM[0])
        for i, e in enumerate(inputs.employers)
    )
    stops = tuple(replace(s, name=bad.get(s.stop_id, s.name), district=HARM[i % 4]) for i, s in enumerate(inputs.stops))
    county = {
        w.home.county_name: HARM[2 - n] for n, w in enumerate({w.home.county_name: w for w in inputs.workers}.values())
    }
    workers = tuple(
        replace(w, funding=HARM[i % 4], home=replace(w.home, county_name=county[w.home.county_name]))
        for i, w in enumerate(inputs.workers)
    )
    costs = tuple(
        replace(
            c,
            sending_county=county[c.sending_county],
            receiving_city=HARM[2] if c.receiving_city == "上海" else HARM[0],
        )
        for c in plan.costs
    )
    left = tuple(replace(u, reason=HARM[0], detail=HARM[1], remedy=HARM[2]) for u in plan.unserved)
    plan = replace(plan, name=HARM[1], trips=trips, costs=costs, unserved=left)
    return build_view(plan, replace(inputs, employers=employers, stops=stops, workers=workers), settings), settings


@pytest.fixture
def secrets(tmp_path: Path) -> list[str]:
    """Full names, ID numbers and phones of everybody; names of one character or shared with harm elsewhere stay out."""
    _, inputs, _ = sample(tmp_path)
    names = {w.name for w in inputs.workers if w.name not in HOSTILE_NAMES} | {HOSTILE_NAMES[-1]}
    return sorted(names | {w.id_number for w in inputs.workers} | {w.phone for w in inputs.workers})
