"""Access tokens: only what the issuer signed, for us, now, for a known party."""

from typing import Any

import httpx
import pytest
from joserfc.jwk import ECKey, OctKey

from contracts.values import Role
from services.kit.actor import Actor
from services.kit.auth import TokenVerifier
from services.kit.problems import Forbidden, Unauthorized, Unavailable


async def test_a_token_speaks_for_a_person_of_a_party(verifier: TokenVerifier, issuer: Any) -> None:
    token = issuer.token(roles=["planner", "clerk", "role-of-another-system"])
    assert await verifier.verify(token) == Actor("opaque-1", "municipality:0268", frozenset({Role.PLANNER, Role.CLERK}))
    assert (await verifier.verify(issuer.token(aud=["other", "samenspel"], roles=None))).roles == frozenset()


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://evil.example"},
        {"aud": "another"},
        {"aud": None},
        {"exp": None},
        {"sub": None},
        {"iss": None},
        {"nbf": 1_790_000_000 + 60},
    ],
)
async def test_a_token_that_does_not_hold_is_refused(verifier: TokenVerifier, issuer: Any, claims: Any) -> None:
    with pytest.raises(Unauthorized) as refused:
        await verifier.verify(issuer.token(**claims))
    assert refused.value.code == "token-invalid"


async def test_an_expired_token_says_so(verifier: TokenVerifier, issuer: Any, clock: Any) -> None:
    token = issuer.token()
    clock.now += 329
    await verifier.verify(token)
    clock.now += 2
    with pytest.raises(Unauthorized) as refused:
        await verifier.verify(token)
    assert refused.value.code == "token-expired"


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "e30.e30."])
async def test_nonsense_is_refused(verifier: TokenVerifier, token: str) -> None:
    with pytest.raises(Unauthorized):
        await verifier.verify(token)


async def test_a_signature_of_somebody_else_is_refused(verifier: TokenVerifier, issuer: Any) -> None:
    await verifier.verify(issuer.token())
    good = issuer.keys
    issuer.rotate("first")
    forged = issuer.token()
    issuer.keys = good
    with pytest.raises(Unauthorized):
        await verifier.verify(forged)


async def test_a_public_key_does_not_serve_as_a_shared_secret(verifier: TokenVerifier, issuer: Any) -> None:
    from joserfc import jwt

    public = issuer.keys["first"].as_pem(private=False)
    forged = jwt.encode({"alg": "HS256", "kid": "first"}, {"sub": "x"}, OctKey.import_key(public.hex()))
    with pytest.raises(Unauthorized):
        await verifier.verify(forged)


async def test_a_party_is_needed(verifier: TokenVerifier, issuer: Any) -> None:
    for party in (None, "Nijmegen", 12):
        with pytest.raises(Forbidden) as refused:
            await verifier.verify(issuer.token(party=party))
        assert refused.value.code == "no-party"


async def test_a_new_key_is_found_and_elliptic_ones_too(verifier: TokenVerifier, issuer: Any, clock: Any) -> None:
    await verifier.verify(issuer.token())
    issuer.rotate("second", ECKey)
    clock.now += 6
    await verifier.verify(issuer.token())
    assert issuer.asked.count("keys") == 2


async def test_unknown_keys_do_not_flood_the_issuer(verifier: TokenVerifier, issuer: Any, clock: Any) -> None:
    await verifier.verify(issuer.token())
    for attempt in range(20):
        with pytest.raises(Unauthorized):
            await verifier.verify(issuer.token(header={"kid": f"guess-{attempt}"}))
    assert issuer.asked.count("keys") == 1


async def test_a_withdrawn_key_stops_working(verifier: TokenVerifier, issuer: Any, clock: Any) -> None:
    old = issuer.token(exp=clock.now + 3600)
    await verifier.verify(old)
    issuer.rotate("second")
    clock.now += 601
    with pytest.raises(Unauthorized):
        await verifier.verify(old)


async def test_known_keys_outlive_a_short_absence_of_the_issuer(
    verifier: TokenVerifier, issuer: Any, clock: Any
) -> None:
    await verifier.verify(issuer.token())
    issuer.down = True
    clock.now += 601
    await verifier.verify(issuer.token(exp=clock.now + 10))


async def test_an_issuer_that_never_answered_is_unavailable(verifier: TokenVerifier, issuer: Any) -> None:
    issuer.down = True
    with pytest.raises(Unavailable):
        await verifier.ready()
    issuer.down = False
    issuer.claimed_issuer = "https://evil.example"
    with pytest.raises(Unavailable):
        await verifier.verify(issuer.token())


async def test_over_http(api: httpx.AsyncClient, issuer: Any) -> None:
    answer = await api.get("/v1/gardens", headers={"Authorization": ""})
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    answer = await api.get("/v1/gardens", headers={"Authorization": "Basic eDp5"})
    assert answer.status_code == 401
    answer = await api.get("/v1/gardens", headers={"Authorization": "Bearer x.y.z"})
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, 'Bearer error="invalid_token"')
    answer = await api.get("/v1/gardens", headers={"Authorization": f"Bearer {issuer.token(roles=['clerk'])}"})
    assert (answer.status_code, answer.json()["type"]) == (403, "urn:samenspel:problem:forbidden")
    assert (await api.get("/v1/gardens/opening-hours", headers={"Authorization": ""})).status_code == 200
