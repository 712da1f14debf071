"""``samenspel messages``: check, write and exchange iWmo and iJw 3.2 messages."""

import json
import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from deploy.cli.messages_exchange import exchange
from deploy.cli.messages_folders import fetch, watch
from deploy.cli.output import Json, Output
from deploy.local.errors import LocalError
from services.referral.istandaarden import (
    KINDS,
    MAX_BYTES,
    InvalidStructure,
    Message,
    Standard,
    TechnicalError,
    official,
    read,
    validate_structure,
    write,
)
from services.referral.istandaarden.envelope import read_either
from services.referral.istandaarden.rules import check_content

STANDARDS = {Standard.IJW: "ijw", Standard.IWMO: "iwmo"}

app = typer.Typer(
    help="iWmo and iJw 3.2 messages: check files, write one from JSON, exchange them by folder.",
    no_args_is_help=True,
    add_completion=False,
)
app.command("exchange")(exchange)
app.command("watch")(watch)
app.command("fetch")(fetch)

Verdict = dict[str, Any]


@app.callback()
def use_official_schemas() -> None:
    """Ask the official schemas too, where ISTANDAARDEN_XSD_DIR names their folder."""
    folder = os.environ.get("ISTANDAARDEN_XSD_DIR", "")
    try:
        official.put_in_force(official.load(Path(folder)) if folder else None)
    except official.OfficialSchemaError as error:
        raise LocalError(f"ISTANDAARDEN_XSD_DIR cannot be used: {error}.", wrong_use=True) from None


@app.command("validate")
def validate(
    files: Annotated[list[Path], typer.Argument(help="Messages, or GGk envelopes with one.", exists=True)],
    as_json: Json = False,
) -> None:
    """Check messages by themselves: can they be read, are they built right (level 1), do they agree (level 2)?

    Exit status 1 when one is not accepted.
    """
    output, accepted = Output(as_json), True
    for file in files:
        verdict = judge(file)
        accepted = accepted and verdict["accepted"]
        output.fact(verdict, _told(verdict))
    if not accepted:
        raise typer.Exit(1)


@app.command("produce")
def produce(
    kind: Annotated[str, typer.Option("--kind", help="Such as JW301.")],
    source: Annotated[
        Path, typer.Option("--from", exists=True, dir_okay=False, help="JSON: element names to values, nested alike.")
    ],
    out: Annotated[Path | None, typer.Option("--out", help="Write to this file, not to standard output.")] = None,
) -> None:
    """Write a valid message from JSON; refuses content that would not be accepted by itself."""
    if kind.upper() not in KINDS:
        raise LocalError(f"There is no message {kind}; there are {', '.join(KINDS)}.", wrong_use=True)
    try:
        content = json.loads(source.read_text(encoding="utf-8"))
    except ValueError as error:
        raise LocalError(f"{source} is not JSON: {error}.", wrong_use=True) from None
    if not isinstance(content, dict):
        raise LocalError(f"{source} must hold one JSON object: the classes of the message.", wrong_use=True)
    try:
        written = write(kind.upper(), content)
    except InvalidStructure as error:
        wrong = "; ".join(f"{each.path}: {each.wrong.en} Right is: {each.right.en}" for each in error.findings)
        raise LocalError(f"This is no valid {kind.upper()}. {wrong}") from None
    broken = [f"{each.full_path}: {each.rule.wrong.en} ({each.rule.code})" for each in check_content(read(written))]
    if broken:
        raise LocalError(f"This {kind.upper()} would be rejected. {'; '.join(broken)}")
    if out is not None:
        out.write_bytes(written)
    else:
        sys.stdout.buffer.write(written)


def judge(file: Path) -> Verdict:
    """The verdict on one file by itself, as ``messages validate --json`` prints it."""
    verdict: Verdict = {
        "file": str(file),
        "message": None,
        "standard": None,
        "accepted": False,
        "level": None,
        "return_codes": [],
        "rules": [],
        "error": None,
    }
    try:
        if file.stat().st_size > 2 * MAX_BYTES:
            return verdict | {"level": "technical", "error": f"{file} is larger than any message may be."}
        message = read_either(file.read_bytes())[0]
    except TechnicalError as error:
        return verdict | {"level": "technical", "error": error.en}
    except OSError as error:
        return verdict | {"level": "technical", "error": f"{file} cannot be read: {error.strerror}."}
    verdict |= {"message": message.kind, "standard": STANDARDS[message.standard]}
    return verdict | _by_level(message)


def _by_level(message: Message) -> Verdict:
    findings = validate_structure(message)
    if findings:
        wrong = "; ".join(f"{each.path}: {each.wrong.en} Right is: {each.right.en}" for each in findings)
        return {"level": 1, "error": wrong}
    broken = check_content(message)
    if broken:
        return {
            "level": 2,
            "return_codes": sorted({each.rule.returns for each in broken}),
            "rules": sorted({each.rule.code for each in broken}),
            "error": "; ".join(f"{each.full_path}: {each.rule.wrong.en}" for each in broken),
        }
    return {"accepted": True}


def _told(verdict: Verdict) -> str:
    name = f"{verdict['file']}: {verdict['message'] or 'no message'}"
    if verdict["accepted"]:
        return f"{name} [green]accepted[/green]"
    rules = f" ({', '.join(verdict['rules'])})" if verdict["rules"] else ""
    return f"{name} [red]not accepted[/red] at level {verdict['level']}{rules}: {verdict['error']}"
