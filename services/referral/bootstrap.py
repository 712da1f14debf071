"""Puts the service together: the only place where its parts are built."""

import os
from collections.abc import Mapping
from pathlib import Path

from fastapi import FastAPI
from pydantic import TypeAdapter, ValidationError

from services.kit.keyring import KeyRing
from services.kit.service import Service, application
from services.kit.settings import ServiceSettings, SettingsError
from services.referral.api import ROUTERS
from services.referral.api.batches import LARGE_BODIES
from services.referral.domain.terms import Terms
from services.referral.handlers import handlers
from services.referral.handlers.context import Context
from services.referral.istandaarden import official
from services.referral.projections import PROJECTIONS
from services.referral.vault.opening import vault_of
from services.referral.vault.vault import Vault

VERSION = "1.0.0"
DESCRIPTION = (
    "Requests for help, allocations and care in iWmo/iJw 3.2 terms, from the first request to the last day. Who a"
    " client is stands in a vault; everything here speaks of pseudonyms, and every look into a dossier is recorded."
)


def build(settings: ServiceSettings) -> Service:
    """The service, with the vault of ``VAULT_KEY_FILE`` and the official schemas of ``ISTANDAARDEN_XSD_DIR``, if any.

    Raises ``SettingsError`` without a usable key file, or with a folder that cannot be used.
    """
    official.put_in_force(official_schemas(os.environ.get("ISTANDAARDEN_XSD_DIR", "")))
    return compose(vault_of(os.environ), agreed_terms(os.environ))


def official_schemas(folder: str) -> official.OfficialSchemas | None:
    """The official schemas of iWmo and iJw in ``folder``; None when it is empty. Raises ``SettingsError``."""
    if not folder:
        return None
    try:
        return official.load(Path(folder))
    except official.OfficialSchemaError as error:
        raise SettingsError(f"ISTANDAARDEN_XSD_DIR cannot be used: {error}.") from None


def agreed_terms(environ: Mapping[str, str]) -> Terms:
    """The terms of ``REFERRAL_TERMS``, a JSON object with what differs from the standard ones.

    ``{"accept": 3, "waiting_norm_days": 42, "waiting_norms_by_category": {"43": 91}}``: ``accept`` and
    ``remind_before`` in working days, norms in days. Raises ``SettingsError``.
    """
    try:
        return TypeAdapter(Terms).validate_json(environ.get("REFERRAL_TERMS") or "{}")
    except ValidationError:
        raise SettingsError(
            'REFERRAL_TERMS is not valid: set it to JSON such as {"accept": 5, "waiting_norm_days": 42}.'
        ) from None


def compose(vault: Vault, terms: Terms | None = None) -> Service:
    """The service around a vault and the agreed terms."""
    agreed = terms or Terms()
    return Service(
        name="referral",
        title="Referral",
        description=DESCRIPTION,
        version=VERSION,
        commands=handlers(Context(vault, agreed)),
        projections=[projection() for projection in PROJECTIONS],
        routers=ROUTERS,
        large_bodies=LARGE_BODIES,
        state={"vault": vault, "terms": agreed},
    )


def openapi_app() -> FastAPI:
    """The application without engines: it can only describe itself."""
    settings = ServiceSettings(
        service="referral",
        oidc_issuer="http://127.0.0.1",
        database_url="postgresql://127.0.0.1/samenspel",
        kafka_bootstrap_servers="127.0.0.1:9092",
    )
    nothing = KeyRing({"none": bytes(32)}, "none")
    return application(compose(Vault(nothing)), settings)
