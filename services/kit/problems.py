"""What went wrong, for people and for programs: problem details of RFC 9457 in Dutch and English.

A handler raises one of the classes below; the edge turns it into ``application/problem+json``. The ``type`` is
stable: clients may branch on it. ``detail`` says what happened, what it means and what to do. Nothing in a
problem may identify a person: no name, address, birth date or BSN.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

Language = Literal["nl", "en"]
Location = Literal["body", "query", "path", "header"]

TYPE_PREFIX = "urn:samenspel:problem:"
MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence for people in both languages of the product."""

    nl: str
    en: str

    def in_language(self, language: Language) -> str:
        return self.nl if language == "nl" else self.en

    @classmethod
    def same(cls, sentence: str) -> "Text":
        """A sentence known in one language only, for example the answer of another service."""
        return cls(nl=sentence, en=sentence)


@dataclass(frozen=True, slots=True)
class FieldError:
    """One wrong field: a JSON pointer (RFC 6901) into ``location``, a sentence, and a stable code."""

    pointer: str
    message: Text
    code: str
    location: Location = "body"


class FieldErrorDocument(BaseModel):
    """One wrong field of a request."""

    model_config = ConfigDict(title="FieldError")

    location: Location = Field(description="Where the value stood.", examples=["body"])
    pointer: str = Field(description="JSON pointer (RFC 6901) to the value.", examples=["/volume/amount"])
    message: str = Field(description="What is wrong with the value.")
    code: str = Field(description="Stable code of the rule that failed.", examples=["missing"])


class ProblemDocument(BaseModel):
    """Problem details (RFC 9457)."""

    model_config = ConfigDict(title="Problem")

    type: str = Field(
        description="Stable identifier of this kind of problem.", examples=["urn:samenspel:problem:not-found"]
    )
    status: int = Field(description="HTTP status code.", ge=400, le=599, examples=[404])
    title: str = Field(description="The kind of problem in a few words.", examples=["Niet gevonden"])
    detail: str = Field(description="What happened, what it means and what to do.")
    errors: list[FieldErrorDocument] | None = Field(default=None, description="The wrong fields, if any.")


