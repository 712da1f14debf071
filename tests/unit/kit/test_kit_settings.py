"""A missing or wrong variable is named in one line that says what would be right."""

from pathlib import Path

import pytest

from services.kit.settings import ProcessSettings, ServiceSettings, SettingsError

GOOD = {
    "DATABASE_URL_COUNCIL": "postgresql://council:pa55@db/samenspel",
    "KAFKA_BOOTSTRAP_SERVERS": "a:9092, b:9092",
    "OIDC_ISSUER": "https://issuer.example/",
}


def test_what_a_service_knows() -> None:
    settings = ServiceSettings.for_service(
        "council", {**GOOD, "PORT": "8101", "CORS_ORIGINS": "https://a.example, https://b.example", "REFERRAL_URL": ""}
    )
    assert settings.service == "council"
    assert settings.database_url.get_secret_value() == GOOD["DATABASE_URL_COUNCIL"]
    assert settings.oidc_issuer == "https://issuer.example"
    assert settings.port == 8101
    assert settings.cors_origins == ["https://a.example", "https://b.example"]
    assert settings.referral_url is None
    assert "pa55" not in repr(settings)


def test_all_that_is_missing_stands_in_one_line() -> None:
    with pytest.raises(SettingsError) as error:
        ServiceSettings.for_service("council", {})
    line = str(error.value)
    assert "\n" not in line
    for name in GOOD:
        assert f"{name} is missing: set it to " in line


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL_COUNCIL", "mysql://x"),
        ("KAFKA_BOOTSTRAP_SERVERS", "localhost"),
        ("OIDC_ISSUER", "issuer.example"),
        ("PORT", "eighty"),
        ("PORT", "70000"),
        ("LOG_LEVEL", "loud"),
        ("MAX_BODY_BYTES", "1"),
        ("COUNCIL_URL", "council:80"),
    ],
)
def test_what_is_wrong_is_named_without_repeating_it(name: str, value: str) -> None:
    with pytest.raises(SettingsError) as error:
        ServiceSettings.for_service("council", {**GOOD, name: value})
    assert str(error.value).startswith(f"{name} is not valid: set it to ")
    assert value not in str(error.value).removeprefix(name)


def test_a_process_without_database_needs_none() -> None:
    settings = ProcessSettings.load({"OIDC_ISSUER": "http://127.0.0.1:1", "REFERRAL_URL": "http://127.0.0.1:2/"})
    assert settings.address_of("referral") == "http://127.0.0.1:2"
    with pytest.raises(SettingsError, match="COUNCIL_URL is missing"):
        settings.address_of("council")


def test_the_secret_of_a_client_comes_from_its_file(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    settings = ProcessSettings.load({"OIDC_ISSUER": "http://x", "OIDC_CLIENT_SECRET_FILE": str(path)})
    with pytest.raises(SettingsError, match="OIDC_CLIENT_SECRET_FILE"):
        settings.oidc_client_secret()
    path.write_text("s3cret\n", encoding="utf-8")
    assert settings.oidc_client_secret() == "s3cret"
