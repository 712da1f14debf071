"""Every house rule finds what it is for and leaves the rest alone."""

from pathlib import Path

import pytest

from deploy.checks import house, licences, locks, secrets, templates
from deploy.checks.repository import SourceFile

HOME = "/ho" + "me/someone/samenspel"
UNFINISHED = "# TO" + "DO: later"


@pytest.mark.parametrize(
    ("rule", "path", "text"),
    [
        (house.short_files, "services/kit/long.py", "x = 1\n" * 501),
        (house.short_files, "tests/unit/test_long.py", "x = 1\n" * 601),
        (house.nothing_unfinished, "services/kit/a.py", UNFINISHED),
        (house.nothing_unfinished, "docs/a.md", UNFINISHED),
        (house.no_sleeping_tests, "tests/unit/test_a.py", "await asyncio.sleep(1)"),
        (house.no_sleeping_tests, "tests/unit/test_a.py", "for _ in range(3):\n    sleep(0.1)"),
        (house.browsers_are_waited_for, "tests/web/test_a.py", 'assert page.url.endswith("/help")'),
        (house.browsers_are_waited_for, "tests/e2e/walk.py", "assert await page.locator('li').count() == 3"),
        (house.browsers_are_waited_for, "tests/web/test_a.py", "assert await window.page.evaluate('1')"),
        (house.day_is_of_amsterdam, "tests/web/test_a.py", "today = datetime.now(UTC)" + ".date()"),
        (house.clock_is_passed_in, "services/referral/domain/a.py", "x = datetime.now(UTC)"),
        (house.clock_is_passed_in, "workflows/journey/workflow.py", "x = date.today" + "()"),
        (house.no_machine_in_it, "README.md", f"cd {HOME}"),
        (house.ordered_migrations, "services/council/migrations/frames.sql", ""),
    ],
)
def test_a_rule_finds_what_it_is_for(rule: house.Rule, path: str, text: str) -> None:
    assert list(rule(SourceFile(path, text)))


@pytest.mark.parametrize(
    ("rule", "path", "text"),
    [
        (house.short_files, "services/kit/full.py", "x = 1\n" * 500),
        (house.short_files, "LICENSE", "x\n" * 900),
        (house.nothing_unfinished, "services/kit/a.py", "# to do this well, lock first"),
        (house.no_sleeping_tests, "tests/unit/test_a.py", "while not done():\n    await asyncio.sleep(0.05)"),
        (house.no_sleeping_tests, "tests/unit/test_a.py", "await asyncio.sleep(0)"),
        (house.no_sleeping_tests, "tests/workflows/test_a.py", "await environment.sleep(20 * DAY)"),
        (house.no_sleeping_tests, "tests/faults/kill.py", "await asyncio.sleep(1)"),
        (house.no_sleeping_tests, "services/kit/relay.py", "await asyncio.sleep(1)"),
        (house.browsers_are_waited_for, "tests/web/test_a.py", "await expect(page).to_have_url(here)"),
        (house.browsers_are_waited_for, "tests/web/test_a.py", 'assert text.count("x") == 9'),
        (house.browsers_are_waited_for, "tests/integration/test_a.py", "assert rows.count() == 3"),
        (house.day_is_of_amsterdam, "tests/web/test_a.py", "today = local_date(datetime.now(UTC))"),
        (house.clock_is_passed_in, "services/kit/auth.py", "x = time.time()"),
        (house.clock_is_passed_in, "services/kit/a.py", "x = unit.now"),
        (house.no_machine_in_it, "docs/a.md", "the page at /homepage, and https://samenspel.example/home/x"),
        (house.ordered_migrations, "services/council/migrations/0001.frames.sql", ""),
    ],
)
def test_a_rule_leaves_the_rest_alone(rule: house.Rule, path: str, text: str) -> None:
    assert not list(rule(SourceFile(path, text)))


def test_the_folder_of_this_checkout_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(house, "ROOT", Path("/data/somebody/samenspel"))
    assert list(house.no_machine_in_it(SourceFile("Makefile", "cd /data/somebody/elsewhere")))
    monkeypatch.setattr(house, "ROOT", Path("/tmp/samenspel"))
    assert not list(house.no_machine_in_it(SourceFile("Makefile", "mkdir /tmp/elsewhere")))


def test_a_finding_names_the_place_and_the_rule() -> None:
    file = SourceFile("services/kit/a.py", f"x = 1\n{UNFINISHED}\n")
    assert list(house.findings([file])) == [
        "services/kit/a.py:2: finish it, or write an issue [nothing_unfinished]",
    ]


def test_every_rule_gives_its_reason() -> None:
    assert all(rule.__doc__ for rule in house.RULES)


@pytest.mark.parametrize(
    "text",
    [
        "-----BEGIN " + "PRIVATE KEY-----",
        "AKIA" + "ABCDEFGHIJKLMNOP",
        'password = "' + 'correct-horse-battery"',
        "amqp://user:" + "correct@db.internal.nl",
    ],
)
def test_a_secret_is_found_and_not_repeated(text: str) -> None:
    (found,) = secrets.found_in(SourceFile("a.py", text))
    assert text not in found


@pytest.mark.parametrize(
    "text",
    [
        "password: ${PASSWORD}",
        'secret = read("key.txt")',
        "postgresql://council@db/samenspel",
        "postgresql://referral:guess@127.0.0.1:5432/samenspel",
    ],
)
def test_a_reference_to_a_secret_is_fine(text: str) -> None:
    assert not secrets.found_in(SourceFile("a.py", text))


@pytest.mark.parametrize(
    "text",
    [
        "{% if x %}never closed",
        "<script>alert(1)</script>",
        '<button onclick="go()">',
        "<a href='javascript:go()'>",
        "{{ text | safe }}",
    ],
)
def test_a_template_that_the_policy_would_block_is_found(text: str) -> None:
    assert templates.wrong_in(SourceFile("services/portal/templates/a.html", text))


def test_a_template_in_order_is_left_alone() -> None:
    text = '<script src="/static/htmx.js"></script><p class="once">{% trans %}Hello{% endtrans %}</p>'
    assert not templates.wrong_in(SourceFile("services/portal/templates/a.html", text))


@pytest.mark.parametrize("expression", ["MIT", "GPL-3.0-only OR MIT", "(MIT OR Apache-2.0) AND PSF-2.0"])
def test_an_allowed_licence(expression: str) -> None:
    assert licences.allowed(expression)


@pytest.mark.parametrize("expression", ["GPL-3.0-only", "MIT AND AGPL-3.0-only", "not stated"])
def test_a_licence_that_is_not_allowed(expression: str) -> None:
    assert not licences.allowed(expression)


def test_imports_are_found_wherever_they_stand() -> None:
    code = "import a.b, c\nfrom d.e import f\nfrom . import g\ndef h():\n    from i import j\n"
    assert locks.imported_modules(code) == {"a", "c", "d", "i"}
