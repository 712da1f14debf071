"""The service starts with a usable key file, and says in one line what is wrong without."""

import base64
from pathlib import Path

import pytest

from services.kit.api_rules import violations
from services.kit.settings import ServiceSettings, SettingsError
from services.referral.bootstrap import agreed_terms, build, openapi_app
from services.referral.domain.terms import Terms

SETTINGS = ServiceSettings(
    service="referral",
    oidc_issuer="http://127.0.0.1",
    database_url="postgresql://127.0.0.1/samenspel",
    kafka_bootstrap_servers="127.0.0.1:9092",
)


def test_it_is_built_with_the_vault_of_the_key_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = tmp_path / "vault.keys"
    keys.write_text(f"2026:{base64.b64encode(bytes(32)).decode()}\n")
    monkeypatch.setenv("VAULT_KEY_FILE", str(keys))
    service = build(SETTINGS)
    assert service.state["vault"].current_key_id == "2026"


@pytest.mark.parametrize("content", [None, "", "2026:short\n"])
def test_without_a_usable_key_it_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str | None
) -> None:
    keys = tmp_path / "vault.keys"
    if content is not None:
        keys.write_text(content)
    monkeypatch.setenv("VAULT_KEY_FILE", str(keys) if content != "" else "")
    with pytest.raises(SettingsError, match="VAULT_KEY_FILE"):
        build(SETTINGS)


def test_terms_are_agreed_locally() -> None:
    assert agreed_terms({}) == Terms()
    assert agreed_terms({"REFERRAL_TERMS": '{"accept": 3}'}).accept == 3
    with pytest.raises(SettingsError, match="REFERRAL_TERMS"):
        agreed_terms({"REFERRAL_TERMS": "{"})


def test_its_own_part_of_the_api_follows_the_rules() -> None:
    found = violations(openapi_app().openapi())
    assert [each for each in found if "dead-letters" not in each] == []
