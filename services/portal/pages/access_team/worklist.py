"""Home of the access team: requests to decide, promises that were not kept, residents without a place."""

import asyncio
from datetime import datetime

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from services.portal.care.clients import AccessWorker, Commissioning, Referrals, names_of
from services.portal.care.directory import Directory
from services.portal.care.forms import today
from services.portal.care.gather import number_of
from services.portal.care.terms import CRISIS, RULE_OF_ENDS, RULE_OF_STARTS, WAITING_NORM, last_day
from services.portal.care.words import STATUS, TONES
from services.portal.components import Action, Task
from services.portal.i18n import N_
from services.portal.views import render, translate
from services.referral.client import ChainRequestView, ReferralClient, ReferralView, RequestOrder
from services.referral.client import Task as Waiting

router = APIRouter()

SHOWN = 25
LATEST = 6
LOOK = (Waiting.FOLLOW_UP_START, Waiting.FOLLOW_UP_REPORT, Waiting.FOLLOW_UP_STOP)
KINDS = (Waiting.PLACE, *LOOK, Waiting.DECIDE)

_SENTENCES = {
    Waiting.DECIDE: N_("Decide about %(product)s for %(client)s, at %(provider)s."),
    Waiting.PLACE: N_("Find a place for %(client)s: nobody took %(product)s."),
    Waiting.FOLLOW_UP_START: N_("Ask %(provider)s why the help for %(client)s has not begun."),
    Waiting.FOLLOW_UP_REPORT: N_("Ask %(provider)s whether the help for %(client)s has begun: nothing was reported."),
    Waiting.FOLLOW_UP_STOP: N_("Ask %(provider)s whether the help for %(client)s has ended: nothing was reported."),
}
_RULES = {
    Waiting.DECIDE: N_("A request is decided within five working days (iStandaarden OP274)"),
    Waiting.PLACE: N_("Every provider said no or did not answer in time"),
    Waiting.FOLLOW_UP_STOP: RULE_OF_ENDS,
    Waiting.FOLLOW_UP_REPORT: RULE_OF_STARTS,
    Waiting.FOLLOW_UP_START: WAITING_NORM,
}
_CHANGE = N_("Decide about other help for %(client)s, which %(provider)s asks for.")
_WITHOUT_PRODUCT = N_("Decide about help for %(client)s, which %(provider)s asks for without a product.")
_RULE_OF_REQUESTS = N_("A request is decided within five working days (iStandaarden OP274, OP346)")
_UNDER_INVESTIGATION = N_("An investigation takes eight weeks from the request at most (iStandaarden OP274, OP346)")
_BUTTONS = {
    Waiting.DECIDE: N_("Decide"),
    Waiting.PLACE: N_("Find a place"),
    Waiting.FOLLOW_UP_START: N_("Look"),
    Waiting.FOLLOW_UP_REPORT: N_("Look"),
    Waiting.FOLLOW_UP_STOP: N_("Look"),
}


def _pressing(each: ReferralView | ChainRequestView) -> tuple[bool, datetime]:
    """The place on the list, as the service orders both: a crisis, and then what is due first."""
    if isinstance(each, ReferralView):
        return not each.crisis, each.task_due or each.requested_at
    return True, each.decision_due or each.received_at


async def _all_tasks(referrals: ReferralClient) -> int:
    return sum(count.number for count in await referrals.task_counts())


@router.get("/access/worklist")
async def worklist(
    request: Request, person: AccessWorker, referrals: Referrals, commissioning: Commissioning
) -> HTMLResponse:
    """What waits for the team, the most pressing first; and who has room."""
    waiting, latest, products, requests = await asyncio.gather(
        referrals.referrals(tasks=KINDS, limit=SHOWN),
        referrals.referrals(limit=LATEST),
        referrals.products(person.code, today(request)),
        referrals.chain_requests(undecided=True, sort=RequestOrder.DUE, limit=SHOWN),
    )
    # Of each the most pressing were asked for, so the most pressing of all are among them.
    pressing: list[ReferralView | ChainRequestView] = [*waiting.items, *requests.items]
    pressing = sorted(pressing, key=_pressing)[:SHOWN]
    named: list[ReferralView | ChainRequestView] = [*pressing, *latest.items]
    clients, providers, to_do, asked = await asyncio.gather(
        names_of(referrals, person, (each.client for each in named)),
        Directory(request, commissioning).providers(each.provider for each in named),
        number_of(waiting, lambda: _all_tasks(referrals)),
        number_of(requests, lambda: referrals.chain_request_count(undecided=True)),
    )
    names = {product.product_code: product.name for product in products}

    def task(each: ReferralView) -> Task:
        kind = each.task or Waiting.DECIDE
        words = {
            "product": names.get(each.assignment.product_code, each.assignment.product_code),
            "client": clients.get(each.client) or translate(request, N_("a resident")),
            "provider": providers[each.provider],
        }
        address = f"/access/referrals/{each.referral_id}"
        return Task(
            translate(request, _SENTENCES[kind], **words),
            Action(
                translate(request, _BUTTONS[kind]),
                address if kind in LOOK else f"{address}/decide",
                primary=kind not in LOOK,
            ),
            due=None if kind is Waiting.PLACE else last_day(each.task_due),
            because=translate(request, CRISIS if each.crisis else _RULES[kind]),
            warning=kind is Waiting.PLACE or each.crisis,
            id=f"task-{each.referral_id}",
        )

    def to_decide(each: ChainRequestView) -> Task:
        sentence = _CHANGE if each.change else _WITHOUT_PRODUCT
        client = clients.get(each.client) or translate(request, N_("a resident"))
        return Task(
            translate(request, sentence, client=client, provider=providers[each.provider]),
            Action(translate(request, N_("Decide")), f"/requests/{each.request_id}"),
            due=last_day(each.decision_due),
            because=translate(request, _UNDER_INVESTIGATION if each.answers else _RULE_OF_REQUESTS),
            warning=each.escalated,
            id=f"task-{each.request_id}",
        )

    recent = [
        {
            "url": f"/access/referrals/{each.referral_id}",
            "client": clients.get(each.client) or translate(request, N_("a resident")),
            "product": names.get(each.assignment.product_code, each.assignment.product_code),
            "status": translate(request, STATUS[each.status]),
            "tone": TONES[each.status],
            "when": each.requested_at,
        }
        for each in latest.items
    ]
    return render(
        request,
        "pages/access_team/worklist.html",
        tasks=[task(each) if isinstance(each, ReferralView) else to_decide(each) for each in pressing],
        total=to_do + asked,
        to_do=to_do,
        asked=asked,
        recent=recent,
        products=[(product.product_code, product.name) for product in products],
    )
