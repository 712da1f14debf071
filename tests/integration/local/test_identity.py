"""The local OpenID provider, over HTTP: code flow with PKCE, machine clients, and what is refused."""

import json
import re
import time
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from deploy.local.identity import clients
from deploy.local.identity.grants import challenge
from deploy.local.identity.persons import load_persons
from services.kit.auth import TokenVerifier

REDIRECT = "http://127.0.0.1:8080/sign-in/callback"
VERIFIER = "verifier-" + "v" * 40


@pytest.fixture
async def http(identity):
    async with httpx.AsyncClient(base_url=identity.issuer) as client:
        yield client


@pytest.fixture
def portal_secret(identity):
    return clients.secret_file(identity.state, clients.PORTAL).read_text()


def asking(**changes):
    asked = {
        "response_type": "code",
        "client_id": clients.PORTAL,
        "redirect_uri": REDIRECT,
        "scope": "openid profile",
        "state": "state-1",
        "nonce": "nonce-1",
        "code_challenge": challenge(VERIFIER),
        "code_challenge_method": "S256",
    } | changes
    return {name: value for name, value in asked.items() if value is not None}


def returned(answer):
    assert answer.status_code == 303, answer.text
    location = urlsplit(answer.headers["location"])
    assert location._replace(query="").geturl() == REDIRECT
    return {name: values[0] for name, values in parse_qs(location.query).items()}


async def a_code(http, person="contract-manager-nijmegen", **changes):
    return returned(await http.get("/authorize", params=asking(login_hint=person, **changes)))["code"]


async def redeem(http, code, secret, **changes):
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT, "code_verifier": VERIFIER}
    return await http.post("/token", data=form | changes, auth=(clients.PORTAL, secret))


async def keys(http):
    metadata = (await http.get("/.well-known/openid-configuration")).json()
    return KeySet.import_key_set((await http.get(metadata["jwks_uri"])).json())


async def test_a_person_signs_in_by_picking_from_the_page(http, identity, portal_secret):
    page = await http.get("/authorize", params=asking(), headers={"Accept-Language": "en-GB"})
    assert page.status_code == 200
    assert "Contract manager Nijmegen (fictional)" in page.text
    assert "form-action 'self' http://127.0.0.1:8080" in page.headers["content-security-policy"]
    fields = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]+)"', page.text))
    answer = returned(await http.post("/authorize", data=fields | {"person": "contract-manager-nijmegen"}))
    assert answer["state"] == "state-1"
    assert answer["iss"] == identity.issuer

    tokens = await redeem(http, answer["code"], portal_secret)
    assert tokens.headers["cache-control"] == "no-store"
    body = tokens.json()
    id_token = jwt.decode(body["id_token"], await keys(http), algorithms=["RS256"]).claims
    assert (id_token["iss"], id_token["aud"], id_token["nonce"]) == (identity.issuer, clients.PORTAL, "nonce-1")
    about = (await http.get("/userinfo", headers={"Authorization": f"Bearer {body['access_token']}"})).json()
    assert about["sub"] == id_token["sub"]
    assert about["name"] == "Contractmanager Nijmegen (fictief)"

    actor = await TokenVerifier(identity.issuer, "samenspel", http).verify(body["access_token"])
    assert actor.party == "municipality:0268"
    assert {role.value for role in actor.roles} == {"contract_manager"}
    # Another name for the services than for the portal: pairwise subjects.
    assert actor.person != id_token["sub"]


async def test_every_demo_person_signs_in_with_one_click(http, identity, portal_secret):
    persons = load_persons()
    assert len(persons) == 45
    verifier = TokenVerifier(identity.issuer, "samenspel", http)
    subjects = set()
    for person in persons:
        tokens = (await redeem(http, await a_code(http, person.id), portal_secret)).json()
        actor = await verifier.verify(tokens["access_token"])
        assert actor.party == person.party
        assert actor.roles == frozenset(person.roles)
        assert "(fictief)" in person.name
        subjects.add(actor.person)
    assert len(subjects) == len(persons)


async def test_a_code_works_once(http, portal_secret):
    code = await a_code(http)
    assert (await redeem(http, code, portal_secret)).status_code == 200
    again = await redeem(http, code, portal_secret)
    assert again.status_code == 400
    assert again.json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    "changes",
    [
        {"code_verifier": "another-" + "v" * 40},
        {"code_verifier": ""},
        {"redirect_uri": "http://127.0.0.1:9999/sign-in/callback"},
    ],
)
async def test_a_code_is_refused_to_who_did_not_ask_for_it_and_then_spent(http, portal_secret, changes):
    code = await a_code(http)
    assert (await redeem(http, code, portal_secret, **changes)).json()["error"] == "invalid_grant"
    assert (await redeem(http, code, portal_secret)).json()["error"] == "invalid_grant"


async def test_a_code_needs_the_secret_of_the_client(http):
    answer = await redeem(http, await a_code(http), "wrong")
    assert answer.status_code == 401
    assert answer.json()["error"] == "invalid_client"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "profile"}, "invalid_scope"),
        ({"prompt": "none"}, "login_required"),
    ],
)
async def test_a_wrong_question_goes_back_to_the_client_with_an_error(http, changes, error):
    answer = returned(await http.get("/authorize", params=asking(**changes)))
    assert (answer["error"], answer["state"]) == (error, "state-1")
    assert "code" not in answer


