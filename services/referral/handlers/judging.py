"""Is a message right? Levels 2, 3 and 4 of the standard, as far as this service knows the answer.

A verdict names return codes per class (by its path in the message) and says in words what is wrong. Level 2 rejects the
message as a whole with 0001; levels 3 and 4 put a code at the class where it was found (iStandaarden 3.2 IV028, IV032).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from services.kit.problems import Text
from services.referral.istandaarden import (
    Finding,
    RequestForAllocation,
    StartOfCare,
    StopOfCare,
)
from services.referral.istandaarden.codes import Submission
from services.referral.istandaarden.labels import TECHNICALLY_REJECTED
from services.referral.istandaarden.retours import HEADER_PATH

Content = RequestForAllocation | StartOfCare | StopOfCare

IN_FUTURE = "8848"
NOT_UNIQUE = "9056"
NO_ALLOCATION = "9019"
NO_START = "9069"
SAME_KEY = "9074"
STILL_RUNNING = "9326"
SAME_REFERENCE = "9347"
PENDING = "9374"
ALREADY_INTERRUPTED = "9413"
ENDS_TOO_EARLY = "9414"
ALREADY_STOPPED = "9415"
WRONG_PRODUCT = "S329"

_WORDS = {
    IN_FUTURE: Text("De dagtekening ligt in de toekomst.", "The date of the message is in the future."),
    NOT_UNIQUE: Text(
        "Deze identificatie is al gebruikt voor een ander bericht.", "This identification was used for another message."
    ),
    NO_ALLOCATION: Text(
        "Dit hoort bij geen geldige toewijzing van deze cliënt aan deze aanbieder.",
        "This belongs to no valid allocation of this client to this provider.",
    ),
    NO_START: Text(
        "Er is geen actuele start met deze gegevens. Meld eerst de start, of neem haar gegevens ongewijzigd over.",
        "There is no current start with these data. Report the start first, or take its data over unchanged.",
    ),
    SAME_KEY: Text("Ditzelfde is al eerder gemeld.", "The very same was reported before."),
    STILL_RUNNING: Text(
        "De levering loopt al. Meld eerst de stop.", "Care is under way already. Report the stop first."
    ),
    SAME_REFERENCE: Text(
        "Deze referentie is al gebruikt. Geef elke aanvraag een eigen referentie.",
        "This reference was used before. Give every request a reference of its own.",
    ),
    PENDING: Text(
        "Er loopt nog een aanvraag van u voor deze cliënt. Wacht het besluit af.",
        "A request of yours for this client is still under way. Wait for the decision.",
    ),
    ALREADY_INTERRUPTED: Text("De levering is al tijdelijk gestopt.", "Care was interrupted already."),
    ENDS_TOO_EARLY: Text(
        "De einddatum ligt vóór die van de eerdere stop.", "The end is before that of the earlier stop."
    ),
    ALREADY_STOPPED: Text("De levering is al definitief gestopt.", "Care has stopped for good already."),
    WRONG_PRODUCT: Text(
        "Dit product staat zo niet in de productenlijst van de gemeente; categorie en code zijn nodig en horen bij"
        " elkaar.",
        "The municipality's product list does not have this product like this; category and code are needed and belong"
        " together.",
    ),
}


@dataclass(slots=True)
class Verdict:
    """What was found. ``level`` is the first that failed, ``None`` when all is right."""

    level: str | None = None
    codes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    findings: list[dict[str, Any]] = field(default_factory=list)

    @property
    def right(self) -> bool:
        return self.level is None

    @property
    def return_codes(self) -> tuple[str, ...]:
        """The codes that reject, each once."""
        return tuple(sorted({code for codes in self.codes.values() for code in codes}))

    def technical(self, path: str, rule: str, nl: str, en: str) -> None:
        """Wrong at level 2: the whole message is rejected with 0001."""
        self.level = "2"
        self.codes = {HEADER_PATH: (TECHNICALLY_REJECTED,)}
        self.findings.append(told(Text(nl, en), path=path, codes=(TECHNICALLY_REJECTED,), rules=(rule,)))

    def reject(self, level: str, path: str, code: str) -> None:
        """Wrong at level 3 or 4, at one class."""
        self.level = min(self.level or level, level)
        self.codes[path] = (*self.codes.get(path, ()), code)
        self.findings.append(told(_WORDS[code], path=path, codes=(code,)))


def told(
    wrong: Text,
    *,
    path: str | None = None,
    line: int | None = None,
    codes: Iterable[str] = (),
    rules: Iterable[str] = (),
    right: Text | None = None,
) -> dict[str, Any]:
    """One finding as it is kept and shown; never with the value that was found."""
    return {
        "path": path,
        "line": line,
        "codes": list(codes),
        "rules": list(rules),
        "wrongNl": wrong.nl,
        "wrongEn": wrong.en,
        "rightNl": right.nl if right else None,
        "rightEn": right.en if right else None,
    }


def structure(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """The findings of level 1 as they are kept."""
    return [
        told(
            Text(each.wrong.nl, each.wrong.en),
            path=each.path,
            line=each.line,
            right=Text(each.right.nl, each.right.en),
        )
        for each in findings
    ]


def judge_content(content: Content) -> Verdict:
    """Level 2: what a message says by itself. Further rules of level 2 belong here."""
    verdict = Verdict()
    dated = content.header.dated
    if content.client.birth_date > dated:
        verdict.technical("Bericht/Client/Geboortedatum", "TR134", *_AFTER_DATE)
    match content:
        case RequestForAllocation(products=products):
            references = [product.reference for product in products]
            if len(set(references)) != len(references):
                verdict.technical(
                    "Bericht/Client/AangevraagdeProducten",
                    "TR383",
                    "Een referentie komt in het bericht vaker voor.",
                    "A reference occurs more than once in the message.",
                )
            for path, requested in numbered("AangevraagdeProducten/AangevraagdProduct", products):
                if requested.ends_on is not None and requested.ends_on < requested.starts_on:
                    verdict.technical(path, "CS003", *_END_BEFORE_START)
                if requested.code and requested.extent is None:
                    verdict.technical(
                        path, "CD041", "Bij een productcode hoort een omvang.", "A product code needs an extent."
                    )
        case StartOfCare(products=products):
            _once([(p.allocation_number, p.category, p.code, p.starts_on) for p in products], verdict)
            for path, started in numbered("StartProducten/StartProduct", products):
                _reported(path, started.submission, started.starts_on, dated, verdict)
        case StopOfCare(products=products):
            _once([(p.allocation_number, p.starts_on, p.reason, p.ends_on) for p in products], verdict)
            for path, stopped in numbered("StopProducten/StopProduct", products):
                _reported(path, stopped.submission, stopped.ends_on, dated, verdict)
                if stopped.ends_on < stopped.starts_on:
                    verdict.technical(path, "TR018", *_END_BEFORE_START)
    return verdict


def numbered(path: str, items: Iterable[Any]) -> list[tuple[str, Any]]:
    """Each item with the path of its class in the message."""
    return [(f"Bericht/Client/{path}[{number}]", item) for number, item in enumerate(items, start=1)]


_AFTER_DATE = ("Een datum ligt na de dagtekening van het bericht.", "A date is after the date of the message.")
_END_BEFORE_START = ("De einddatum ligt vóór de begindatum.", "The end date is before the start date.")


def _once(keys: list[tuple[Any, ...]], verdict: Verdict) -> None:
    if len(set(keys)) != len(keys):
        verdict.technical(
            "Bericht/Client", "TR101", "Een regel komt in het bericht vaker voor.", "A line occurs more than once."
        )


def _reported(path: str, submission: Submission, day: date, dated: date, verdict: Verdict) -> None:
    if submission not in {Submission.FIRST, Submission.REMOVED}:
        verdict.technical(
            path,
            "CS058",
            "Alleen een eerste of een verwijderde aanlevering is toegestaan.",
            "Only a first or a removed submission is allowed.",
        )
    if day > dated:
        verdict.technical(path, "TR134", *_AFTER_DATE)
