"""What events say to people who direct: one sentence each, and the page that it is about."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from contracts.event import Event
from contracts.events import commissioning, council, monitoring, referral
from services.portal.directing.names import Names
from services.portal.directing.speech import Speech
from services.portal.i18n import N_

STAGES: Final[Mapping[str, str]] = {
    commissioning.CommissionStage.PUBLISHED: N_("Questions may be asked"),
    commissioning.CommissionStage.ANSWERED: N_("The questions are answered"),
    commissioning.CommissionStage.CLOSED: N_("The applications are in"),
    commissioning.CommissionStage.ASSESSED: N_("The results are known"),
    commissioning.CommissionStage.STANDSTILL: N_("The standstill has begun"),
    commissioning.CommissionStage.FINAL: N_("The standstill has ended"),
    commissioning.CommissionStage.WITHDRAWN: N_("The commission was taken back"),
}


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Who is called what, and which provider an agreement is with."""

    names: Names
    agreements: Mapping[str, str]
    """The AGB code of the provider, by the id of the agreement."""

    def provider(self, agb: str) -> str:
        """The name of a provider."""
        return self.names.provider(agb)

    def municipality(self, code: str) -> str:
        """The name of a municipality."""
        return self.names.municipality(code)

    def party(self, party: str) -> str:
        """The name of any party."""
        return self.names.party(party)

    def provider_of(self, agreement: object, otherwise: str) -> str:
        """The name of the provider of an agreement."""
        agb = self.agreements.get(str(agreement))
        return self.provider(agb) if agb else otherwise


Said = tuple[str, str | None] | None
Saying = Callable[[Speech, Knowledge, Any], Said]


def _warned(_: Speech, to: Knowledge, event: commissioning.SpendingWarned) -> Said:
    url = f"/manager/agreements/{event.agreement_id}"
    return _("%(name)s reached 70 %% of its ceiling.", name=to.provider(event.provider)), url


def _concluded(_: Speech, to: Knowledge, event: commissioning.AgreementConcluded) -> Said:
    name, url = to.provider(event.provider), f"/manager/agreements/{event.agreement_id}"
    if event.imported:
        return _("The agreement with %(name)s was taken over.", name=name), url
    return _("The agreement with %(name)s is signed by both sides.", name=name), url


def _amended(_: Speech, to: Knowledge, event: commissioning.AgreementAmended) -> Said:
    name, url = to.provider(event.provider), f"/manager/agreements/{event.agreement_id}"
    return _("The agreement with %(name)s has new terms.", name=name), url


def _drafted(_: Speech, to: Knowledge, event: commissioning.AgreementDrafted) -> Said:
    name, url = to.provider(event.provider), f"/manager/agreements/{event.agreement_id}"
    return _("The agreement with %(name)s is ready to be signed.", name=name), url


def _signed(_: Speech, to: Knowledge, event: commissioning.AgreementSigned) -> Said:
    name, url = to.provider_of(event.agreement_id, _("a provider")), f"/manager/agreements/{event.agreement_id}"
    signer = to.party(event.signed_by)
    return _("%(signer)s signed the agreement with %(name)s.", signer=signer, name=name), url


def _commission(_: Speech, to: Knowledge, event: commissioning.CommissionPublished) -> Said:
    return _("Commission opened: %(title)s.", title=event.title), f"/manager/commissions/{event.commission_id}"


def _advanced(_: Speech, to: Knowledge, event: commissioning.CommissionAdvanced) -> Said:
    return f"{_(STAGES[event.stage])}.", f"/manager/commissions/{event.commission_id}"


def _assessed(_: Speech, to: Knowledge, event: commissioning.ApplicationAssessed) -> Said:
    name, url = to.provider(event.provider), f"/manager/commissions/{event.commission_id}"
    if event.admitted:
        return _("%(name)s is admitted.", name=name), url
    return _("%(name)s is not admitted.", name=name), url


