"""What the receiver of a message knows that matters for judging it: levels 3 and 4 look at nothing else.

``None`` means "not known here": a rule that needs it does not assess, so it never fails. An empty tuple or set means
"known, and there is nothing". Codes and dates are those of the standard. A ``repr`` shows nothing personal.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from services.referral.domain.declared import DeclaredKnown
from services.referral.istandaarden.care import Extent
from services.referral.istandaarden.declarations import Declaration
from services.referral.istandaarden.nodes import Node
from services.referral.istandaarden.rules.calendar_days import day_in

REJECTED, UNDER_INVESTIGATION = "1", "2"
"""VerzoekAntwoord (WJ760)."""
TEMPORARY = "20"
"""The one RedenBeeindiging after which care may go on. OP155 also calls 21 temporary; in iWmo that is the client's own
stop and in iJw it does not exist, so 20 is the only one."""


@dataclass(frozen=True, slots=True)
class KnownAllocation:
    """One allocation (ToegewezenProduct) as its latest 301 by moment of decision left it; not by moment of receipt.

    With ``code`` and ``category`` it is specific, with ``category`` alone aspecific, with neither generic. Money is in
    cents. ``removed``: taken back by reason 13 or 01 with its end on its first day, which counts as never sent.
    ``claimed``: there are approved services on it that were not credited.
    """

    number: int
    starts_on: date
    ends_on: date | None = None
    category: str | None = None
    code: str | None = None
    extent: Extent | None = None
    budget_cents: int | None = None
    removed: bool = False
    claimed: bool = False

    def is_current(self, day: date) -> bool:
        """Whether it is or will be valid on or after ``day`` (TR349)."""
        return not self.removed and (self.ends_on is None or self.ends_on >= day)


@dataclass(frozen=True, slots=True)
class Reported:
    """A start or stop of care that was reported before, by its logical key. A start has no ``reason`` and no end."""

    number: int | None
    category: str | None
    code: str | None
    starts_on: date
    reason: str | None = None
    ends_on: date | None = None

    @property
    def is_stop(self) -> bool:
        return self.reason is not None

    @property
    def start(self) -> "Reported":
        """The start that this belongs to: the part of the key that a stop takes over from it (TR382)."""
        return Reported(self.number, self.category, self.code, self.starts_on)

    @property
    def care(self) -> tuple[object, ...]:
        """What is delivered: the allocation, or where there is none (by task, IV096) the product."""
        return (self.number,) if self.number is not None else (self.category, self.code)

    @classmethod
    def from_node(cls, line: Node) -> "Reported":
        """The key of a StartProduct or StopProduct. It leaves ToewijzingIngangsdatum out, as TR063 and TR074 do."""
        stop = line.name == "StopProduct"
        return cls(
            number=line.find_number("ToewijzingNummer"),
            category=line.find_text("Product/Categorie"),
            code=line.find_text("Product/Code"),
            starts_on=day_in(line, "Begindatum"),
            reason=line.text("RedenBeeindiging") if stop else None,
            ends_on=day_in(line, "Einddatum") if stop else None,
        )


@dataclass(frozen=True, slots=True)
class KnownRequest:
    """A request (315 or, with ``change``, 317) under a reference of the provider.

    ``of_client``: for the client of the message. ``answers``: VerzoekAntwoord of the 319s on it, oldest first.
    ``granted``: a 301 with this reference was sent. ``asks`` is what one by form asks that has no reference: it holds
    back nothing but the same product in the same days.
    """

    reference: str
    change: bool = False
    of_client: bool = True
    answers: tuple[str, ...] = ()
    granted: bool = False
    asks: KnownAllocation | None = None

    @property
    def under_way(self) -> bool:
        """Whether it still awaits its decision; "under investigation" is none (TR374)."""
        return not self.granted and REJECTED not in self.answers


@dataclass(frozen=True, slots=True)
class InForce:
    """From when until when a code holds, both days included; ``None`` is without end."""

    first: date | None = None
    last: date | None = None

    def on(self, day: date) -> bool:
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the receiver knows, as far as one message touches it. Every default is "not known here"."""

    today: date | None = None
    """The day on the receiver's clock (TR135, TR349 to TR351); without it the date of the message counts."""
    identifications: frozenset[str] = frozenset()
    """Identifications that this sender used before for this kind of message (TR056)."""
    municipalities: Mapping[str, InForce] | None = None
    """Every CBS code there is, abolished ones too, with when it held (TR378)."""
    products: Mapping[str, frozenset[str]] | None = None
    """Per product code the categories that the municipality's list puts it in. A code that is absent is not assessed;
    one with no category at all is known not to exist (TR381)."""
    bsns: frozenset[str] | None = field(default=None, repr=False)
    """The BSNs in the message that are those of clients known here (TR304)."""
    allocations: tuple[KnownAllocation, ...] | None = None
    """Allocations of the client of the message by this municipality to this provider, removed ones included."""
    other_numbers: frozenset[int] = frozenset()
    """Numbers in the message that this municipality gave, under this law, to allocations of other clients (TR332)."""
    by_task: bool = False
    """Whether this provider may also deliver without an allocation (by task, IV096), so that a number may be absent."""
    reports: tuple[Reported, ...] | None = None
    """Starts and stops reported for the client of the message, in order of moment; without removed ones (OP033)."""
    requests: tuple[KnownRequest, ...] | None = None
    """Requests of this provider under this law: those under way for the client, and those whose reference the message
    names, for whomever they are."""
    declared: DeclaredKnown | None = field(default=None, repr=False)
    """What a 323 is judged against: allocations, approved performances, tariffs. ``bsns`` are then its ``clients``."""
    declarations: tuple[Declaration, ...] | None = field(default=None, repr=False)
    """The 323s that this receiver of a 325 sent: the one with the identification that the answer names, if any."""

    def allocation(self, number: int | None) -> KnownAllocation | None:
        """The allocation under that number that was not removed."""
        found = (each for each in self.allocations or () if each.number == number and not each.removed)
        return next(found, None)

    def request(self, reference: str) -> KnownRequest | None:
        return next((each for each in self.requests or () if each.reference == reference), None)
