"""Who may call what, said once; and the parts of the application that routes use."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path, Request

from contracts.values import Role
from services.kit.actor import Actor
from services.kit.auth import allow
from services.kit.database import Database

ANYONE = Actor(person="anyone", party="partner:anyone")
"""Who did not sign in: sees what is published, and nothing else."""

SignedIn = Annotated[Actor, Depends(allow(*Role))]
"""Anyone with an account; row-level security decides what there is to see."""

Commissioner = Annotated[Actor, Depends(allow(Role.CONTRACT_MANAGER, Role.REGIONAL_OFFICER))]
"""Commissions for a municipality or region."""

Applicant = Annotated[Actor, Depends(allow(Role.PROVIDER_ADMINISTRATOR))]
"""Applies for a provider."""

Assessor = Annotated[
    Actor, Depends(allow(Role.CONTRACT_MANAGER, Role.REGIONAL_OFFICER, Role.EXECUTIVE, Role.PROVIDER_ADMINISTRATOR))
]
"""May open applications: the commissioner after the deadline, the provider its own. Never Samenspel itself."""

Signer = Annotated[
    Actor, Depends(allow(Role.CONTRACT_MANAGER, Role.REGIONAL_OFFICER, Role.EXECUTIVE, Role.PROVIDER_ADMINISTRATOR))
]
"""Signs for a side of an agreement."""

Party = Annotated[
    Actor,
    Depends(
        allow(
            Role.CONTRACT_MANAGER,
            Role.REGIONAL_OFFICER,
            Role.EXECUTIVE,
            Role.ACCESS_WORKER,
            Role.PROVIDER_ADMINISTRATOR,
            Role.PLANNER,
            Role.SYSTEM,
        )
    ),
]
"""Works with agreements: a side, or a municipality that takes part."""

Stater = Annotated[Actor, Depends(allow(Role.PLANNER, Role.PROVIDER_ADMINISTRATOR))]
"""States capacity for a provider."""

Founder = Annotated[Actor, Depends(allow(Role.REGIONAL_OFFICER, Role.SYSTEM))]
"""Forms a region."""

Registrar = Annotated[Actor, Depends(allow(Role.PROVIDER_ADMINISTRATOR, Role.SYSTEM))]
"""Registers a provider."""

Importer = Annotated[Actor, Depends(allow(Role.CONTRACT_MANAGER, Role.REGIONAL_OFFICER, Role.SYSTEM))]
"""Imports running agreements."""

Workflow = Annotated[Actor, Depends(allow(Role.SYSTEM))]
"""The workflow of a commission."""

ScenarioId = Annotated[UUID, Path(alias="scenarioId", description="The scenario.")]
CommissionId = Annotated[UUID, Path(alias="commissionId", description="The commission.")]
QuestionId = Annotated[UUID, Path(alias="questionId", description="The question.")]
ApplicationId = Annotated[UUID, Path(alias="applicationId", description="The application.")]
AgreementId = Annotated[UUID, Path(alias="agreementId", description="The agreement.")]


async def _database(request: Request) -> Database:
    database: Database = request.app.state.database
    return database


Store = Annotated[Database, Depends(_database)]
"""The database of the service."""
