"""The Keycloak realm of the demo region, from the same persons as the local provider: ``python -m deploy.realm write``.

Tokens carry what every service reads: audience ``samenspel``, ``party``, ``roles``. Secrets are not in the file:
Keycloak fills the placeholders from its environment when it imports the realm.
"""

import json
import sys
from pathlib import Path
from typing import Any

from contracts.values import SYSTEM_PARTY, Role
from deploy.compose_secrets import CLIENTS, DEMO_PASSWORD, client_variable
from deploy.local.identity import clients
from deploy.local.identity.persons import Person, load_persons

FILE = Path(__file__).parent / "keycloak" / "samenspel-realm.json"
AUDIENCE = "samenspel"
PORTAL_URL = "http://localhost:8080"
_IN_TOKENS = {"access.token.claim": "true", "id.token.claim": "true", "userinfo.token.claim": "true"}


def realm() -> dict[str, Any]:
    """The realm in Keycloak's import format."""
    return {
        "realm": "samenspel",
        "displayName": "Samenspel (fictief)",
        "enabled": True,
        "sslRequired": "external",
        "registrationAllowed": False,
        "bruteForceProtected": True,
        "accessTokenLifespan": 900,
        "ssoSessionMaxLifespan": 43_200,
        "internationalizationEnabled": True,
        "supportedLocales": ["nl", "en"],
        "defaultLocale": "nl",
        "roles": {"client": {AUDIENCE: [{"name": role.value, "clientRole": True} for role in Role]}},
        "clients": [
            {
                "clientId": AUDIENCE,
                "name": "The services of Samenspel",
                "description": "Has the roles and is the audience; nobody signs in here.",
                "enabled": True,
                "standardFlowEnabled": False,
                "directAccessGrantsEnabled": False,
            },
            *(_portal() if client == clients.PORTAL else _machine(client) for client in CLIENTS),
        ],
        "components": {"org.keycloak.userprofile.UserProfileProvider": [_user_profile()]},
        "users": [_user(person) for person in load_persons()],
    }


def _client(client_id: str) -> dict[str, Any]:
    return {
        "clientId": client_id,
        "enabled": True,
        "protocol": "openid-connect",
        "publicClient": False,
        "clientAuthenticatorType": "client-secret",
        "secret": f"${{{client_variable(client_id)}}}",
        "directAccessGrantsEnabled": False,
        "implicitFlowEnabled": False,
        "fullScopeAllowed": True,
    }


def _portal() -> dict[str, Any]:
    return {
        **_client(clients.PORTAL),
        "standardFlowEnabled": True,
        "redirectUris": [f"{PORTAL_URL}/sign-in/callback"],
        "webOrigins": [],
        "attributes": {
            "pkce.code.challenge.method": "S256",
            "post.logout.redirect.uris": f"{PORTAL_URL}/",
        },
        "protocolMappers": [
            _mapper("audience", "oidc-audience-mapper", {"included.client.audience": AUDIENCE}),
            _mapper(
                "party",
                "oidc-usermodel-attribute-mapper",
                {"user.attribute": "party", "claim.name": "party", "jsonType.label": "String", **_IN_TOKENS},
            ),
            _mapper(
                "roles",
                "oidc-usermodel-client-role-mapper",
                {
                    "usermodel.clientRoleMapping.clientId": AUDIENCE,
                    "claim.name": "roles",
                    "multivalued": "true",
                    "jsonType.label": "String",
                    **_IN_TOKENS,
                },
            ),
        ],
    }


def _machine(client_id: str) -> dict[str, Any]:
    return {
        **_client(client_id),
        "standardFlowEnabled": False,
        "serviceAccountsEnabled": True,
        "protocolMappers": [
            _mapper("audience", "oidc-audience-mapper", {"included.client.audience": AUDIENCE}),
            _mapper(
                "party",
                "oidc-hardcoded-claim-mapper",
                {"claim.name": "party", "claim.value": SYSTEM_PARTY, "jsonType.label": "String", **_IN_TOKENS},
            ),
            _mapper(
                "roles",
                "oidc-hardcoded-claim-mapper",
                {
                    "claim.name": "roles",
                    "claim.value": json.dumps([Role.SYSTEM.value]),
                    "jsonType.label": "JSON",
                    **_IN_TOKENS,
                },
            ),
        ],
    }


def _mapper(name: str, kind: str, config: dict[str, str]) -> dict[str, Any]:
    token = {} if "access.token.claim" in config else {"access.token.claim": "true"}
    return {"name": name, "protocol": "openid-connect", "protocolMapper": kind, "config": {**config, **token}}


def _user(person: Person) -> dict[str, Any]:
    return {
        "username": person.id,
        "enabled": True,
        "firstName": person.name,
        "attributes": {"party": [person.party], "organisation": [person.organisation]},
        "clientRoles": {AUDIENCE: [role.value for role in person.roles]},
        "credentials": [{"type": "password", "value": f"${{{DEMO_PASSWORD}}}", "temporary": False}],
    }


def _user_profile() -> dict[str, Any]:
    """Party and organisation are set by an administrator; without this Keycloak drops them without a word."""
    only_admin = {"view": ["admin", "user"], "edit": ["admin"]}
    names = {"username": "User name", "email": "E-mail", "firstName": "Name", "lastName": "Last name"}
    names |= {"party": "Party", "organisation": "Organisation"}
    attributes = [{"name": name, "displayName": shown, "permissions": only_admin} for name, shown in names.items()]
    return {
        "providerId": "declarative-user-profile",
        "subComponents": {},
        "config": {"kc.user.profile.config": [json.dumps({"attributes": attributes})]},
    }


def text() -> str:
    """What the file should hold."""
    return json.dumps(realm(), indent=2, ensure_ascii=False) + "\n"


def main(arguments: list[str]) -> int:
    """Entry point: ``write`` or ``check``."""
    if arguments == ["write"]:
        FILE.parent.mkdir(exist_ok=True)
        FILE.write_text(text(), encoding="utf-8")
        return 0
    if FILE.exists() and FILE.read_text(encoding="utf-8") == text():
        return 0
    sys.stderr.write("deploy/keycloak/samenspel-realm.json is not what the demo persons say. Run: make contracts\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
