"""Calendars that go on from those published before: a change raises SEQUENCE, and nothing else does."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from icalendar import Calendar

from dispatch.publish import publish
from dispatch.publish.arrivals import write_arrivals
from dispatch.publish.view import build_view
from tests.publish.sample_plan import ZONE, sample

ARRIVALS = frozenset({"arrivals"})
GOLDEN = Path(__file__).parent / "golden" / "arrivals_qingdao.ics"
LATER = timedelta(minutes=25)


class Office:
    """Publishes one plan after another from the same workspace."""

    def __init__(self, folder):
        self.plan, self.inputs, self.settings = sample(folder)
        self.out = self.settings.out / "arrivals"

    def publish(self, language="zh", formats=None, **changes):
        formats = formats or self.settings.publish.formats
        plan, publishing = replace(self.plan, **changes), {"language": language, "formats": formats}
        settings = self.settings.model_copy(update={"publish": self.settings.publish.model_copy(update=publishing)})
        publish(plan, self.inputs, settings, only=ARRIVALS, unmask=False, progress=lambda *_: None)
        return plan

    def next(self, **changes):
        made_at = changes.pop("made_at", self.plan.made_at + timedelta(days=1))
        return self.publish(revision=4, made_at=made_at, **changes)

    def without(self, *trip_ids):
        """The plan's trips and legs without everybody who rides any of these."""
        riders = {leg.worker_id for leg in self.plan.legs if leg.trip_id in trip_ids}
        legs = tuple(leg for leg in self.plan.legs if leg.worker_id not in riders)
        used = {leg.trip_id for leg in legs}
        return {"legs": legs, "trips": tuple(t for t in self.plan.trips if t.trip_id in used)}

    def late(self, trip_id, seq):
        """The plan's trips, one of them late at one call."""

        def moved(call):
            return replace(call, arrives_at=call.arrives_at + LATER) if call.seq == seq else call

        return tuple(
            replace(t, calls=tuple(map(moved, t.calls))) if t.trip_id == trip_id else t for t in self.plan.trips
        )

    def file(self, city):
        return self.out / city / "arrivals.ics"

    def events(self, city):
        calendar = Calendar.from_ical(self.file(city).read_bytes())
        return {str(e["uid"]): e for e in calendar.walk("VEVENT")}

    def at(self, city, place):
        return next(e for e in self.events(city).values() if e["location"] == place)


@pytest.fixture
def office(tmp_path):
    made = Office(tmp_path)
    made.publish()
    return made


def _bytes(event):
    return event.to_ical()


def test_the_calendar_is_as_agreed(office):
    assert office.file("青岛").read_bytes() == GOLDEN.read_bytes()


def test_times_are_utc_and_every_event_has_what_programs_need(office):
    for city in ("青岛", "上海"):
        calendar = Calendar.from_ical(office.file(city).read_bytes())
        assert (calendar["version"], calendar["method"]) == ("2.0", "PUBLISH")
        for event in calendar.walk("VEVENT"):
            written = [event[key].to_ical() for key in ("dtstart", "dtend", "dtstamp")]
            assert all(instant.endswith(b"Z") for instant in written)
            assert event["dtstart"].dt < event["dtend"].dt
            assert event["status"] == "CONFIRMED"
    assert office.at("青岛", "青岛北站")["dtstart"].dt == datetime(2023, 2, 1, 13, 30, tzinfo=UTC)


def test_lines_end_as_the_standard_says_and_are_never_too_long(office):
    content = office.file("青岛").read_bytes()
    lines = content.split(b"\r\n")
    assert lines[-1] == b"" and b"\n" not in b"".join(lines)
    assert max(map(len, lines)) <= 75


def test_publishing_a_revision_again_gives_the_same_bytes(office):
    before = {city: office.file(city).read_bytes() for city in ("青岛", "上海")}
    office.publish()
    assert {city: office.file(city).read_bytes() for city in before} == before


def test_publishing_a_later_revision_again_gives_the_same_bytes(office):
    office.next(**office.without("D-1"))
    before = {city: office.file(city).read_bytes() for city in ("青岛", "上海")}
    office.next(**office.without("D-1"))
    assert {city: office.file(city).read_bytes() for city in before} == before


def test_an_unchanged_arrival_is_written_as_it_was(office):
    before = office.events("青岛") | office.events("上海")
    office.next()
    after = office.events("青岛") | office.events("上海")
    assert {uid: _bytes(e) for uid, e in after.items()} == {uid: _bytes(e) for uid, e in before.items()}
    assert "第4版" in office.file("青岛").read_text("utf-8").replace("\n ", "")


