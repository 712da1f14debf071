"""The codes of the standard in English, with the Dutch label that people see.

Source: iWmo/iJw 3.2 code lists, named per list. Where the events of the platform have a word, that word is used.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Generic, TypeVar

from contracts.events.commissioning import Law, Unit
from contracts.events.referral import Frequency, Referrer, StopReason
from services.referral.domain.reasons import Answer, ChangeReason, RefusalReason
from services.referral.domain.relations import RelationKind
from services.referral.istandaarden.simple_types import Standard

Member = TypeVar("Member", bound=StrEnum)


class CodeList(Generic[Member]):
    """A code list: code ↔ member of an enumeration, with the Dutch label per code."""

    def __init__(self, name: str, entries: Iterable[tuple[str, Member, str]]) -> None:
        self.name = name
        self._members: dict[str, Member] = {}
        self._codes: dict[Member, str] = {}
        self._labels: dict[str, str] = {}
        for code, member, label in entries:
            self._members[code] = member
            self._codes.setdefault(member, code)
            self._labels[code] = label

    def member(self, code: str) -> Member:
        """The word for a code; KeyError for a code outside the list."""
        return self._members[code]

    def code(self, member: Member) -> str:
        """The code to write for a word; the first one where the list has several. KeyError when it has none."""
        return self._codes[member]

    def label(self, code_or_member: str | Member) -> str:
        """The Dutch label: ``REFERRERS.label(Referrer.COURT)``."""
        for member, code in self._codes.items():
            if member is code_or_member:
                return self._labels[code]
        return self._labels[code_or_member]

    def codes(self) -> tuple[str, ...]:
        return tuple(self._members)


class Gender(StrEnum):
    """COD046. The value is the code itself."""

    UNKNOWN = "0"
    MALE = "1"
    FEMALE = "2"


class BirthDateUse(StrEnum):
    """COD170: which part of a birth date is not known."""

    DAY_UNKNOWN = "day_unknown"
    DAY_AND_MONTH_UNKNOWN = "day_and_month_unknown"
    UNKNOWN = "unknown"


class NameUsage(StrEnum):
    """COD700: under which surname somebody goes. Level 2 refuses PSEUDONYM always."""

    OWN = "own"
    PARTNER = "partner"
    PARTNER_OWN = "partner_own"
    OWN_PARTNER = "own_partner"
    PSEUDONYM = "pseudonym"
    ORGANISATION = "organisation"


class AddressKind(StrEnum):
    """COD757."""

    REGISTERED = "registered"
    CORRESPONDENCE = "correspondence"
    STAY = "stay"
    TEMPORARY_STAY = "temporary_stay"


class Submission(StrEnum):
    """COD467: level 2 accepts FIRST and REMOVED only (CS058)."""

    FIRST = "first"
    CHANGED = "changed"
    REMOVED = "removed"
    UNCHANGED = "unchanged"


LAWS: Mapping[Standard, Law] = {Standard.IJW: Law.YOUTH, Standard.IWMO: Law.WMO}
STANDARDS: Mapping[Law, Standard] = {law: standard for standard, law in LAWS.items()}

GENDERS = CodeList(
    "COD046", [("0", Gender.UNKNOWN, "Onbekend"), ("1", Gender.MALE, "Man"), ("2", Gender.FEMALE, "Vrouw")]
)
BIRTH_DATE_USES = CodeList(
    "COD170",
    [
        ("1", BirthDateUse.DAY_UNKNOWN, "Dag onbekend"),
        ("2", BirthDateUse.DAY_AND_MONTH_UNKNOWN, "Dag en maand onbekend"),
        ("3", BirthDateUse.UNKNOWN, "Datum onbekend"),
    ],
)
NAME_USAGES = CodeList(
    "COD700",
    [
        ("1", NameUsage.OWN, "Eigen naam"),
        ("2", NameUsage.PARTNER, "Naam van de partner"),
        ("3", NameUsage.PARTNER_OWN, "Naam van de partner, dan eigen naam"),
        ("4", NameUsage.OWN_PARTNER, "Eigen naam, dan naam van de partner"),
        ("5", NameUsage.PSEUDONYM, "Pseudoniem"),
        ("6", NameUsage.ORGANISATION, "Niet-natuurlijk persoon"),
    ],
)
ADDRESS_KINDS = CodeList(
    "COD757",
    [
        ("01", AddressKind.REGISTERED, "BRP-adres"),
        ("02", AddressKind.CORRESPONDENCE, "Correspondentieadres"),
        ("03", AddressKind.STAY, "Verblijfadres"),
        ("04", AddressKind.TEMPORARY_STAY, "Tijdelijk verblijfadres"),
    ],
)
RELATION_KINDS = CodeList(
    "COD472",
    [
        ("03", RelationKind.CURATOR, "Curator (juridisch)"),
        ("04", RelationKind.FINANCIAL_PROXY, "Financieel gemachtigde"),
        ("05", RelationKind.FINANCIAL_SUPERVISOR, "Financieel toetser"),
        ("06", RelationKind.LIVING_GROUP, "Leefeenheid"),
        ("07", RelationKind.CARE_WORKER, "Hulpverlener"),
        ("08", RelationKind.SPECIALIST, "Specialist"),
        ("09", RelationKind.OTHER, "Anders"),
        ("10", RelationKind.PARENT, "Ouder"),
        ("11", RelationKind.GUARDIAN, "Voogd"),
        ("12", RelationKind.PARTNER, "Partner of echtgenoot"),
        ("13", RelationKind.FOSTER_PARENT, "Pleegouder"),
        ("14", RelationKind.ADMINISTRATOR, "Bewindvoerder"),
        ("15", RelationKind.MENTOR, "Mentor"),
        ("16", RelationKind.CHILD, "Zoon of dochter"),
        ("17", RelationKind.RELATIVE, "Familielid"),
        ("18", RelationKind.HOUSEHOLD_MEMBER, "Gezinslid"),
        ("19", RelationKind.NEIGHBOUR, "Buur"),
        ("20", RelationKind.FRIEND, "Vriend of kennis"),
        ("21", RelationKind.CLIENT_SUPPORTER, "Cliëntondersteuner"),
        ("22", RelationKind.GENERAL_PRACTITIONER, "Huisarts"),
        ("23", RelationKind.HEIRS, "Erven"),
        ("24", RelationKind.EMPLOYER, "Werkgever"),
        ("25", RelationKind.NEIGHBOURHOOD_COACH, "Wijkcoach"),
    ],
)
REFERRERS = CodeList(
    "COD327",
    [
        ("01", Referrer.MUNICIPALITY, "Gemeente"),
        ("02", Referrer.GENERAL_PRACTITIONER, "Huisarts"),
        ("03", Referrer.YOUTH_DOCTOR, "Jeugdarts"),
        ("04", Referrer.CERTIFIED_INSTITUTION, "Gecertificeerde instelling"),
        ("05", Referrer.SPECIALIST, "Medisch specialist"),
        ("06", Referrer.NONE, "Zelfverwijzer of geen verwijzer"),
        ("08", Referrer.COURT, "Rechter, officier van justitie of justitiële jeugdinrichting"),
    ],
)
UNITS = CodeList(
    "WJ756",
    [
        ("01", Unit.MINUTE, "Minuut"),
        ("04", Unit.HOUR, "Uur"),
        ("14", Unit.DAY, "Etmaal"),
        ("16", Unit.DAY_PART, "Dagdeel (4 uur)"),
        ("82", Unit.PIECE, "Stuks (output)"),
        ("83", Unit.EURO, "Euro's"),
        ("84", Unit.PIECE, "Stuks (inspanning)"),
    ],
)
PIECES_BY_EFFORT = "84"
"""The second code for pieces: effort instead of output."""
FREQUENCIES = CodeList(
    "WMO757",
    [
        ("1", Frequency.DAY, "Per dag"),
        ("2", Frequency.WEEK, "Per week"),
        ("4", Frequency.MONTH, "Per maand"),
        ("6", Frequency.WHOLE, "Totaal binnen de geldigheidsduur van de toewijzing"),
    ],
)
SUBMISSIONS = CodeList(
    "COD467",
    [
        ("1", Submission.FIRST, "Eerste aanlevering"),
        ("2", Submission.CHANGED, "Gewijzigde aanlevering"),
        ("3", Submission.REMOVED, "Verwijderde aanlevering"),
        ("9", Submission.UNCHANGED, "Ongewijzigd"),
    ],
)
CHANGE_REASONS = CodeList(
    "JZ002, WMO002",
    [
        (f"{number:02}", reason, label)
        for number, (reason, label) in enumerate(
            zip(
                ChangeReason,
                (
                    "Administratieve correctie (vervallen)",
                    "Cliënt overleden",
                    "Contractwijziging",
                    "Herbeoordeling: toewijzing verlengd",
                    "Herbeoordeling: toewijzing verkort",
                    "Uitstroom naar ander domein",
                    "Verhuizing naar een andere gemeente",
                    "Andere leveringsvorm",
                    "Overstap naar andere aanbieder",
                    "Nieuwe bekostigingssystematiek",
                    "Gemeentelijke herindeling",
                    "Op initiatief van de aanbieder",
                    "Verwijderd",
                    "Administratieve correctie",
                ),
                strict=True,
            ),
            start=1,
        )
    ],
)
ANSWERS = CodeList(
    "WJ760",
    [("1", Answer.REJECTED, "Verzoek afgewezen"), ("2", Answer.UNDER_INVESTIGATION, "Aanvraag in onderzoek")],
)
REFUSAL_REASONS = CodeList(
    "WJ759",
    [
        ("1", RefusalReason.NEW_REQUEST_NEEDED, "Geen wijziging, maar een nieuwe aanvraag"),
        ("2", RefusalReason.OUTSIDE_BUDGET, "Past niet binnen het budget"),
        ("3", RefusalReason.NO_CONTRACT, "Geen contract"),
        ("4", RefusalReason.OUTSIDE_CONTRACT, "Past niet binnen het contract"),
        ("5", RefusalReason.OTHER_MUNICIPALITY, "Andere gemeente"),
        ("6", RefusalReason.STACKING, "Stapeling"),
        ("7", RefusalReason.NOT_SUITABLE, "Zorginhoudelijk afgekeurd"),
        ("8", RefusalReason.RESIDENCE_PRINCIPLE, "Woonplaatsbeginsel"),
        ("9", RefusalReason.AGE_LIMIT, "Leeftijdsgrens bereikt"),
    ],
)
_BOTH_STANDARDS = [
    ("02", StopReason.DIED, "Overlijden"),
    ("20", StopReason.TEMPORARY, "Levering tijdelijk beëindigd"),
    ("36", StopReason.MUNICIPALITY_INITIATIVE, "Op initiatief van de gemeente"),
    ("37", StopReason.CHANGE_REQUEST, "In verband met een wijzigingsverzoek"),
    ("38", StopReason.OTHER_PROVIDER, "Overstap naar andere aanbieder"),
    ("39", StopReason.OTHER_DOMAIN, "Uitstroom naar ander domein"),
]
STOP_REASONS: Mapping[Standard, CodeList[StopReason]] = {
    Standard.IJW: CodeList(
        "JZ588",
        [
            *_BOTH_STANDARDS,
            ("31", StopReason.AS_PLANNED, "Volgens plan beëindigd"),
            ("32", StopReason.CLIENT_BROKE_OFF, "Voortijdig afgesloten door de cliënt"),
            ("33", StopReason.PROVIDER_BROKE_OFF, "Voortijdig afgesloten door de aanbieder"),
            ("34", StopReason.IN_CONSULTATION, "Voortijdig afgesloten in overleg"),
            ("35", StopReason.EXTERNAL_CAUSE, "Voortijdig afgesloten door een externe oorzaak"),
        ],
    ),
    Standard.IWMO: CodeList(
        "WMO588",
        [
            *_BOTH_STANDARDS,
            ("19", StopReason.AS_PLANNED, "Volgens plan beëindigd"),
            ("21", StopReason.CLIENT_BROKE_OFF, "Eenzijdig beëindigd door de cliënt"),
            ("22", StopReason.PROVIDER_BROKE_OFF, "Eenzijdig beëindigd door de aanbieder"),
            ("23", StopReason.IN_CONSULTATION, "Voortijdig beëindigd in overleg"),
            ("31", StopReason.EXTERNAL_CAUSE, "Verhuizing naar een andere gemeente"),
        ],
    ),
}
"""Why care stopped, per standard. Moving is an external cause: iJw has 35 for it, iWmo 31."""
