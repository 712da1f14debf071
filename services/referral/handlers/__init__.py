"""What each command does, and the registry that says so."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from services.kit.commands import Command, Handler
from services.referral import (
    batch_commands,
    broad_commands,
    budget_commands,
    commands,
    declaration_commands,
    relation_commands,
)
from services.referral.handlers import (
    asking,
    batches,
    broad,
    chain_requests,
    changes,
    crisis,
    decisions,
    declaring,
    deliveries,
    dossiers,
    finding,
    imported_ends,
    imports,
    locations,
    messages,
    offers,
    open_offers,
    people,
    personal_budgets,
    promises,
    receipts,
    relations,
    residence,
)
from services.referral.handlers.context import Context

_HANDLERS: dict[type[Command], Callable[..., Awaitable[Any]]] = {
    commands.RequestAllocation: crisis.request_help,
    commands.GrantAllocation: decisions.grant_allocation,
    commands.RefuseRequest: decisions.refuse_request,
    commands.WithdrawReferral: decisions.withdraw_referral,
    commands.InvestigateRequest: decisions.investigate_request,
    commands.ChangeAllocation: changes.change_allocation,
    commands.RemoveAllocation: changes.remove_allocation,
    broad_commands.AllocateBroadly: broad.allocate_broadly,
    broad_commands.ChangeBroadAllocation: broad.change_broad_allocation,
    broad_commands.RemoveBroadAllocation: broad.remove_broad_allocation,
    commands.MissReceipt: receipts.miss_receipt,
    commands.SetExchange: receipts.set_exchange,
    commands.RequestChange: asking.request_change,
    commands.GrantRequest: chain_requests.grant_request,
    commands.RejectRequest: chain_requests.reject_request,
    commands.InvestigateChainRequest: chain_requests.investigate_chain_request,
    commands.RemindOfRequest: chain_requests.remind_of_request,
    commands.InvestigateResidence: residence.investigate_residence,
    commands.AskElsewhere: residence.ask_elsewhere,
    commands.ContinueElsewhere: residence.continue_elsewhere,
    commands.AcceptAllocation: offers.accept_allocation,
    commands.DeclineAllocation: offers.decline_allocation,
    commands.OfferAllocation: offers.offer_allocation,
    commands.OfferOpenly: open_offers.offer_openly,
    commands.ClaimOffer: open_offers.claim_offer,
    commands.DeclineOffer: open_offers.decline_offer,
    commands.LapseOffers: open_offers.lapse_offers,
    commands.StateLocations: locations.state_locations,
    commands.NumberClient: offers.name_client,
    commands.RemindOfPromise: promises.remind_of_promise,
    commands.EscalatePromise: promises.escalate_promise,
    commands.ExpectStart: deliveries.expect_start,
    commands.ReportStart: deliveries.report_start,
    commands.ReportStop: deliveries.report_stop,
    commands.ReceiveMessage: messages.receive_message,
    batch_commands.SubmitBatch: batches.submit_batch,
    batch_commands.ReceiveBatchItems: batches.receive_batch_items,
    batch_commands.RefuseBatchItem: batches.refuse_batch_item,
    batch_commands.FinishBatch: batches.finish_batch,
    commands.PromiseEnds: imported_ends.promise_ends,
    commands.ImportTrajectories: imports.import_trajectories,
    declaration_commands.DeclareMonth: declaring.declare_month,
    relation_commands.FindClient: finding.find_client,
    relation_commands.ChangeClient: dossiers.change_client,
    relation_commands.AddRelation: relations.add_relation,
    relation_commands.ChangeRelation: relations.change_relation,
    relation_commands.EndRelation: relations.end_relation,
    relation_commands.SetAuthority: relations.set_authority,
    relation_commands.SetMessages: relations.set_messages,
    budget_commands.RecordPersonalBudget: personal_budgets.record_personal_budget,
    budget_commands.ChangePersonalBudget: personal_budgets.change_personal_budget,
    budget_commands.WithdrawPersonalBudget: personal_budgets.withdraw_personal_budget,
    commands.EraseClient: people.erase_client,
}


def handlers(context: Context) -> dict[type[Command], Handler]:
    """Every command with its handler, which gets ``context``."""
    return {command: partial(handler, context) for command, handler in _HANDLERS.items()}