def test_a_retimed_arrival_keeps_its_uid_and_raises_the_sequence_alone(office):
    old, other = office.at("青岛", "青岛北站"), _bytes(office.at("上海", "上海松江服装厂"))
    office.next(trips=office.late("T-G2093-0201", 2))
    new = office.at("青岛", "青岛北站")
    assert new["uid"] == old["uid"]
    assert new["sequence"] > old["sequence"]
    assert new["dtstamp"].dt - old["dtstamp"].dt == timedelta(days=1)
    assert new["dtstart"].dt - old["dtstart"].dt == LATER
    assert _bytes(office.at("上海", "上海松江服装厂")) == other


def test_a_coach_that_reaches_its_gate_later_is_a_change_of_the_arrival_it_meets(office):
    old = office.at("青岛", "青岛北站")
    office.next(trips=office.late("L-1", 2))
    assert office.at("青岛", "青岛北站")["sequence"] > old["sequence"]


def test_another_count_is_a_change(office):
    gone = next(leg.worker_id for leg in office.plan.legs if leg.trip_id == "T-G2093-0201")
    old = office.at("青岛", "青岛北站")
    office.next(legs=tuple(leg for leg in office.plan.legs if leg.worker_id != gone))
    new = office.at("青岛", "青岛北站")
    assert "37" in new["summary"]
    assert new["sequence"] > old["sequence"]


def test_another_place_cancels_the_old_one(office):
    def moved(call):
        return replace(call, stop_id="R3", stop_name="青岛站") if call.stop_id == "R2" else call

    trips = tuple(replace(t, calls=tuple(map(moved, t.calls))) for t in office.plan.trips)
    office.next(trips=trips)
    states = {str(e["location"]): str(e["status"]) for e in office.events("青岛").values()}
    assert states == {"青岛站": "CONFIRMED", "青岛北站": "CANCELLED"}


def test_an_arrival_that_no_longer_comes_is_cancelled_under_its_uid(office):
    old = office.at("青岛", "青岛北站")
    office.next(**office.without("T-G2093-0201"))
    new = office.events("青岛")[str(old["uid"])]
    assert new["status"] == "CANCELLED"
    assert new["sequence"] > old["sequence"]
    assert (new["dtstart"].dt, new["location"]) == (old["dtstart"].dt, old["location"])


def test_a_city_that_nobody_goes_to_any_more_gets_a_calendar_of_cancellations_and_nothing_else(office):
    office.next(**office.without("D-1"))
    assert [p.name for p in (office.out / "上海").iterdir()] == ["arrivals.ics"]
    assert {str(e["status"]) for e in office.events("上海").values()} == {"CANCELLED"}
    assert "上海" not in (office.out / "index.html").read_text("utf-8")


def test_a_cancelled_arrival_stays_cancelled_without_a_further_change(office):
    office.next(**office.without("D-1"))
    cancelled = {uid: _bytes(e) for uid, e in office.events("上海").items()}
    later = office.plan.made_at + timedelta(days=2)
    office.publish(revision=5, made_at=later, **office.without("D-1"))
    assert {uid: _bytes(e) for uid, e in office.events("上海").items()} == cancelled


def test_a_cancelled_arrival_may_come_back(office):
    old = office.at("上海", "上海松江服装厂")
    office.next(**office.without("D-1"))
    office.publish(revision=5)
    new = office.at("上海", "上海松江服装厂")
    assert new["status"] == "CONFIRMED"
    assert new["sequence"] > old["sequence"] + 1


def test_what_was_over_when_the_plan_was_made_is_not_cancelled(office):
    office.next(made_at=datetime(2023, 2, 3, tzinfo=ZONE), **office.without("D-1"))
    assert not office.file("上海").exists()


def test_the_same_revision_published_with_mended_inputs_raises_the_sequence_once(office):
    old = office.at("青岛", "青岛北站")
    office.inputs = replace(
        office.inputs, employers=tuple(replace(e, district="即墨区") for e in office.inputs.employers)
    )
    office.publish()
    new = office.at("青岛", "青岛北站")
    assert new["sequence"] == old["sequence"] + 1
    office.publish()
    assert _bytes(office.at("青岛", "青岛北站")) == _bytes(new)


