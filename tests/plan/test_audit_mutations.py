"""The audit is silent about a valid bundle and names the right rule for each way of breaking it."""

import json
from importlib.resources import files

import operation
import pytest
from mutations import MUTATIONS, broken

from dispatch.plan.audit import audit_bundle, describe


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    return operation.write(tmp_path_factory.mktemp("small") / "plan")


def test_a_valid_bundle_is_clean(bundle):
    assert audit_bundle(bundle, operation.inputs(), operation.settings()) == ()


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_broken_bundle_is_caught_by_its_rule(name, bundle, tmp_path):
    inputs, settings = broken(name, bundle, tmp_path / "plan", operation.inputs(), operation.settings())
    found = audit_bundle(tmp_path / "plan", inputs, settings)
    assert MUTATIONS[name][0] in {v.rule for v in found}
    for violation in found:
        for language in ("zh", "en"):
            assert "{" not in describe(violation, language)


def test_every_rule_of_the_catalogue_is_caught_by_some_mutation():
    texts = json.loads((files("dispatch") / "texts" / "audit.json").read_text("utf-8"))
    rules = {key for key in texts if not key.startswith("word.")}
    assert rules - {"drive.unproven"} == {rule for rule, _ in MUTATIONS.values()}


def test_every_wording_exists_in_both_languages():
    texts = json.loads((files("dispatch") / "texts" / "audit.json").read_text("utf-8"))
    assert all(set(wording) == {"zh", "en"} and all(wording.values()) for wording in texts.values())


def test_what_is_published_of_a_plan_may_change_after_it_was_made(tmp_path):
    """Whoever wants slips or another language need not plan, and announce, anew."""
    folder, settings = operation.write(tmp_path / "plan"), operation.settings()
    summary = json.loads((folder / "summary.json").read_text("utf-8-sig"))
    summary["sha256"]["config_but_publish"] = settings.plan_sha256
    (folder / "summary.json").write_text(json.dumps(summary), "utf-8")
    english = settings.publish.model_copy(update={"language": "en"})
    other = settings.model_copy(update={"sha256": "1" * 64, "publish": english})
    assert audit_bundle(folder, operation.inputs(), other) == ()
    cheaper = other.model_copy(update={"objective": other.objective.model_copy(update={"value_of_time_per_hour": 16})})
    assert "summary.inputs" in {v.rule for v in audit_bundle(folder, operation.inputs(), cheaper)}
