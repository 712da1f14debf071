"""The commissioning service for other processes: the typed client, and every type that it takes and gives.

Other services know this one only by this package.
"""

from services.commissioning import commands, views
from services.commissioning.client.calls import CommissioningClient
from services.commissioning.commands import (
    FormRegion,
    RegionMunicipality,
    RegisterProvider,
    ScenarioText,
    SpendingDecision,
    StateCapacity,
)
from services.commissioning.domain.admission import ApplicationText, Judgement, RequirementAnswer
from services.commissioning.domain.agreement import AgreementStatus
from services.commissioning.domain.commission import Commission, CommissionText, Requirement, Stage, Step, Terms
from services.commissioning.domain.model import OfferedProduct
from services.commissioning.domain.promises import Promise
from services.commissioning.domain.scenario import DesiredOutcome, Scenario, ScenarioStatus
from services.commissioning.views import (
    AgreementView,
    ApplicationView,
    Capacity,
    DeadlineView,
    Decision,
    Frame,
    ImportedRow,
    ImportReport,
    MonthCommitted,
    NextDeadline,
    Provider,
    Question,
    Reconciliation,
    ReconciliationLine,
    Region,
    Signature,
    SpendingRoom,
    SpendingRooms,
    SpendingWarning,
)

__all__ = [
    "AgreementStatus",
    "AgreementView",
    "ApplicationText",
    "ApplicationView",
    "Capacity",
    "Commission",
    "CommissionText",
    "CommissioningClient",
    "DeadlineView",
    "Decision",
    "DesiredOutcome",
    "FormRegion",
    "Frame",
    "ImportReport",
    "ImportedRow",
    "Judgement",
    "MonthCommitted",
    "NextDeadline",
    "OfferedProduct",
    "Promise",
    "Provider",
    "Question",
    "Reconciliation",
    "ReconciliationLine",
    "Region",
    "RegionMunicipality",
    "RegisterProvider",
    "Requirement",
    "RequirementAnswer",
    "Scenario",
    "ScenarioStatus",
    "ScenarioText",
    "Signature",
    "SpendingDecision",
    "SpendingRoom",
    "SpendingRooms",
    "SpendingWarning",
    "Stage",
    "StateCapacity",
    "Step",
    "Terms",
    "commands",
    "views",
]
