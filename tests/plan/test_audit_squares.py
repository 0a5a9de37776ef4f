"""Limits of squares by the hour, as the audit counts them: on the small valid operation."""

import operation
import pytest

from dispatch.config import SquarePolicy
from dispatch.plan.audit import audit_bundle


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    return operation.write(tmp_path_factory.mktemp("squares") / "plan")


def found(bundle, stop, **limits):
    settings = operation.settings()
    policy = settings.policy.model_copy(update={"squares": {stop: SquarePolicy(**limits)}})
    violations = audit_bundle(bundle, operation.inputs(), settings.model_copy(update={"policy": policy}))
    assert {v.rule for v in violations} <= {"square.hour"}
    return [(v.subject, dict(v.params)) for v in violations]


# A2 is left at 06:00 by three people of F-1, and after 14:00 by three of D-1


@pytest.mark.parametrize("limits", [{"people_per_hour": 3}, {"coaches_per_hour": 1}])
def test_a_square_that_just_holds_who_leaves_is_no_violation(bundle, limits):
    assert found(bundle, "A2", **limits) == []


def test_each_hour_with_one_person_too_many_is_told_with_its_numbers(bundle):
    (first, about), (second, _) = found(bundle, "A2", people_per_hour=2)
    assert (first, second) == ("A2", "A2")
    assert about == {"hour": "2023-02-01 06:00", "people": "3", "coaches": "1", "limits": "2 / –"}


def test_coaches_on_which_nobody_boards_and_trains_do_not_count(bundle):
    # L-1 takes eight at R2; the train and the ticket bring them there, and nobody boards a coach at R1
    assert found(bundle, "R1", people_per_hour=1, coaches_per_hour=1) == []
    assert [subject for subject, _ in found(bundle, "R2", people_per_hour=8)] == ["R2"]
    assert found(bundle, "R2", people_per_hour=9, coaches_per_hour=1) == []
