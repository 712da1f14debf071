"""What the providers of the demonstration declare keeps the rules of the standard, and is the same each time."""

from datetime import date

from deploy.demo.declaring import PERIODS, declarations
from deploy.demo.history import trajectories
from deploy.demo.region import PROVIDERS
from services.referral.istandaarden import Declaration, read
from services.referral.istandaarden.rules import check_content

TODAY = date(2026, 8, 14)
PAST = trajectories()


def test_every_provider_declares_its_months_in_order_and_errs_somewhere() -> None:
    sent = list(declarations(PAST, TODAY))
    assert {one.provider for one in sent} == set(PROVIDERS)
    for provider in PROVIDERS:
        own = [one for one in sent if one.provider is provider]
        assert sum(one.wrong for one in own) >= 1
        assert sum(one.wrong for one in own) < sum(one.lines for one in own) / 10
        for municipality in {one.municipality for one in own}:
            months = [one.month for one in own if one.municipality == municipality]
            assert months == sorted(months)
            assert set(months) <= {period[-1] for period in PERIODS}
    assert [one.content for one in sent[:5]] == [one.content for one in list(declarations(PAST, TODAY))[:5]]


def test_a_declaration_is_valid_and_asks_no_more_than_was_allocated() -> None:
    volumes = {(past.municipality, past.number): past.volume for past in PAST}
    asked: dict[tuple[str, int], int] = {}
    for one in list(declarations(PAST, TODAY))[::12]:
        message = read(one.content)
        assert check_content(message) == []
        found = Declaration.from_message(message)
        assert (found.period_starts_on.month, found.total_cents) == (one.month, found.declared.submitted_cents)
        for client in found.clients:
            for each in client.performances:
                key = one.municipality, each.allocation_number
                asked[key] = asked.get(key, 0) + each.volume
    assert asked
    assert all(volume <= volumes[key] for key, volume in asked.items())
