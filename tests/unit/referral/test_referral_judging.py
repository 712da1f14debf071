"""What becomes of the verdict of the rules: return codes per class, and words."""

import asyncio
import threading
from datetime import date

import pytest

from contracts.events.commissioning import Unit
from contracts.events.referral import Frequency, Referrer
from services.kit.problems import Text
from services.referral.domain.identity import fictional_bsn
from services.referral.handlers.received.judging import Verdict, thought_over
from services.referral.istandaarden import (
    ClientDetails,
    Extent,
    Message,
    MessageHeader,
    PersonName,
    ReferrerDetails,
    RequestedProduct,
    RequestForAllocation,
    Standard,
    UnusableValue,
    read,
)
from services.referral.istandaarden.reading import LARGE
from services.referral.istandaarden.rules import Known, KnownRequest, check_content, check_known

ASKED = "Bericht/Client/AangevraagdeProducten/AangevraagdProduct[{}]"


def request(*references: str, birth_date: date = date(2012, 3, 4)) -> Message:
    products = [
        RequestedProduct(
            reference=reference,
            starts_on=date(2026, 9, 1),
            ends_on=date(2027, 2, 28),
            referrer=ReferrerDetails(Referrer.NONE),
            category="45",
            code=f"45A0{number}",
            extent=Extent(3, Unit.HOUR, Frequency.WEEK),
        )
        for number, reference in enumerate(references, start=1)
    ]
    header = MessageHeader(Standard.IJW, "0252", "73730001", "A1", date(2026, 8, 14))
    client = ClientDetails(fictional_bsn(0), PersonName("Wolkenveld"), birth_date)
    return read(RequestForAllocation(header, client, tuple(products)).to_bytes())


def judged(message: Message, known: Known) -> Verdict:
    return Verdict.of(message, check_known(message, known))


def test_what_breaks_nothing_is_right() -> None:
    message = request("R1", "R2")
    for verdict in (Verdict.of(message, check_content(message)), judged(message, Known())):
        assert verdict == Verdict()
        assert verdict.right
        assert verdict.return_codes == ()


def test_level_2_rejects_as_a_whole_with_0001() -> None:
    message = request("R1", "R1", birth_date=date(2026, 8, 15))
    verdict = Verdict.of(message, check_content(message))
    assert (verdict.level, verdict.codes) == ("2", {"Bericht/Header": ("0001",)})
    assert {rule for finding in verdict.findings for rule in finding["rules"]} >= {"TR134", "TR383"}


def test_levels_3_and_4_put_their_codes_at_the_class() -> None:
    known = Known(requests=(KnownRequest("R2", of_client=False),), products={"45A01": frozenset({"54"})})
    verdict = judged(request("R1", "R2"), known)
    assert verdict.codes == {ASKED.format(1): ("S329",), ASKED.format(2): ("9347",)}
    assert (verdict.level, verdict.return_codes) == ("3", ("9347", "S329"))
    [product, reference] = sorted(verdict.findings, key=lambda finding: finding["rules"], reverse=True)
    assert (product["path"], product["codes"]) == (ASKED.format(1) + "/Product/Code", ["S329"])
    assert (reference["path"], reference["rules"]) == (ASKED.format(2) + "/ReferentieAanbieder", ["TR347"])
    assert all(product[name] for name in ("wrongNl", "wrongEn", "rightNl", "rightEn"))


def test_a_wrong_header_is_all_that_is_told() -> None:
    known = Known(today=date(2026, 8, 13), requests=(KnownRequest("R1"),))
    verdict = judged(request("R1"), known)
    assert (verdict.level, verdict.codes) == ("4", {"Bericht/Header": ("8848",)})
    assert [finding["rules"] for finding in verdict.findings] == [["TR135"]]


@pytest.mark.parametrize(("rule", "told"), [("CS002", ["CS002"]), (None, [])])
def test_a_value_that_means_nothing_is_wrong_at_level_2(rule: str | None, told: list[str]) -> None:
    verdict = Verdict.unusable(UnusableValue("Bericht/Client/Bsn", "Dit bestaat niet.", "This does not exist.", rule))
    assert (verdict.level, verdict.return_codes) == ("2", ("0001",))
    assert (verdict.findings[0]["path"], verdict.findings[0]["rules"]) == ("Bericht/Client/Bsn", told)


def test_what_cannot_be_done_is_rejected_in_words() -> None:
    verdict = Verdict("4", {ASKED.format(1): ("S329",)}, [])
    verdict.reject("3", ASKED.format(1), "9019", Text("Dat kan niet.", "That is impossible."))
    assert (verdict.level, verdict.codes) == ("3", {ASKED.format(1): ("S329", "9019")})
    assert verdict.findings[0]["wrongEn"] == "That is impossible."


async def test_over_a_large_message_others_are_not_kept_waiting() -> None:
    """What is thought over waits here for the loop to go on: on the loop itself it would wait in vain."""
    others_went_on = threading.Event()
    asyncio.get_running_loop().call_soon(others_went_on.set)
    assert await thought_over(LARGE, others_went_on.wait, 10)
    assert await thought_over(LARGE - 1, threading.get_ident) == threading.get_ident()
