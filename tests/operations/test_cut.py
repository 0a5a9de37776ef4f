"""Operations cut for a test: no party, family or way back is taken apart, and the roster still reads."""

import sys
from pathlib import Path

import pytest

from dispatch import pipeline
from dispatch.config import load_settings

ROOT = Path(__file__).parents[2]
sys.path += [str(ROOT / folder) for folder in ("tests/operations", "bench")]

from cut import Silent, cut  # noqa: E402 - its folder has to be on the path first
from workspaces import config_of, copied, limited  # noqa: E402


def people(settings):
    inputs, _ = pipeline.read(settings, Silent())
    return inputs.workers


@pytest.mark.parametrize("most", [40, 120])
def test_parties_stay_whole_and_the_first_to_be_due_stay(tmp_path, most):
    settings = load_settings(copied(config_of("linfen-2026"), tmp_path))
    before = {w.worker_id: w for w in people(settings)}
    cut(settings, most)
    after = people(settings)
    assert most - 6 < len(after) <= most
    kept = {w.worker_id for w in after}
    parties = {before[i].party for i in kept} - {""}
    assert parties
    assert {i for i, w in before.items() if w.party in parties} <= kept
    assert all(w.guardian_id in kept for w in after if w.guardian_id)
    assert {w.worker_id: (w.home, w.due_at, w.phone) for w in after} == {
        i: (w.home, w.due_at, w.phone) for i, w in before.items() if i in kept
    }


def test_a_small_operation_stays_as_it_is(tmp_path):
    settings = load_settings(copied(config_of("linfen-2026"), tmp_path))
    roster = settings.path.parent / settings.inputs.workers[0]
    before = roster.read_bytes()
    cut(settings, 196)
    assert roster.read_bytes() == before


def test_a_copy_holds_what_the_config_names_and_its_limits_are_replaced(tmp_path):
    config = copied(config_of("dingxi-qingdao-2023"), tmp_path)
    limited(config, rounds=3, time_limit_s=7)
    settings = load_settings(config)
    assert (settings.solver.rounds, settings.solver.time_limit_s, settings.solver.seed) == (3, 7, 1)
    assert settings.workspace == tmp_path
    values = settings.inputs.model_dump().values()
    paths = [path for value in values for path in (value if isinstance(value, tuple) else [value])]
    named = {(config.parent / path).resolve() for path in paths if path}
    assert named == {path for path in (tmp_path / "data").rglob("*") if path.is_file()}
