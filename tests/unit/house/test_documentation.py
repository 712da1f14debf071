"""The documentation says what is so: tests, settings, terms, targets, pages and requirements that it names exist."""

import ast
import re
from enum import Enum
from pathlib import Path

import pytest

from contracts.event import Event, Fact
from contracts.events import ALL, commissioning, council, monitoring, referral
from contracts.values import PartyKind, Role
from deploy.checks.locks import normal
from services.kit.settings import ServiceSettings
from services.portal.settings import PortalSettings
from workflows.settings import ConductorSettings, WorkerSettings

ROOT = Path(__file__).parents[3]
DOCS = ROOT / "docs"
PAGES = [*sorted(DOCS.rglob("*.md")), *sorted(ROOT.glob("*.md"))]
SERVICES = ("council", "commissioning", "referral", "monitoring")


def read(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_every_guarantee_names_a_test_that_exists() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", read("docs/guarantees.md"))
    rows = [line for line in read("docs/guarantees.md").splitlines() if line.startswith("| ") and "::" in line]
    promises = [line for line in read("docs/guarantees.md").splitlines() if re.match(r"\| (?!promise)", line)]
    assert rows == promises, "every promise names a test"
    for path, test in named:
        functions = {node.name for node in ast.walk(ast.parse(read(path))) if hasattr(node, "name")}
        assert test in functions, f"{path} has no {test}"


def settings_in_code() -> set[str]:
    names = {ServiceSettings.variable_name("database_url", service) for service in SERVICES}
    for model in (ServiceSettings, PortalSettings, WorkerSettings, ConductorSettings):
        names |= {model.variable_name(field, "workflows") for field in model.model_fields if field != "service"}
    for folder in ("services", "workflows", "deploy"):
        for path in (ROOT / folder).rglob("*.py"):
            code = path.read_text(encoding="utf-8")
            names |= set(re.findall(r"\benviron(?:\.get|\.setdefault)?[\(\[]\"([A-Z_]+)\"", code))
    return names | {"ADMIN_DATABASE_URL"}


def test_every_setting_is_described_and_no_other() -> None:
    described = set(re.findall(r"`([A-Z][A-Z_]{3,})`", read("docs/settings.md")))
    of_the_machine = {"XDG_CACHE_HOME", "SAMENSPEL_REQUIRE_SHARED", "INFO"}
    assert settings_in_code() - of_the_machine == described - of_the_machine


def nouns_in_contracts() -> set[str]:
    """Aggregates of the event types, names of parts and enumerations, parties and roles; in words, singular."""
    plurals = {
        "capacities": "capacity",
        "deliveries": "delivery",
        "message-batches": "message batch",
        "trajectories": "trajectory",
    }
    nouns = {plurals.get(name, name.removesuffix("s")) for name in (type_.split(".")[2] for type_ in ALL)}
    for module in (commissioning, council, monitoring, referral):
        for name, model in vars(module).items():
            ours = isinstance(model, type) and model.__module__ == module.__name__
            if ours and issubclass(model, Fact | Enum) and not issubclass(model, Event):
                nouns.add(re.sub(r"(?<!^)(?=[A-Z])", " ", name).lower())
    people = {role.value for role in Role if role is not Role.SYSTEM and role is not Role.OPERATOR}
    parties = {kind.value for kind in PartyKind if kind is not PartyKind.SYSTEM}
    return nouns | {name.replace("_", " ") for name in people | parties}


def test_the_glossary_has_every_noun_of_the_contracts_with_its_dutch_term() -> None:
    rows = [line.strip("| ").split(" | ") for line in read("docs/glossary.md").splitlines() if line.startswith("| ")]
    terms = {cells[0]: cells for cells in rows if cells[0] != "term"}
    assert nouns_in_contracts() - terms.keys() == set()
    assert all(len(cells) == 4 and all(cell.strip() for cell in cells) for cells in terms.values())


def test_every_decision_is_in_the_index_and_fits_on_a_page() -> None:
    index = read("docs/adr/README.md")
    pages = sorted((DOCS / "adr").glob("[0-9]*.md"))
    assert [int(page.name[:4]) for page in pages] == list(range(1, len(pages) + 1))
    for page in pages:
        assert f"({page.name})" in index
        assert len(page.read_text(encoding="utf-8").splitlines()) <= 100


def test_every_library_is_in_the_decision_about_libraries() -> None:
    told = read("docs/adr/0005-libraries.md")
    for name in ("runtime", "local", "development"):
        for line in read(f"requirements/{name}.in").splitlines():
            found = re.match(r"[\w.-]+", line)
            if found and not line.startswith("-"):
                assert f"`{normal(found[0])}`" in told, f"{found[0]} is not explained"


def test_every_library_that_we_run_on_is_used() -> None:
    used_by_others = {"email-validator", "psycopg", "python-multipart", "setuptools", "tzdata"}
    modules = {
        "opentelemetry-exporter-otlp-proto-http": "opentelemetry.exporter.otlp",
        "opentelemetry-sdk": "opentelemetry.sdk",
        "pyyaml": "yaml",
        "vl-convert-python": "vl_convert",
        "yoyo-migrations": "yoyo",
    }
    code = "\n".join(
        path.read_text(encoding="utf-8")
        for folder in ("contracts", "services", "workflows", "deploy")
        for path in (ROOT / folder).rglob("*.py")
    )
    for line in read("requirements/runtime.in").splitlines():
        name = line.partition("[")[0].strip()
        module = modules.get(name, name.replace("-", "_"))
        imported = re.search(rf"^\s*(?:from|import) {re.escape(module)}\b", code, re.MULTILINE)
        assert imported or name in used_by_others, f"nothing imports {name}"


def test_the_targets_that_people_rely_on_are_in_the_makefile() -> None:
    makefile = read("Makefile")
    for target in ("setup", "run", "test", "demo", "check", "bench", "faults"):
        assert re.search(rf"^{target}:.*## ", makefile, re.MULTILINE)
    for page in PAGES:
        for target in re.findall(r"(?:^    |`)make ([a-z]+)", page.read_text(encoding="utf-8"), re.MULTILINE):
            assert re.search(rf"^{target}:", makefile, re.MULTILINE), f"{page.name}: make {target}"


def test_the_first_two_commands_of_the_readme_are_run_and_test() -> None:
    commands = re.findall(r"^    ([a-z]+ [a-z].*)$", read("README.md").partition("## Begin")[2], re.MULTILINE)
    assert commands[:2] == ["make run", "make test"]
