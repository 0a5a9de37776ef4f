"""The config: what is wrong is named with its line, all at once."""

from datetime import date
from hashlib import sha256

import pytest

from dispatch.config import load_settings
from dispatch.errors import ConfigError

GOOD = """name: linfen-2026
inputs:
  workers: ../data/w.xlsx
  employers: ../data/e.csv
  stops: ../data/s.csv
  offers: ../data/o.csv
  calls:
horizon: {from: 2026-02-27, to: "2026-03-01"}
"""


@pytest.fixture
def load(tmp_path):
    def load(content):
        path = tmp_path / "configs" / "x.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return load_settings(path)

    return load


def problems(load, content):
    with pytest.raises(ConfigError) as caught:
        load(content)
    assert caught.value.exit_code == 2
    return [line.split("x.yaml ", 1)[1] for line in str(caught.value).splitlines()]


def test_a_short_config_has_every_default(load, tmp_path):
    settings = load(GOOD)
    assert (settings.horizon.from_date, settings.horizon.to_date) == (date(2026, 2, 27), date(2026, 3, 1))
    assert settings.policy.drive.daily_min == 480
    assert settings.inputs.calls is None
    assert settings.sha256 == sha256(GOOD.encode()).hexdigest()
    assert settings.out == tmp_path.resolve() / "out" / "linfen-2026"


def test_empty_sections_and_a_byte_order_mark_are_no_problem(load):
    assert load(b"\xef\xbb\xbf" + GOOD.encode() + b"policy:\nsolver:\n  threads:\n").solver.threads == 2


def test_an_unknown_key_is_refused_with_its_line_and_the_nearest_valid_key(load):
    found = problems(load, GOOD + "policy:\n  drive:\n    dialy_min: 400\n")
    assert len(found) == 1
    assert found[0].startswith("第 11 行")
    assert "policy.drive.dialy_min" in found[0]
    assert "daily_min" in found[0]


def test_all_problems_come_at_once_in_the_files_order(load):
    content = GOOD.replace("  offers: ../data/o.csv\n", "") + (
        "datum: gcj2\nsolver:\n  threads: 0\n  thread: 3\ntimezone: Asia/Atlantis\npublish: {language: en}\n"
    )
    found = problems(load, content)
    assert [int(line.split(":")[0].removeprefix("line ")) for line in found] == [2, 8, 10, 11, 12]
    for words, line in zip(
        ("inputs.offers", "gcj2", "threads", "did you mean threads", "Asia/Atlantis"), found, strict=True
    ):
        assert words in line


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("solver: {seed: 0755}", "0755"),
        ("solver: {threads: '2'}", '"2"'),
        ("publish: {mask: no}", "no"),
        ("policy: {access_max_km: 10:30}", "10:30"),
        ("policy: {drive: {night_from: '25:00'}}", "25:00"),
        ("policy: {load: {cap: 1.5}}", "1.5"),
        ("policy: {load: {cap: .nan}}", ".nan"),
        ("objective: {tiers: [unserved, beauty]}", "beauty"),
        ("objective: {tiers: [unserved, night_arrivals]}", "night_arrivals"),
        ("solver: {engine: dask}", "dask"),
    ],
)
def test_yaml_keeps_to_the_types_of_json(load, line, told):
    found = problems(load, GOOD + line + "\n")
    assert len(found) == 1
    assert found[0].startswith("第 9 行")
    assert told in found[0]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (GOOD + "name: again\n", "重复"),
        (GOOD.replace("name: linfen-2026", "name: &a x"), "&a"),
        (GOOD + "solver: *a\n", "*a"),
        (GOOD + "solver: !!python/object:os.system {}\n", "python/object"),
        ("a: " + "[" * 20_000, "嵌套"),
        ("", "键"),
        ("- a\n- b\n", "键"),
        ("name: [unclosed\n", "语法"),
        (GOOD + "---\nname: other\n", "语法"),
        (GOOD + "? {a: b}\n: c\n", "键"),
        (GOOD + "path: elsewhere\n", "path"),
        (GOOD.replace("2026-02-27", "2026-03-27"), "horizon"),
        (GOOD.replace("2026-03-01", "2206-03-01"), "horizon"),
        (GOOD + "solver: {resume: true}\n", "rounds"),
        (GOOD.replace("linfen-2026", "../evil"), "name"),
        (b"name: \x00\xff\xfe", "x.yaml"),
    ],
)
def test_tricks_and_slips_are_refused(load, content, told):
    with pytest.raises(ConfigError, match=r"第 \d+ 行") as caught:
        load(content)
    assert told in str(caught.value)


