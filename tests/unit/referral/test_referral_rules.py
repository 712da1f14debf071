"""The rules of single acts, candidates, worklists and people."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError

from contracts.events.commissioning import Law, Unit
from contracts.events.referral import Assignment, Channel, DeclineReason, Frequency, Referrer, StopReason
from deploy.demo import region
from services.kit.problems import Conflict, Invalid
from services.kit.working_days import add_working_days, end_of_day_utc, local_date
from services.referral.domain.candidates import Candidate, Order, fitting, next_provider, ranked
from services.referral.domain.deliveries import Delivered, Delivery
from services.referral.domain.distance import centres, kilometres, nearest
from services.referral.domain.identity import fictional_bsn
from services.referral.domain.journey import TRANSITIONS, Act, Status, after, possible
from services.referral.domain.person import Person
from services.referral.domain.reasons import Promise, RefusalReason, WithdrawalReason
from services.referral.domain.referral import Referral
from services.referral.domain.terms import Terms
from services.referral.domain.worklist import Task, tasks

NOW = datetime(2026, 8, 14, 9, tzinfo=UTC)
LATER = datetime(2026, 10, 1, 9, tzinfo=UTC)
TERMS = Terms()


def requested(**changes: Any) -> Referral:
    assignment = Assignment(
        law=Law.YOUTH,
        product_code="45A04",
        category="45",
        unit=Unit.HOUR,
        frequency=Frequency.WEEK,
        volume=3,
        total_units=78,
    )
    values: dict[str, Any] = {
        "referral_id": UUID(int=1),
        "municipality": "0252",
        "provider": "73730001",
        "client_id": UUID(int=2),
        "client_stream": UUID(int=3),
        "client_dossier": UUID(int=4),
        "status": Status.REQUESTED,
        "assignment": assignment,
        "referrer": Referrer.MUNICIPALITY,
        "channel": Channel.FORM,
        "desired_start": date(2026, 9, 1),
        "desired_end": date(2027, 2, 28),
        "requested_at": NOW,
        "decision_due": TERMS.decision_due(NOW),
    }
    return Referral(**(values | changes))


def granted(**changes: Any) -> Referral:
    values: dict[str, Any] = {
        "provider": "73730001",
        "allocation_number": 7,
        "assignment": requested().assignment,
        "starts_on": date(2026, 9, 1),
        "ends_on": date(2027, 2, 28),
        "now": NOW,
        "terms": TERMS,
    }
    return requested().grant(**(values | changes))


def started() -> Referral:
    return granted().start(date(2026, 9, 2), LATER)


def test_every_status_says_what_is_possible() -> None:
    assert possible(Status.REQUESTED) == {
        Act.GRANT,
        Act.REFUSE,
        Act.WITHDRAW,
        Act.OFFER_OPENLY,
        Act.INVESTIGATE,
    }
    assert possible(Status.OFFERED) == {Act.GRANT, Act.REFUSE, Act.WITHDRAW, Act.LAPSE}
    assert possible(Status.REFUSED) == possible(Status.WITHDRAWN) == frozenset()
    assert possible(Status.STOPPED) == {Act.START, Act.CHANGE, Act.REMOVE}


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("act", list(Act))
def test_an_illegal_act_is_refused_in_both_languages(status: Status, act: Act) -> None:
    if (status, act) in TRANSITIONS:
        assert after(status, act) is TRANSITIONS[status, act]
        return
    with pytest.raises(Conflict) as caught:
        after(status, act)
    assert caught.value.code == "not-now"
    assert caught.value.detail.nl
    assert caught.value.detail.en


def test_granting_sets_terms_and_units() -> None:
    found = granted(ends_on=date(2026, 9, 30))
    assert (found.status, found.offers, found.assignment.total_units) == (Status.GRANTED, 1, 15)
    assert found.granted.number == 7
    with pytest.raises(LookupError):
        _ = requested().granted


@pytest.mark.parametrize(("ends_on", "code"), [(date(2026, 8, 31), "ends-before-start"), (None, "end-required")])
def test_granting_checks_the_end_date(ends_on: date | None, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        granted(ends_on=ends_on)
    assert caught.value.errors[0].code == code


@pytest.mark.parametrize(
    ("day", "code"),
    [
        (date(2026, 8, 31), "before-allocation"),
        (date(2026, 10, 2), "in-future"),
        (date(2027, 3, 1), "after-allocation"),
    ],
)
def test_a_start_lies_inside_the_allocation_and_not_in_the_future(day: date, code: str) -> None:
    now = datetime(2027, 6, 1, tzinfo=UTC) if code == "after-allocation" else LATER
    with pytest.raises(Invalid) as caught:
        granted().start(day, now)
    assert caught.value.errors[0].code == code


def test_starting_is_accepting() -> None:
    assert started().accepted_at == LATER
    accepted = granted().accept(NOW)
    assert accepted.start(date(2026, 9, 2), LATER).accepted_at == NOW


def test_a_temporary_stop_pauses_and_a_new_start_goes_on() -> None:
    paused = started().stop(date(2026, 9, 20), StopReason.TEMPORARY, LATER)
    assert (paused.status, paused.ended_at) == (Status.PAUSED, None)
    with pytest.raises(Conflict):
        paused.stop(date(2026, 9, 21), StopReason.TEMPORARY, LATER)
    with pytest.raises(Invalid):
        paused.stop(date(2026, 9, 19), StopReason.AS_PLANNED, LATER)
    with pytest.raises(Invalid):
        paused.start(date(2026, 9, 19), LATER)
    again = paused.start(date(2026, 9, 25), LATER)
    assert (again.status, again.stopped_on, again.stop_reason) == (Status.STARTED, None, None)


def test_a_stop_follows_its_start_and_has_happened() -> None:
    for day in (date(2026, 9, 1), date(2026, 10, 2)):
        with pytest.raises(Invalid):
            started().stop(day, StopReason.AS_PLANNED, LATER)
    stopped = started().stop(date(2026, 9, 2), StopReason.AS_PLANNED, LATER)
    assert stopped.ended_at == LATER
    assert stopped.start(date(2026, 9, 30), LATER).ended_at is None  # OP379


def test_no_answer_only_after_the_term() -> None:
    with pytest.raises(Invalid):
        granted().decline(DeclineReason.NO_ANSWER, NOW)
    due = granted().accept_due
    assert due is not None
    assert granted().decline(DeclineReason.NO_ANSWER, due).declined_by == ("73730001",)


def test_ending_before_care() -> None:
    assert requested().refuse(RefusalReason.STACKING, NOW).reason == "stacking"
    assert granted().withdraw(WithdrawalReason.MOVED, NOW).ended_at == NOW


def test_promises_are_kept_or_open() -> None:
    assert not requested().kept(Promise.DECIDE)
    assert requested().kept(Promise.ACCEPT)
    assert not granted().kept(Promise.START)
    assert started().kept(Promise.START)
    assert requested().due(Promise.DECIDE) == requested().decision_due
    assert granted().due(Promise.PLACE) is None
    assert granted().remind(Promise.START).reminded == ("start",)


@pytest.mark.parametrize(
    ("referral", "provider", "municipality"),
    [
        (requested(), None, Task.DECIDE),
        (granted(), Task.ANSWER, None),
        (granted().accept(NOW), Task.REPORT_START, None),
        (granted().accept(NOW).escalate(Promise.START), Task.REPORT_START, Task.FOLLOW_UP_START),
        (granted().accept(NOW).escalate(Promise.REPORT), Task.REPORT_START, Task.FOLLOW_UP_REPORT),
        (granted().decline(DeclineReason.NO_ROOM, NOW), None, None),
        (granted().decline(DeclineReason.NO_ROOM, NOW).escalate(Promise.PLACE), None, Task.PLACE),
        (started(), None, None),
    ],
)
def test_each_party_has_at_most_one_task(referral: Referral, provider: Task | None, municipality: Task | None) -> None:
    found = tasks(referral)
    assert (found.provider, found.municipality) == (provider, municipality)


def test_a_start_is_reported_within_its_term_and_then_by_the_waiting_norm() -> None:
    # Allocated until 1 September: a start on that day is reported before the end of Tuesday 8 September (OP271).
    ahead = granted().accept(NOW)
    assert ahead.report_due == tasks(ahead).provider_due == datetime(2026, 9, 8, 22, tzinfo=UTC)
    missed = ahead.escalate(Promise.REPORT)
    assert tasks(missed).provider_due == ahead.start_due, "care may simply not have begun yet"
    assert tasks(missed).municipality_due == ahead.report_due
    assert tasks(missed.escalate(Promise.START)).municipality == Task.FOLLOW_UP_START
    # With retroactive effect: five working days from the allocation, and nothing excuses after that.
    back = granted(starts_on=date(2026, 8, 3)).accept(NOW)
    assert back.report_due == datetime(2026, 8, 21, 22, tzinfo=UTC)
    assert tasks(back.escalate(Promise.REPORT)).provider_due == back.report_due


def test_a_start_that_is_due_sooner_has_no_term_for_its_report() -> None:
    crisis = replace(requested(), crisis=True).grant(
        provider="73730001",
        allocation_number=7,
        assignment=requested().assignment,
        starts_on=date(2026, 8, 14),
        ends_on=date(2027, 2, 28),
        now=NOW,
        terms=TERMS,
    )
    assert crisis.report_due is None
    assert tasks(crisis.accept(NOW)).provider_due == crisis.start_due


def test_care_that_begins_anew_after_its_end_is_another_spell() -> None:
    paused = started().stop(date(2026, 9, 10), StopReason.TEMPORARY, LATER)
    assert paused.start(date(2026, 9, 20), LATER).spell == 1
    stopped = paused.stop(date(2026, 9, 20), StopReason.AS_PLANNED, LATER)
    again = stopped.start(date(2026, 9, 21), LATER)
    assert (stopped.spell, again.spell) == (1, 2)
    told = Delivered(Delivery(7, "45", "45A04", date(2026, 9, 2)), None)
    assert stopped.delivered(told, LATER).spell == 2, "its end was taken back"
    assert stopped.delivered(Delivered(None, None), LATER).spell == 2, "its start too"
    assert started().delivered(told, LATER).spell == 1


def test_a_place_is_looked_for_also_without_a_decision_term() -> None:
    declined = replace(granted(), decision_due=None).decline(DeclineReason.NO_ROOM, NOW)
    assert tasks(declined.escalate(Promise.PLACE)).municipality_due == NOW


def candidate(agb: str, wait: int | None, free: int | None = None) -> Candidate:
    return Candidate(agb, None, date(2026, 1, 1), None, wait_days=wait, free=free)


def test_candidates_are_ranked_by_wait_then_room_and_the_silent_come_last() -> None:
    found = ranked([candidate("4", None), candidate("3", 5, 1), candidate("2", 5, 9), candidate("1", 20)])
    assert [each.provider for each in found] == ["2", "3", "1", "4"]
    chosen = next_provider(found, ["2"])
    assert chosen is not None
    assert chosen.provider == "3"
    assert next_provider(found, ["1", "2", "3", "4"]) is None


def test_who_has_room_comes_before_who_has_none() -> None:
    found = ranked([candidate("1", 5, 0), candidate("2", 9, 3)])
    assert [each.provider for each in found] == ["2", "1"]


def test_what_a_candidate_did_not_state_meets_no_wish() -> None:
    silent, near = candidate("1", None), replace(candidate("2", 43, 1), locations=("0296",))
    away = replace(candidate("3", 42, 0), locations=("0363", "0014"))
    everybody = [silent, near, away]

    def chosen(**wishes: Any) -> list[str]:
        fit = fitting(everybody, home="0268", norm=Terms().waiting_norm, **wishes)
        return [each.provider for each in fit]

    assert chosen() == ["1", "2", "3"]
    assert chosen(has_room=True) == ["2"]
    assert chosen(within_norm=True) == ["3"], "42 days is the norm itself"
    assert chosen(at_most_km=9) == ["2"]
    assert [each.provider for each in ranked(everybody, Order.DISTANCE, "0268")] == ["2", "3", "1"]


def test_distances_are_those_of_the_map() -> None:
    assert kilometres("0268", "0268") == 0
    assert kilometres("0268", "0296") == kilometres("0296", "0268") == 9
    assert kilometres("0363", "0014") == 147, "Amsterdam to Groningen"
    assert kilometres("0268", "9999") is None
    assert nearest("0268", ()) is None


def test_every_municipality_has_a_centre_in_the_netherlands() -> None:
    # There are 342 in 2026 (CBS).
    assert len(centres()) == 342
    known = {each.code for each in region.MUNICIPALITIES} | {"0317", "0777"}
    assert known <= centres().keys()
    for latitude, longitude in centres().values():
        assert 50.7 < latitude < 53.6
        assert 3.3 < longitude < 7.3
    assert kilometres("0317", "0376") == 3, "Eemnes to Blaricum"
    assert kilometres("0777", "0758") == 11, "Etten-Leur to Breda"


def test_an_offer_to_several_never_outlives_the_decision() -> None:
    terms = Terms()
    assert terms.claim_due(NOW, None) == end_of_day_utc(add_working_days(local_date(NOW), 2))
    soon = NOW + timedelta(hours=3)
    assert terms.claim_due(NOW, soon) == soon
    assert terms.claim_due(NOW, NOW - timedelta(days=1)) == terms.claim_due(NOW, None), (
        "a term that passed binds nothing"
    )


def test_a_person_shows_nothing_of_itself_by_accident() -> None:
    someone = Person(bsn=fictional_bsn(1), last_name="Wolkenveld", initials="J")
    assert "Wolkenveld" not in repr(someone) + str(someone)
    with pytest.raises(ValidationError) as caught:
        Person.model_validate({"bsn": "123456789", "last_name": "Wolkenveld"})
    assert "123456789" not in str(caught.value)
    assert "Wolkenveld" not in str(caught.value)


def test_a_person_is_completed_by_what_is_known() -> None:
    known = Person(bsn=fictional_bsn(1), last_name="Wolkenveld", gender="2")
    whole = Person(phone="024 123 4567").completed_by(known)
    assert (whole.last_name, whole.phone, whole.gender, whole.bsn) == (
        "Wolkenveld",
        "0241234567",
        "2",
        fictional_bsn(1),
    )
    assert Person(initials="J T", prefix="van", last_name="Berg").display_name == "J.T. van Berg"


def test_what_says_how_to_read_a_birth_date_or_a_name_goes_with_it() -> None:
    known = Person(birth_date=date(2012, 3, 1), unknown_birth_part="1", partner_last_name="Maan", name_usage="3")
    assert Person(birth_date=date(2012, 3, 4)).completed_by(known).unknown_birth_part is None
    assert Person(initials="J").completed_by(known).unknown_birth_part == "1"
    other = Person(partner_last_name="Ster", partner_prefix="de").completed_by(known)
    assert (other.partner_prefix, other.partner_last_name, other.name_usage) == ("de", "Ster", None)
    assert Person(name_usage="1").completed_by(known).partner_last_name == "Maan"


@pytest.mark.parametrize(
    ("usage", "shown"),
    [
        (None, "J. van Berg"),
        ("1", "J. van Berg"),
        ("2", "J. de Maan"),
        ("3", "J. de Maan-van Berg"),
        ("4", "J. van Berg-de Maan"),
    ],
)
def test_people_are_shown_under_the_surname_they_go_by(usage: str | None, shown: str) -> None:
    someone = Person(initials="J", prefix="van", last_name="Berg", partner_prefix="de", partner_last_name="Maan")
    assert someone.model_copy(update={"name_usage": usage}).display_name == shown
    alone = someone.model_copy(update={"name_usage": usage, "partner_prefix": None, "partner_last_name": None})
    assert alone.display_name == "J. van Berg"
