"""One function per command, and the registry that says which."""

from collections.abc import Mapping
from types import MappingProxyType

from services.commissioning import commands
from services.commissioning.handlers import (
    admissions,
    agreements,
    commissions,
    imports,
    regions,
    scenarios,
    spending,
)
from services.kit.commands import Command, Handler

COMMANDS: Mapping[type[Command], Handler] = MappingProxyType(
    {
        commands.FormRegion: regions.form_region,
        commands.RegisterProvider: regions.register_provider,
        commands.StateCapacity: regions.state_capacity,
        commands.DraftScenario: scenarios.draft_scenario,
        commands.EditScenario: scenarios.edit_scenario,
        commands.PublishScenario: scenarios.publish_scenario,
        commands.DraftCommission: commissions.draft_commission,
        commands.EditCommission: commissions.edit_commission,
        commands.PublishCommission: commissions.publish_commission,
        commands.AdvanceCommission: commissions.advance_commission,
        commands.RemindAssessment: commissions.remind_assessment,
        commands.WithdrawCommission: commissions.withdraw_commission,
        commands.AskQuestion: admissions.ask_question,
        commands.AnswerQuestion: admissions.answer_question,
        commands.SubmitApplication: admissions.submit_application,
        commands.AssessApplication: admissions.assess_application,
        commands.AnnounceAssessment: admissions.announce_assessment,
        commands.DraftAgreement: agreements.draft_agreement,
        commands.SignAgreement: agreements.sign_agreement,
        commands.ImportAgreements: imports.import_agreements,
        commands.RecordTalk: spending.record_talk,
        commands.RecordDecision: spending.record_decision,
    }
)