def test_publications_without_calendars_forget_nothing_of_what_was_announced(office):
    old = office.at("上海", "上海松江服装厂")
    for _ in range(2):
        office.publish(formats=("html", "csv"))
        assert sorted(p.name for p in office.file("上海").parent.iterdir()) == ["arrivals.csv", "index.html"]
    office.next(formats=("html",), **office.without("D-1"))
    office.next(**office.without("D-1"))
    gone = office.at("上海", "上海松江服装厂")
    assert (gone["uid"], gone["status"], gone["sequence"] > old["sequence"]) == (old["uid"], "CANCELLED", True)
    assert not (office.out / ".announced").exists()


def test_what_did_not_change_while_there_were_no_calendars_comes_back_as_it_was(office):
    old = office.at("青岛", "青岛北站")
    office.next(formats=("html",))
    office.next()
    assert _bytes(office.at("青岛", "青岛北站")) == _bytes(old)


def test_another_language_is_no_change(office):
    before = office.file("青岛").read_bytes()
    old = office.at("青岛", "青岛北站")
    office.publish("en")
    new = office.at("青岛", "青岛北站")
    assert (new["sequence"], new["dtstamp"].dt) == (old["sequence"], old["dtstamp"].dt)
    assert "arrives at" in new["summary"]
    office.publish("zh")
    assert office.file("青岛").read_bytes() == before


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: b"",
        lambda content: b"\xff\xfe" + content,
        lambda content: content[: len(content) // 2],
        lambda content: content.replace(b"DTSTART", b"DTSTOP"),
        lambda content: content.replace(b"T133000Z", b"T99"),
        lambda content: content.replace(b"SEQUENCE:3", b"SEQUENCE:three"),
        lambda content: b"<html>no calendar</html>",
        lambda content: content.replace(b"X-DISPATCH-PLAN:sample", b"X-DISPATCH-PLAN:another"),
        lambda content: content.replace(b"\r\nX-DISPATCH", b"\r\nX-SOMETHING"),
    ],
)
def test_an_earlier_calendar_that_is_damaged_or_of_another_plan_counts_as_none(office, damage):
    old = office.at("青岛", "青岛北站")
    office.file("青岛").write_bytes(damage(office.file("青岛").read_bytes()))
    office.next()
    assert len(office.events("青岛")) == 1
    assert office.at("青岛", "青岛北站")["sequence"] > old["sequence"]


def test_a_lost_calendar_does_not_take_the_sequence_back(office):
    old = office.at("青岛", "青岛北站")
    office.file("青岛").unlink()
    office.next()
    new = office.at("青岛", "青岛北站")
    assert (new["uid"], new["sequence"] > old["sequence"]) == (old["uid"], True)


def test_a_failed_run_forgets_nothing_of_what_was_announced(office):
    before = office.file("上海").read_bytes()
    with pytest.raises(KeyError):
        office.next(legs=(replace(office.plan.legs[0], worker_id="nobody"),))
    assert office.file("上海").read_bytes() == before


def test_two_vehicles_of_one_quote_at_one_place_are_two_events(office, tmp_path):
    view = build_view(office.plan, office.inputs, office.settings)
    twin = replace(view.trips["D-1"], trip_id="D-2")
    legs = tuple(
        replace(leg, trip_id="D-2") if leg.trip_id == "D-1" and leg.worker_id[-1] in "02468" else leg
        for leg in office.plan.legs
    )
    office.publish(trips=(*office.plan.trips, twin), legs=legs)
    assert len(office.events("上海")) == 4


def test_texts_that_mean_harm_stay_one_value(harmful_view, tmp_path):
    view, settings = harmful_view
    files = [p for p in write_arrivals(view, tmp_path / "harm", settings) if p.suffix == ".ics"]
    for path in files:
        names = {line.split(b":")[0].split(b";")[0] for line in path.read_bytes().replace(b"\r\n ", b"").splitlines()}
        assert names <= {
            b"BEGIN", b"END", b"PRODID", b"VERSION", b"METHOD", b"X-WR-CALNAME", b"X-WR-CALDESC", b"X-DISPATCH-PLAN",
            b"X-DISPATCH-CITY", b"X-DISPATCH-FACTS", b"X-DISPATCH-REVISION", b"UID", b"SEQUENCE", b"STATUS", b"DTSTAMP",
            b"DTSTART", b"DTEND", b"SUMMARY", b"LOCATION", b"GEO", b"DESCRIPTION",
        }  # fmt: skip