class Problem(Exception):
    """Base of every expected failure. ``code`` ends the stable ``type``: ``urn:samenspel:problem:<code>``.

    ``headers`` travel with the answer (``Retry-After``, ``Allow``, ``WWW-Authenticate``).
    """

    status: ClassVar[int] = 500
    default_code: ClassVar[str] = "internal"
    default_title: ClassVar[Text] = Text("Er ging iets mis", "Something went wrong")
    default_detail: ClassVar[Text] = Text(
        "Samenspel kon uw verzoek niet uitvoeren. Er is niets gewijzigd. Probeer het later opnieuw.",
        "Samenspel could not carry out your request. Nothing was changed. Please try again later.",
    )

    def __init__(
        self,
        detail: Text | None = None,
        *,
        code: str | None = None,
        title: Text | None = None,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.detail = detail or self.default_detail
        self.code = code or self.default_code
        self.title = title or self.default_title
        self.errors = tuple(errors)
        self.headers = dict(headers or {})
        super().__init__(f"{self.status} {self.code}: {self.detail.en}")

    @property
    def type(self) -> str:
        """The stable URN of this kind of problem."""
        return self.code if ":" in self.code else TYPE_PREFIX + self.code

    def document(self, language: Language = "nl") -> dict[str, Any]:
        """The body of the answer, in one language."""
        body: dict[str, Any] = {
            "type": self.type,
            "status": self.status,
            "title": self.title.in_language(language),
            "detail": self.detail.in_language(language),
        }
        if self.errors:
            body["errors"] = [
                {
                    "location": error.location,
                    "pointer": error.pointer,
                    "message": error.message.in_language(language),
                    "code": error.code,
                }
                for error in self.errors
            ]
        return body


class Invalid(Problem):
    """400: the request itself is wrong; sending it again unchanged gives the same answer."""

    status = 400
    default_code = "invalid"
    default_title = Text("Ongeldige invoer", "Invalid input")
    default_detail = Text(
        "De invoer klopt niet. Er is niets gewijzigd. Verbeter de genoemde velden en probeer het opnieuw.",
        "The input is not valid. Nothing was changed. Correct the fields mentioned and try again.",
    )


class Unauthorized(Problem):
    """401: no valid access token."""

    status = 401
    default_code = "unauthorized"
    default_title = Text("Niet aangemeld", "Not signed in")
    default_detail = Text(
        "Voor dit verzoek is een geldig toegangstoken nodig. Meld u (opnieuw) aan.",
        "This request needs a valid access token. Please sign in (again).",
    )

    def __init__(self, detail: Text | None = None, **rest: Any) -> None:
        super().__init__(detail, **rest)
        self.headers.setdefault("WWW-Authenticate", "Bearer")


class Forbidden(Problem):
    """403: the caller is known, but this is not theirs to do."""

    status = 403
    default_code = "forbidden"
    default_title = Text("Niet toegestaan", "Not allowed")
    default_detail = Text(
        "Uw rol geeft geen toegang tot deze handeling. Vraag de beheerder van uw organisatie om de juiste rol.",
        "Your role does not allow this. Ask the administrator of your organisation for the right role.",
    )


class NotFound(Problem):
    """404: it does not exist, or not for this caller; the two are not told apart."""

    status = 404
    default_code = "not-found"
    default_title = Text("Niet gevonden", "Not found")
    default_detail = Text(
        "Wat u zoekt bestaat niet, of u heeft er geen toegang toe. Controleer het adres.",
        "What you are looking for does not exist, or is not accessible to you. Check the address.",
    )


class MethodNotAllowed(Problem):
    """405: the address exists, this method on it does not."""

    status = 405
    default_code = "method-not-allowed"
    default_title = Text("Handeling bestaat niet", "Method not allowed")
    default_detail = Text(
        "Dit adres kent deze handeling niet. De kop Allow noemt wat wel kan.",
        "This address does not support this method. The Allow header lists what it does support.",
    )


class Conflict(Problem):
    """409: at odds with the present state, or an idempotency key was reused for something else."""

    status = 409
    default_code = "conflict"
    default_title = Text("Past niet bij de huidige stand", "Conflicts with the current state")
    default_detail = Text(
        "Dit past niet bij de huidige stand van zaken. Er is niets gewijzigd. Haal de stand opnieuw op.",
        "This conflicts with the current state. Nothing was changed. Fetch the current state and decide again.",
    )


class PreconditionFailed(Problem):
    """412: someone else changed it since the caller read it."""

    status = 412
    default_code = "precondition-failed"
    default_title = Text("Intussen gewijzigd", "Changed in the meantime")
    default_detail = Text(
        "Iemand anders heeft dit gewijzigd sinds u het las. Er is niets gewijzigd. Lees het opnieuw in.",
        "Someone else changed this since you read it. Nothing was changed. Read it again.",
    )


class TooLarge(Problem):
    """413: the body is bigger than the service accepts."""

    status = 413
    default_code = "too-large"
    default_title = Text("Te groot", "Too large")
    default_detail = Text(
        "Het verzoek is groter dan is toegestaan. Er is niets verwerkt. Splits het op en stuur het opnieuw.",
        "The request is larger than allowed. Nothing was processed. Split it and send it again.",
    )


class UnsupportedMediaType(Problem):
    """415: the body is in a format that the service does not read."""

    status = 415
    default_code = "unsupported-media-type"
    default_title = Text("Formaat niet ondersteund", "Format not supported")
    default_detail = Text(
        "Dit formaat wordt hier niet gelezen. Stuur application/json.",
        "This format is not read here. Send application/json.",
    )


class PreconditionRequired(Problem):
    """428: an edit must say which version it edits."""

    status = 428
    default_code = "precondition-required"
    default_title = Text("Versie ontbreekt", "Version missing")
    default_detail = Text(
        "Stuur in de kop If-Match de ETag mee van de versie die u las, zodat u niemands wijziging overschrijft.",
        "Send the ETag of the version you read in the If-Match header, so that you overwrite no one's change.",
    )


class TooManyRequests(Problem):
    """429: more requests than this caller may send now."""

    status = 429
    default_code = "too-many-requests"
    default_title = Text("Te veel verzoeken", "Too many requests")
    default_detail = Text(
        "U stuurt te veel verzoeken achter elkaar. Wacht even en probeer het opnieuw.",
        "You are sending too many requests. Wait a moment and try again.",
    )


class Unavailable(Problem):
    """503: something the service needs does not answer; the same request may succeed later."""

    status = 503
    default_code = "unavailable"
    default_title = Text("Tijdelijk niet beschikbaar", "Temporarily unavailable")
    default_detail = Text(
        "Een onderdeel dat nodig is antwoordt niet. Er is niets gewijzigd. Probeer het over een minuut opnieuw.",
        "A part that is needed does not answer. Nothing was changed. Try again in a minute.",
    )


BY_STATUS: dict[int, type[Problem]] = {
    kind.status: kind
    for kind in (
        Invalid,
        Unauthorized,
        Forbidden,
        NotFound,
        MethodNotAllowed,
        Conflict,
        PreconditionFailed,
        TooLarge,
        UnsupportedMediaType,
        PreconditionRequired,
        TooManyRequests,
        Problem,
        Unavailable,
    )
}


def problem_from(status: int, document: Mapping[str, Any] | None = None) -> Problem:
    """The exception for an answer of another service, so that a failure reads the same on both sides.

    An unknown status becomes the nearest known one of its class (4xx: 400, 5xx: 503).
    """
    kind = BY_STATUS.get(status) or (Invalid if 400 <= status < 500 else Unavailable)
    document = document or {}
    errors = [
        FieldError(
            pointer=str(error.get("pointer", "")),
            message=Text.same(str(error.get("message", ""))),
            code=str(error.get("code", "")),
            location=error["location"] if error.get("location") in ("body", "query", "path", "header") else "body",
        )
        for error in document.get("errors") or ()
        if isinstance(error, Mapping)
    ]
    detail, title, type_ = document.get("detail"), document.get("title"), document.get("type")
    return kind(
        Text.same(str(detail)) if detail else None,
        title=Text.same(str(title)) if title else None,
        code=str(type_).removeprefix(TYPE_PREFIX) if type_ else None,
        errors=errors,
    )


def preferred_language(accept_language: str | None) -> Language:
    """Dutch or English by the quality values of ``Accept-Language`` (RFC 9110, 12.5.4); Dutch when undecided."""
    best: tuple[float, Language] = (0.0, "nl")
    for part in (accept_language or "").split(","):
        tag, _, parameters = part.strip().partition(";")
        primary = tag.partition("-")[0].lower()
        try:
            quality = float(parameters.strip().removeprefix("q=")) if parameters else 1.0
        except ValueError:
            continue
        if primary == "nl" and quality > best[0]:
            best = (quality, "nl")
        elif primary == "en" and quality > best[0]:
            best = (quality, "en")
    return best[1]