def _scenario(_: Speech, to: Knowledge, event: commissioning.ScenarioPublished) -> Said:
    return _("Story published: %(title)s.", title=event.title), f"/manager/scenarios/{event.scenario_id}"


def _month(_: Speech, month: str) -> str:
    return _.fmt.month(datetime.fromisoformat(f"{month}-01").date())


def _round(_: Speech, to: Knowledge, event: monitoring.RoundOpened) -> Said:
    return _("The reporting round for %(month)s is open.", month=_month(_, event.month)), "/manager/rounds"


def _reported(_: Speech, to: Knowledge, event: monitoring.RoundReported) -> Said:
    return _("%(name)s reported its results.", name=to.provider(event.provider)), "/manager/rounds"


def _closed(_: Speech, to: Knowledge, event: monitoring.RoundClosed) -> Said:
    if not event.missing:
        return _("A reporting round closed; everybody reported."), "/manager/rounds"
    said = _.ngettext(
        "A reporting round closed; %(num)s provider is missing.",
        "A reporting round closed; %(num)s providers are missing.",
        len(event.missing),
    )
    return said, "/manager/rounds"


def _figures(_: Speech, to: Knowledge, event: monitoring.FiguresPublished) -> Said:
    area, month = to.party(event.area), _month(_, event.month)
    return _("The figures of %(area)s up to %(month)s are public.", area=area, month=month), "/manager/figures"


def _started(_: Speech, to: Knowledge, event: referral.CareStarted) -> Said:
    name, place = to.provider(event.provider), to.municipality(event.municipality)
    return _("%(name)s started help in %(place)s.", name=name, place=place), None


def _declined(_: Speech, to: Knowledge, event: referral.AllocationDeclined) -> Said:
    name, place = to.provider(event.provider), to.municipality(event.municipality)
    return _("%(name)s could not take on help in %(place)s.", name=name, place=place), None


def _frame(_: Speech, to: Knowledge, event: council.FrameAdopted) -> Said:
    name = to.municipality(event.municipality)
    said = _("The council of %(name)s adopted a frame: %(title)s.", name=name, title=event.title)
    return said, f"/council/{event.municipality}/frames"


def _question(_: Speech, to: Knowledge, event: council.QuestionAsked) -> Said:
    name = to.municipality(event.municipality)
    return _("The council of %(name)s asked a question.", name=name), f"/council/{event.municipality}/questions"


def _letter(_: Speech, to: Knowledge, event: council.LetterSent) -> Said:
    said = _("Letter to the council: %(title)s.", title=event.title)
    return said, f"/council/{event.municipality}#new"


def _view(_: Speech, to: Knowledge, event: council.ViewSubmitted) -> Said:
    name = to.municipality(event.municipality)
    return _("The council of %(name)s gave its view.", name=name), f"/council/{event.municipality}"


def _by_type(
    *pairs: tuple[type[Event], Callable[[Speech, Knowledge, Any], Said]],
) -> Mapping[str, Callable[[Speech, Knowledge, Any], Said]]:
    return {kind.type: say for kind, say in pairs}


SAYINGS: Final = _by_type(
    (commissioning.SpendingWarned, _warned),
    (commissioning.AgreementConcluded, _concluded),
    (commissioning.AgreementAmended, _amended),
    (commissioning.AgreementDrafted, _drafted),
    (commissioning.AgreementSigned, _signed),
    (commissioning.CommissionPublished, _commission),
    (commissioning.CommissionAdvanced, _advanced),
    (commissioning.ApplicationAssessed, _assessed),
    (commissioning.ScenarioPublished, _scenario),
    (monitoring.RoundOpened, _round),
    (monitoring.RoundReported, _reported),
    (monitoring.RoundClosed, _closed),
    (monitoring.FiguresPublished, _figures),
    (referral.CareStarted, _started),
    (referral.AllocationDeclined, _declined),
    (council.FrameAdopted, _frame),
    (council.QuestionAsked, _question),
    (council.LetterSent, _letter),
    (council.ViewSubmitted, _view),
)
