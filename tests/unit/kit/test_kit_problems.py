"""Problem details: stable types, two languages, the same on both sides of a call."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit.problems import (
    BY_STATUS,
    Conflict,
    FieldError,
    Invalid,
    NotFound,
    Problem,
    ProblemDocument,
    Text,
    Unauthorized,
    Unavailable,
    preferred_language,
    problem_from,
)
from services.kit.validation import MESSAGES, pointer


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "nl"),
        ("", "nl"),
        ("de", "nl"),
        ("en", "en"),
        ("en-GB,en;q=0.9", "en"),
        ("nl-BE, en;q=0.9", "nl"),
        ("fr, en;q=0.3, nl;q=0.2", "en"),
        ("en;q=0", "nl"),
        ("en;q=x", "nl"),
        ("EN", "en"),
    ],
)
def test_language(header: str | None, language: str) -> None:
    assert preferred_language(header) == language


@given(st.text(max_size=80))
def test_any_header_gives_a_language(header: str) -> None:
    assert preferred_language(header) in ("nl", "en")


@pytest.mark.parametrize("kind", BY_STATUS.values())
@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_problem_says_what_happened_and_survives_a_call(kind: type[Problem], language: str) -> None:
    document = kind().document(language)  # type: ignore[arg-type]
    ProblemDocument.model_validate(document)
    again = problem_from(kind.status, document)
    assert type(again) is kind
    assert again.document("nl") == document
    assert len(document["detail"]) > 40


def test_a_problem_carries_its_own_words_and_wrong_fields() -> None:
    problem = Conflict(
        Text("Vol.", "Full."), code="no-room", errors=[FieldError("/plants", Text("Te veel.", "Too many."), "room")]
    )
    assert problem.type == "urn:samenspel:problem:no-room"
    assert problem.document("en") == {
        "type": "urn:samenspel:problem:no-room",
        "status": 409,
        "title": "Conflicts with the current state",
        "detail": "Full.",
        "errors": [{"location": "body", "pointer": "/plants", "message": "Too many.", "code": "room"}],
    }
    assert problem_from(409, problem.document("en")).document() == problem.document("en")
    assert str(problem) == "409 no-room: Full."


def test_an_answer_that_is_no_problem_document_still_becomes_one() -> None:
    assert isinstance(problem_from(404, None), NotFound)
    assert isinstance(problem_from(418, {"detail": "teapot"}), Invalid)
    assert isinstance(problem_from(502), Unavailable)
    assert problem_from(400, {"errors": ["odd", {"location": "elsewhere"}]}).errors[0].location == "body"
    assert problem_from(400, {"type": "https://example.org/x"}).type == "https://example.org/x"


def test_who_is_not_signed_in_hears_how() -> None:
    assert Unauthorized().headers == {"WWW-Authenticate": "Bearer"}


def test_pointers_are_escaped() -> None:
    assert pointer(["lines", 0, "a/b", "c~d"]) == "/lines/0/a~1b/c~0d"
    assert pointer([]) == ""


@pytest.mark.parametrize("text", MESSAGES.values())
def test_both_languages_use_the_same_parts(text: Text) -> None:
    import re

    assert re.findall(r"{\w+}", text.nl) == re.findall(r"{\w+}", text.en)