def test_a_missing_file_and_a_directory_are_config_errors(tmp_path):
    for path in (tmp_path / "gone.yaml", tmp_path):
        with pytest.raises(ConfigError, match=str(path)):
            load_settings(path)


def test_what_is_done_at_the_door_is_read_in_order(load):
    publish = load(
        GOOD + "publish: {checks: [security, temperature], gate_lead_min: 45, packs: [礼包, 宣传单]}\n"
    ).publish
    assert (publish.checks, publish.gate_lead_min) == (("security", "temperature"), 45)
    assert publish.packs == ("礼包", "宣传单")
    short = load(GOOD).publish
    assert (short.checks, short.gate_lead_min, short.packs) == ((), 30, ())


@pytest.mark.parametrize("wrong", [
    "checks: [fever]", "checks: [security, security]", "packs: ['']", "packs: [' ']", "packs: [礼包, 礼包]",
    "packs: [1]", "gate_lead_min: -1", "gate_lead_min: 1440", "packs: [a, b, c, d, e, f, g]",
])  # fmt: skip
def test_what_cannot_be_done_at_the_door_is_refused_by_its_line(load, wrong):
    (found,) = problems(load, GOOD + f"publish:\n  language: en\n  {wrong}\n")
    assert found.startswith("line 11")
    assert f"publish.{wrong.split(':')[0]}" in found


def test_squares_have_limits_by_stop(load):
    squares = load(
        GOOD + "policy:\n  squares:\n    S1: {people_per_hour: 300}\n    S2: {coaches_per_hour: 6}\n"
    ).policy.squares
    assert {k: (s.people_per_hour, s.coaches_per_hour) for k, s in squares.items()} == {
        "S1": (300, None),
        "S2": (None, 6),
    }


@pytest.mark.parametrize(
    ("limits", "says"),
    [
        ("{people_per_hr: 3}", "people_per_hour"),
        ("{people_per_hour: 0}", "policy.squares.S1.people_per_hour"),
        ("{}", "policy.squares.S1"),
        ("5", "policy.squares.S1"),
    ],
)
def test_a_wrong_limit_of_a_square_is_named_with_its_line(load, limits, says):
    (found,) = problems(load, GOOD + f"policy:\n  squares:\n    S1: {limits}\n")
    assert found.startswith("第 11 行")
    assert says in found


def test_maps_have_neither_tiles_nor_boundary_nor_slider_by_default(load):
    chosen = load(GOOD).publish.map
    assert (chosen.tiles, chosen.boundary, chosen.slider) == ("none", None, False)
    assert load(GOOD).boundary is None


def test_the_boundary_is_relative_to_the_config(load, tmp_path):
    settings = load(GOOD + "publish: {map: {boundary: ../data/border.json, slider: true, tiles: amap}}\n")
    assert settings.boundary == tmp_path.resolve() / "configs" / "../data/border.json"
    own = "publish: {map: {tiles: 'https://t.example.cn:8080/a/{z}/{y}/{x}.png?k=1', attribution: 示例}}\n"
    assert load(GOOD + own).publish.map.attribution == "示例"


@pytest.mark.parametrize(
    "address",
    [
        "google",
        "https://t.example.cn/{z}/{x}.png",
        "https://{s}.example.cn/{z}/{x}/{y}.png",
        "https://t.example.cn/{z}/{x}/{y}/{y}.png",
        "ftp://t.example.cn/{z}/{x}/{y}.png",
        "https://user@t.example.cn/{z}/{x}/{y}.png",
        "https://t.example.cn; script-src */{z}/{x}/{y}.png",
        'https://t.example.cn/{z}/{x}/{y}.png"onload=1',
        "javascript:alert(1)//{z}{x}{y}",
    ],
)
def test_tiles_of_no_known_source_are_refused_with_what_may_stand_there(load, address):
    quoted = address.replace('"', '\\"')
    (found,) = problems(load, GOOD + f'publish: {{map: {{tiles: "{quoted}", attribution: x}}}}\n')
    assert "publish.map.tiles" in found
    assert "{z}" in found


@pytest.mark.parametrize(
    "keys", ["tiles: osm, attribution: me", "tiles: amap, tiles_datum: gcj02", "tiles: 'http://a/{z}/{x}/{y}'"]
)
def test_an_own_server_needs_an_attribution_and_a_named_one_has_its_own(load, keys):
    (found,) = problems(load, GOOD + f"publish: {{map: {{{keys}}}}}\n")
    assert "attribution" in found
