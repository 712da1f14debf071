"""The messages that the demonstration and the simulation send keep every rule that a message can keep by itself."""

from datetime import date, timedelta

import pytest

from contracts.events.referral import Referrer
from deploy.demo.chain import Chain
from deploy.demo.history import PastTrajectory
from deploy.demo.people import person
from deploy.demo.region import PROVIDERS, DemoProvider
from services.referral.istandaarden import read, validate_structure
from services.referral.istandaarden.rules import check_content

TODAY = date(2026, 8, 20)


@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda provider: provider.slug)
def test_a_request_a_start_and_a_stop_keep_every_rule(provider: DemoProvider) -> None:
    client, chain = person(0, provider.product.law, TODAY), Chain()
    begun = TODAY - timedelta(days=20)
    past = PastTrajectory(
        municipality="0268",
        number=5,
        provider=provider,
        person=client,
        referrer=Referrer.MUNICIPALITY,
        granted_on=begun,
        starts_on=begun,
        ends_on=TODAY,
        volume=1,
        started_on=begun,
    )
    soon = TODAY + timedelta(days=5)
    end = soon + timedelta(days=180)
    for original in (
        chain.request("0268", provider, client, TODAY, reference="RVN1", starts_on=soon, ends_on=end, volume=20),
        chain.start("0268", provider, client, TODAY, TODAY, 5, begun),
        chain.stop(past, TODAY),
    ):
        message = read(original)
        assert validate_structure(message) == []
        assert [violation.rule.code for violation in check_content(message)] == []
