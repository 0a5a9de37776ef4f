"""A road server's times: whole tables in blocks, patience, memory, and no silent wrong answer."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
from fake_router import road, running

from dispatch.config import Settings, TravelServer
from dispatch.errors import RoadServerError, StorageError
from dispatch.geo.servers import RoadServer, blocks
from dispatch.geo.travel import road_times
from dispatch.model.demand import TravelEntry
from dispatch.model.supply import Stop, StopKind
from dispatch.model.units import Position

KINDS = pytest.mark.parametrize("kind", ["valhalla", "osrm"])


def stop(k, lat=None, lon=None):
    lat, lon = 35 + k / 100 if lat is None else lat, 111 - k * k / 1000 if lon is None else lon
    return Stop(f"S{k}", f"集合点{k}", StopKind.ASSEMBLY, "", "", Position(lat, lon))


STOPS = tuple(stop(k) for k in range(7))


@pytest.fixture
def router():
    with running() as found:
        yield found


class Asker:
    """Road times as the pipeline gets them, from one config; ``pauses`` are those that were slept."""

    def __init__(self, folder, kind, url, **changes):
        self.pauses = []
        self.config = TravelServer(kind=kind, url=url, **{"timeout_s": 5, "batch": 3, **changes})
        inputs = {"workers": Path("w"), "employers": Path("e"), "stops": Path("s"), "offers": Path("o")}
        self.settings = Settings.model_validate(
            {
                "name": "op",
                "path": folder / "configs" / "op.yaml",
                "sha256": "",
                "inputs": inputs,
                "horizon": {"from": "2026-02-26", "to": "2026-03-02"},
                "policy": {"travel": {"server": self.config}},
                "publish": {"language": "en"},
            }
        )

    @property
    def server(self):
        return RoadServer(self.settings, self.config, sleep=self.pauses.append)

    def times(self, stops=STOPS, entries=()):
        return road_times(stops, entries, self.settings.policy.travel, self.server.between)


@pytest.fixture
def asker(tmp_path, router):
    return lambda kind, **changes: Asker(tmp_path, kind, changes.pop("url", router.url), **changes)


def expected(kind, a, b, factor=1.0):
    if a.position == b.position:
        return 0, 0
    seconds, metres = road((a.position.lat, a.position.lon), (b.position.lat, b.position.lon))
    seconds = int(seconds) if kind == "valhalla" else seconds
    return math.ceil(math.ceil(seconds - 1e-6) * factor / 60 - 1e-6), round(metres)


def assert_all(times, kind, stops=STOPS, factor=1.0):
    n = len(stops)
    got = [(times.minutes[k], times.metres[k]) for k in range(n * n)]
    assert got == [expected(kind, a, b, factor) for a in stops for b in stops]


@KINDS
@pytest.mark.parametrize("batch", [1, 2, 3, 6, 7, 50])
def test_every_cell_is_its_own_pairs_in_its_own_direction_whatever_the_batch(asker, router, kind, batch):
    times = asker(kind, batch=batch).times()
    assert_all(times, kind)
    assert (times.source, times.gaps) == (kind, ())
    assert router.requests == math.ceil(len(STOPS) / batch) ** 2
    assert len(router.asked) == len(set(router.asked)) == len(STOPS) ** 2


@KINDS
def test_minutes_round_up_after_the_factor(asker, kind):
    assert_all(asker(kind, time_factor=1.3).times(), kind, factor=1.3)


@KINDS
def test_what_is_known_is_read_with_the_server_stopped(tmp_path, kind):
    with running() as router:
        asker = Asker(tmp_path, kind, router.url, retries=0)
        first = asker.times()
    assert asker.times() == first
    a, b = STOPS[1], STOPS[4]
    seconds, metres = asker.server.pair(a.position, b.position)
    assert (math.ceil(seconds / 60), metres) == expected(kind, a, b)
    with pytest.raises(RoadServerError):
        asker.times((*STOPS, stop(8)))


@KINDS
def test_only_what_is_not_known_is_asked(asker, router, kind):
    asker(kind).times(STOPS[:5])
    router.asked.clear()
    assert_all(asker(kind).times(), kind)
    old = {(s.position.lat, s.position.lon) for s in STOPS[:5]}
    assert len(router.asked) == len(set(router.asked)) == 7 * 7 - 5 * 5
    assert not [pair for pair in router.asked if set(pair) <= old]


@KINDS
def test_a_run_that_broke_off_goes_on_where_it_was(asker, router, kind):
    router.ill = [None] * 4 + [500]
    with pytest.raises(RoadServerError):
        asker(kind, retries=0).times()
    assert len(router.asked) > 0
    assert_all(asker(kind).times(), kind)
    assert len(router.asked) == len(set(router.asked)) == len(STOPS) ** 2


def test_servers_profiles_and_kinds_do_not_share_what_they_said(asker, router):
    for kind, changes in (("osrm", {}), ("osrm", {"profile": "truck"}), ("valhalla", {})):
        before = router.requests
        asker(kind, **changes).times()
        assert router.requests > before


@KINDS
def test_a_busy_server_is_asked_again_with_growing_pauses(asker, router, kind):
    router.ill = [503, "cut", 429]
    patient = asker(kind, retries=3, batch=50)
    assert_all(patient.times(), kind)
    assert patient.pauses == [0.5, 1.0, 2.0]
    assert router.requests == 4


@KINDS
def test_a_server_that_does_not_answer_in_time_is_given_up(asker, router, kind):
    router.ill = ["slow", "slow"]
    hasty = asker(kind, timeout_s=0.1, retries=1)
    with pytest.raises(RoadServerError, match=r"timed out.*2 tries"):
        hasty.times()
    assert hasty.pauses == [0.5]


@KINDS
def test_a_server_that_is_down_is_named_with_the_remedy_and_leaves_nothing_behind(tmp_path, kind):
    with running() as router:
        url = router.url
    gone = Asker(tmp_path, kind, url)
    with pytest.raises(RoadServerError) as caught:
        gone.times()
    said = str(caught.value)
    assert url in said
    assert "4 tries" in said
    assert "remove policy.travel.server" in said
    assert caught.value.exit_code == 6
    assert list(tmp_path.iterdir()) == []


@KINDS
@pytest.mark.parametrize(
    "garbage",
    [
        b"<html>It works!</html>",
        b"[]",
        b"{}",
        b'{"sources_to_targets": [[{"from_index": 0, "to_index": 0, "time": 60, "distance": 1}]]}',
        b'{"sources_to_targets": [[{"from_index": 0, "to_index": 0, "time": "x", "distance": 1}]]}',
        b'{"code": "Ok", "durations": [[1]], "distances": [[1]], "sources": [{"distance": 0}], "destinations": []}',
        b'{"code": "Ok", "durations": [[-5]], "distances": [[1]], "sources": [{"distance": 0}],'
        b' "destinations": [{"distance": 0}]}',
        b"\xff\xfe\x00",
        b"",
    ],
)
def test_what_is_no_table_is_refused_and_not_kept(asker, router, kind, garbage):
    router.ill = [garbage]
    asked = asker(kind)
    with pytest.raises(RoadServerError, match="no table"):
        asked.times()
    assert not asked.settings.road_cache.exists()


@KINDS
def test_a_table_with_a_row_too_few_is_refused(asker, router, kind):
    a, b = ({"distance": 0}, {"distance": 0})
    router.ill = [
        json.dumps(
            {
                "sources_to_targets": [[{"from_index": 0, "to_index": j, "time": 1, "distance": 1} for j in (0, 1)]],
                "durations": [[1, 1]],
                "distances": [[1, 1]],
                "sources": [a, b],
                "destinations": [a, b],
            }
        ).encode()
    ]
    with pytest.raises(RoadServerError, match="no table"):
        asker(kind).times(STOPS[:2])


@KINDS
def test_a_redirect_is_not_followed(asker, router, kind):
    router.ill = [302] * 100
    with pytest.raises(RoadServerError, match="HTTP 302"):
        asker(kind).times()
    assert not [path for path, _ in router.heard if "elsewhere" in path]


@KINDS
def test_a_proxy_of_the_environment_is_not_asked_about_this_machine(asker, kind, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    assert_all(asker(kind, retries=0).times(), kind)


@KINDS
def test_only_coordinates_are_sent(asker, router, kind):
    asker(kind).times()
    for path, body in router.heard:
        said = path + body.decode()
        assert not [s for s in STOPS if s.name in said or s.stop_id in said]


@KINDS
def test_a_table_beyond_the_servers_limit_is_asked_in_halves(asker, router, kind):
    router.most = 4
    assert_all(asker(kind, batch=50).times(), kind)
    assert len(router.asked) == len(set(router.asked))


@KINDS
def test_the_users_table_comes_first_and_only_in_its_direction(asker, kind):
    times = asker(kind).times(entries=[TravelEntry("S0", "S6", 700, 1_000_000)])
    n = len(STOPS)
    assert (times.minutes[6], times.metres[6]) == (700, 1_000_000)
    assert (times.minutes[6 * n], times.metres[6 * n]) == expected(kind, STOPS[6], STOPS[0])
    assert times.source == f"{kind}+table"


def test_with_every_pair_in_the_table_the_server_is_not_asked(asker, router):
    entries = [TravelEntry(a.stop_id, b.stop_id, 9, 9_000) for a in STOPS for b in STOPS if a is not b]
    times = asker("osrm").times(entries=entries)
    assert set(times.minutes) == {0, 9}
    assert router.requests == 0


@KINDS
def test_a_stop_without_a_road_is_listed_pair_by_pair_unless_the_table_knows_them(asker, router, kind):
    router.lost = {(STOPS[3].position.lat, STOPS[3].position.lon)}
    times = asker(kind).times()
    assert set(times.gaps) == {(a, b) for a in range(7) for b in range(7) if (a == 3) != (b == 3)}
    entries = [
        TravelEntry(*ends, 30, 20_000) for k in range(7) if k != 3 for ends in ((f"S{k}", "S3"), ("S3", f"S{k}"))
    ]
    assert asker(kind).times(entries=entries).gaps == ()
    assert asker(kind).server.pair(STOPS[3].position, STOPS[0].position) is None


def test_osrm_may_not_move_a_stop_to_a_far_road(asker, router):
    router.far_m = {(STOPS[2].position.lat, STOPS[2].position.lon): 5_001.0}
    assert {2 in pair for pair in asker("osrm").times().gaps} == {True}
    assert len(asker("osrm").times().gaps) == 12
    assert asker("osrm", off_road_km=6).times().gaps == ()


def test_a_pair_that_the_server_will_not_answer_names_both_stops_and_its_words(asker, router):
    router.most = 0
    with pytest.raises(RoadServerError) as caught:
        asker("valhalla").times()
    assert "集合点0" in str(caught.value)
    assert "Exceeded max locations" in str(caught.value)
    assert router.requests <= 6


def test_two_stops_in_one_place_are_one_question_and_no_way_apart(asker, router):
    twin = (*STOPS, stop(9, STOPS[2].position.lat, STOPS[2].position.lon))
    assert_all(asker("osrm").times(twin), "osrm", twin)
    assert len(router.asked) == 49


def test_a_damaged_cache_is_named(asker):
    asked = asker("osrm")
    asked.settings.road_cache.parent.mkdir(parents=True)
    asked.settings.road_cache.write_bytes(b"this is no database" * 100)
    with pytest.raises(StorageError, match=r"roads\.sqlite.*deleted"):
        asked.times()


def test_the_cache_lies_where_the_config_says(asker, tmp_path):
    asked = asker("osrm", cache=Path("../roads/china.sqlite"))
    asked.times()
    assert (tmp_path / "roads" / "china.sqlite").is_file()
    assert not asked.settings.out.exists()


def test_blocks_cover_what_is_missing_and_nothing_known():
    rng = np.random.default_rng(5)
    for _ in range(50):
        n, batch = rng.integers(1, 12), int(rng.integers(1, 5))
        unknown = rng.random((n, n)) < rng.choice([0.1, 0.5, 1])
        missing = unknown & (rng.random((n, n)) < 0.6)
        asked = np.zeros((n, n), int)
        for rows, columns in blocks(unknown, missing, batch):
            assert max(len(rows), len(columns)) <= batch
            asked[np.ix_(rows, columns)] += 1
        assert asked.max() <= 1
        assert not (asked.astype(bool) & ~unknown).any()
        assert not (missing & ~asked.astype(bool)).any()
