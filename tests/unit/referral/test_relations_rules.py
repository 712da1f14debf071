"""Who may be recorded around a client, and whom an allocation names."""

from datetime import date

import pytest
from pydantic import ValidationError

from contracts.events.commissioning import Law
from services.referral.domain.person import age_on
from services.referral.domain.relations import Around, Circumstances, Relation, RelationKind, lacking
from services.referral.handlers.outgoing import relation_details
from services.referral.istandaarden.codes import RELATION_KINDS, NameUsage

GUARDIAN = Relation(
    kind=RelationKind.GUARDIAN, authority=True, organisation="Stichting De Maanvoogd", phone="0241234567"
)
AUNT = Relation(
    kind=RelationKind.RELATIVE, contact=True, order=2, last_name="Wolkenveld", initials="ab", phone="0612345678"
)
PARENT = AUNT.model_copy(update={"kind": RelationKind.PARENT, "authority": True, "order": 1})


def codes(relation: Relation) -> set[str]:
    return {error.code for error in lacking(relation)}


def test_whoever_has_authority_or_is_needed_for_contact_may_be_recorded() -> None:
    for relation in (GUARDIAN, AUNT, PARENT):
        assert codes(relation) == set()


@pytest.mark.parametrize(
    ("relation", "changes", "found"),
    [
        (AUNT, {"contact": False, "order": None}, {"not-needed"}),
        (PARENT, {"contact": False}, {"not-for-contact"}),
        (AUNT, {"last_name": None}, {"missing"}),
        (AUNT, {"phone": None}, {"missing"}),
        (GUARDIAN, {"last_name": "Iemand"}, {"person-and-organisation"}),
        (GUARDIAN, {"gender": "1"}, {"person-and-organisation"}),
        (GUARDIAN, {"kind": RelationKind.MENTOR}, {"not-a-guardian"}),
    ],
)
def test_what_is_wrong_is_told_without_the_value(
    relation: Relation, changes: dict[str, object], found: set[str]
) -> None:
    wrong = relation.model_copy(update=changes)
    assert codes(wrong) == found
    assert not [
        error for error in lacking(wrong) if "Wolkenveld" in str(error.message) or "Iemand" in str(error.message)
    ]


def test_nothing_of_a_relation_shows_in_a_log_or_an_error() -> None:
    assert "Maanvoogd" not in repr(GUARDIAN)
    assert "Maanvoogd" not in str(Around(Circumstances(judged_by="Maanvoogd"), ((1, GUARDIAN),)))
    with pytest.raises(ValidationError) as caught:
        Relation(kind=RelationKind.PARENT, last_name="Wolkenveld", initials="7", phone="x")
    assert "Wolkenveld" not in str(caught.value)


def named(law: Law, *, own: bool = False, known: bool = False) -> list[int]:
    around = Around(Circumstances(own_authority=own), ((1, GUARDIAN), (2, AUNT), (3, PARENT)), known)
    return [number for number, _ in around.named_in(law)]


def test_an_allocation_names_whom_it_needs_first_called_first() -> None:
    assert named(Law.YOUTH) == [3, 2, 1]
    assert named(Law.WMO) == [3, 2], "authority is of youth care alone (OP002)"
    assert named(Law.YOUTH, known=True) == [3, 2], "what the provider knows is left out (OP002x1)"
    assert named(Law.YOUTH, own=True) == [3, 2], "the client is no relation of themselves (OP002x2)"


def test_an_organisation_is_no_natural_person() -> None:
    told, person = relation_details(7, GUARDIAN), relation_details(8, AUNT)
    assert (told.number, told.kind, told.name.last_name) == ("7", "11", "Stichting De Maanvoogd")
    assert (told.name.usage, told.gender, told.birth_date) == (NameUsage.ORGANISATION, None, None)
    assert (person.name.usage, person.name.initials, person.order) == (None, "AB", 2)


def test_every_kind_has_a_code() -> None:
    assert {RELATION_KINDS.code(kind) for kind in RelationKind} == {f"{number:02}" for number in range(3, 26)}


def test_ages_are_in_whole_years() -> None:
    born = date(2010, 2, 28)
    assert [age_on(born, date(2026, 2, day)) for day in (27, 28)] == [15, 16]
    assert age_on(date(2008, 2, 29), date(2024, 2, 28)) == 15