@pytest.mark.parametrize(
    "changes",
    [
        {"redirect_uri": "https://elsewhere.example/sign-in/callback"},
        {"redirect_uri": "http://127.0.0.1.elsewhere.example/sign-in/callback"},
        {"redirect_uri": "http://127.0.0.1@elsewhere.example/sign-in/callback"},
        {"redirect_uri": "http://127.0.0.1:8080/elsewhere"},
        {"redirect_uri": "http://127.0.0.1:port/sign-in/callback"},
        {"redirect_uri": None},
        {"client_id": "unknown"},
        {"client_id": clients.WORKER},
    ],
)
async def test_nobody_is_ever_sent_to_an_unknown_address(http, changes):
    answer = await http.get("/authorize", params=asking(login_hint="operator", **changes))
    assert answer.status_code == 400
    assert "location" not in answer.headers
    assert 'lang="nl"' in answer.text


async def test_a_hint_that_means_nobody_shows_the_page(http):
    answer = await http.get("/authorize", params=asking(login_hint="<script>nobody"))
    assert answer.status_code == 200
    assert "Als wie wilt u inloggen?" in answer.text
    assert "<script>" not in answer.text


async def test_a_session_is_renewed_by_its_own_client_only(http, identity, portal_secret):
    tokens = (await redeem(http, await a_code(http), portal_secret)).json()
    form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    fresh = await http.post("/token", data=form, auth=(clients.PORTAL, portal_secret))
    actor = await TokenVerifier(identity.issuer, "samenspel", http).verify(fresh.json()["access_token"])
    assert actor.party == "municipality:0268"
    worker_secret = clients.secret_file(identity.state, clients.WORKER).read_text()
    other = await http.post("/token", data=form, auth=(clients.WORKER, worker_secret))
    assert other.json()["error"] == "invalid_grant"
    form["refresh_token"] = tokens["access_token"]
    not_one = await http.post("/token", data=form, auth=(clients.PORTAL, portal_secret))
    assert not_one.json()["error"] == "invalid_grant"


async def test_a_machine_signs_in_with_its_secret(http, identity):
    secret = clients.secret_file(identity.state, clients.WORKER).read_text()
    form = {"grant_type": "client_credentials", "client_id": clients.WORKER, "client_secret": secret}
    tokens = (await http.post("/token", data=form)).json()
    actor = await TokenVerifier(identity.issuer, "samenspel", http).verify(tokens["access_token"])
    assert actor.is_system
    about = await http.get("/userinfo", headers={"Authorization": f"Bearer {tokens['access_token']}"})
    assert about.status_code == 401


async def test_the_portal_cannot_act_as_the_system(http, portal_secret):
    form = {"grant_type": "client_credentials"}
    answer = await http.post("/token", data=form, auth=(clients.PORTAL, portal_secret))
    assert answer.json()["error"] == "unauthorized_client"


async def test_a_machine_signs_in_with_its_own_key_but_never_twice_with_one_assertion(http, identity):
    key = ECKey.generate_key("P-256", {"kid": "one", "alg": "ES256", "use": "sig"})
    registered = identity.state.path("identity", f"{clients.DRIVER}.jwks.json")
    registered.write_text(json.dumps({"keys": [key.as_dict(private=False)]}))

    def assertion(**changes):
        claims = {
            "iss": clients.DRIVER,
            "sub": clients.DRIVER,
            "aud": f"{identity.issuer}/token",
            "exp": int(time.time()) + 60,
            "jti": "once",
        } | changes
        return {
            "grant_type": "client_credentials",
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": jwt.encode({"alg": "ES256", "kid": "one"}, claims, key, algorithms=["ES256"]),
        }

    try:
        first = assertion()
        assert (await http.post("/token", data=first)).status_code == 200
        for refused in (
            first,
            assertion(jti="two", aud="https://elsewhere.example"),
            assertion(jti="three", exp=int(time.time()) + 3600),
            assertion(jti="four", iss=clients.WORKER),
            assertion(jti="five", exp=int(time.time()) - 60),
        ):
            assert (await http.post("/token", data=refused)).json()["error"] == "invalid_client"
    finally:
        registered.unlink()


async def test_signing_out_returns_to_the_portal_only(http):
    there = {"client_id": clients.PORTAL, "post_logout_redirect_uri": "http://127.0.0.1:8080/"}
    answer = await http.get("/end-session", params=there)
    assert (answer.status_code, answer.headers["location"]) == (303, "http://127.0.0.1:8080/")
    elsewhere = there | {"post_logout_redirect_uri": "https://elsewhere.example/"}
    answer = await http.get("/end-session", params=elsewhere)
    assert answer.status_code == 200
    assert "U bent uitgelogd" in answer.text


async def test_tokens_for_trying_the_api(http, identity):
    verifier = TokenVerifier(identity.issuer, "samenspel", http)
    assert (await verifier.verify(identity.token("clerk-wijchen"))).party == "council:0296"
    assert (await verifier.verify(identity.system_token())).is_system
