"""Whatever is declared and taken back: what is told as spent is what stands granted, to the cent, and within limits."""

from uuid import UUID

from hypothesis import given, settings

from services.referral.domain.declaration import Judgement
from services.referral.domain.declared import Declared, DeclaredKnown
from services.referral.domain.declared_volume import allowed_in_total, in_smallest_unit
from services.referral.domain.spent import Spent, spent
from tests.property.referral.test_declaration_judgement import courses

Steps = list[tuple[DeclaredKnown, Declared, Judgement]]
EVEN, ODD = UUID(int=2), UUID(int=1)


def told(judgement: Judgement) -> list[Spent]:
    """What one declaration adds; half of the allocations are under another agreement."""
    granted = (each.performance for each in judgement.granted)
    return spent((each, ODD if each.allocation_number % 2 else EVEN) for each in granted)


@given(courses())
@settings(max_examples=80, deadline=None)
def test_spent_is_granted_is_what_stands(steps: Steps) -> None:
    total = 0
    for _, _, judgement in steps:
        sums = told(judgement)
        assert sum(each.cents for each in sums) == judgement.granted_cents
        assert sum(each.lines for each in sums) == len(judgement.granted)
        total += judgement.granted_cents
        standing = [each.performance for each in judgement.after.approved if not each.credited]
        assert total == sum(each.amount_cents for each in standing)
        assert total >= 0


@given(courses())
@settings(max_examples=80, deadline=None)
def test_never_more_is_spent_than_the_allocation_gives(steps: Steps) -> None:
    known = steps[0][0]
    for _, _, judgement in steps:
        standing = [each.performance for each in judgement.after.approved if not each.credited]
        for number, allocation in known.allocations.items():
            own = [each for each in standing if each.allocation_number == number]
            if allocation.budget_cents is not None:
                assert sum(each.amount_cents for each in own) <= allocation.budget_cents
            if allocation.extent is not None:
                unit = allocation.extent.unit
                total = allowed_in_total(allocation.extent, allocation.starts_on, allocation.ends_on)
                used = sum(in_smallest_unit(each.volume, each.unit, unit) for each in own)
                assert total is None or used <= in_smallest_unit(total, unit, unit)
