"""``samenspel``: the operator's command.

Each subject has a file beside this one with ``app = typer.Typer(...)``; it is imported only when asked for, so that
the command starts at once. Errors are one line on standard error. Exit status: 0 done, 1 negative answer, 2 wrong use.
"""

import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any

import typer
from typer._click.exceptions import ClickException  # typer carries its own click
from typer.core import TyperGroup

from deploy.cli.output import Json, Output
from deploy.local.errors import LocalError

SUBJECTS = ("demo", "run", "messages", "events", "figures", "simulate")
"""Commands that live in files of their own, ``deploy/cli/<subject>.py``."""


class _Subjects(TyperGroup):
    def list_commands(self, ctx: Any) -> list[str]:
        return [*super().list_commands(ctx), *(name for name in SUBJECTS if find_spec(f"deploy.cli.{name}"))]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name in SUBJECTS and find_spec(f"deploy.cli.{cmd_name}"):
            command: Any = typer.main.get_command(import_module(f"deploy.cli.{cmd_name}").app)
            command.name = cmd_name
            return command
        return super().get_command(ctx, cmd_name)


cli = typer.Typer(
    cls=_Subjects,
    help="Run and look after Samenspel on this machine.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@cli.command()
def up(
    foreground: Annotated[bool, typer.Option("--foreground", help="Stay, and stop everything at Ctrl-C.")] = False,
    only: Annotated[
        list[str] | None, typer.Option("--only", help="Start this process with the engines; may be repeated.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Start the engines and all services, in the background."""
    from deploy.local.serve import start_detached
    from deploy.local.state import State, default_directory

    output, state = Output(as_json), State(default_directory())
    if not foreground:
        start_detached(state, output.progress, only)
        _tell_addresses(output, state.read())
        return

    import asyncio

    from deploy.local.serve import serve
    from deploy.local.supervisor import Stack

    async def when_ready(_: Stack) -> None:
        _tell_addresses(output, state.read())
        output.say("Stop with Ctrl-C.")

    asyncio.run(serve(Stack(state.directory, processes=only, report=output.progress), when_ready))


@cli.command()
def down(as_json: Json = False) -> None:
    """Stop the stack; everything it holds stays."""
    from deploy.local.serve import stop_detached
    from deploy.local.state import State, default_directory

    output, state = Output(as_json), State(default_directory())
    stopped = stop_detached(state, output.progress)
    output.fact({"stopped": stopped}, "Stopped." if stopped else "Nothing runs here.")


@cli.command()
def status(as_json: Json = False) -> None:
    """Health of each engine and service; exit status 1 when one is not healthy or nothing runs."""
    import asyncio

    from deploy.local.health import health
    from deploy.local.state import State, default_directory

    output, state = Output(as_json), State(default_directory())
    found = asyncio.run(health(state))
    for one in found:
        mark = "[green]healthy[/green]  " if one.healthy else "[red]unhealthy[/red]"
        output.fact(
            {"name": one.name, "kind": one.kind, "address": one.address, "healthy": one.healthy},
            f"{one.name:<15} {mark}  {one.address}",
        )
    if not found:
        raise LocalError(f"Nothing runs on {state.directory}. Start it with 'samenspel up'.")
    phase = state.read().get("phase")
    if phase != "ready":
        raise LocalError(f"The stack is {phase}; wait and ask again, or see 'samenspel logs supervisor'.")
    if unhealthy := [one.name for one in found if not one.healthy]:
        raise LocalError(f"Not healthy: {', '.join(unhealthy)}. See 'samenspel logs {unhealthy[0]}'.")


@cli.command()
def reset(
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: Json = False,
) -> None:
    """Throw away everything the stack holds. Asks first."""
    import shutil

    from deploy.local.state import State, default_directory

    output, state = Output(as_json), State(default_directory())
    if state.is_locked():
        raise LocalError("The stack runs. Stop it first with 'samenspel down'.")
    if not (state.directory / "state.json").exists():
        output.fact({"reset": False}, f"There is nothing in {state.directory}.")
        return
    if not yes:
        if not sys.stdin.isatty():
            raise LocalError("This throws data away. Say --yes to do it without being asked.", wrong_use=True)
        question = f"Throw away all data, keys and logs in {state.directory}?"
        if not typer.confirm(question, err=True):
            raise typer.Exit(1)
    shutil.rmtree(state.directory)
    output.fact({"reset": True}, f"{state.directory} is gone.")


@cli.command()
def logs(
    name: Annotated[str | None, typer.Argument(help="An engine or process; without it: which there are.")] = None,
    lines: Annotated[int, typer.Option("--lines", "-n", min=1, help="How many of the last lines.")] = 100,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Keep showing new lines.")] = False,
    as_json: Json = False,
) -> None:
    """Show what an engine or service said."""
    from deploy.local.state import State, default_directory

    output, state = Output(as_json), State(default_directory())
    known = sorted(file.stem for file in state.path("logs").glob("*.log"))
    if name is None:
        for one in known:
            output.fact({"name": one, "file": str(state.log(one))}, one)
        return
    if name not in known:
        there = f"there are {', '.join(known)}" if known else "nothing has run here yet"
        raise LocalError(f"There is no log of {name!r}; {there}.", wrong_use=True)
    _show_log(output, state.log(name), lines, follow)


@cli.command("api-token")
def api_token(
    person: Annotated[str, typer.Option("--person", help="The id of a demo person, such as clerk-nijmegen.")],
    as_json: Json = False,
) -> None:
    """Print an access token of a demo person, for trying the API; good for an hour."""
    from deploy.local.identity.tokens import issue_token
    from deploy.local.state import State, default_directory

    token = issue_token(State(default_directory()), person)
    if as_json:
        Output(True).fact({"person": person, "token": token})
    else:
        sys.stdout.write(f"{token}\n")  # bare, for $(samenspel api-token --person P)


def _tell_addresses(output: Output, remembered: dict[str, Any]) -> None:
    for name, entry in remembered.get("running", {}).items():
        shown = f"[bold]{entry['address']}[/bold]" if name == "portal" else entry["address"]
        output.fact({"name": name, "kind": entry["kind"], "address": entry["address"]}, f"{name:<15} {shown}")


def _show_log(output: Output, file: Path, lines: int, follow: bool) -> None:
    import time
    from collections import deque

    with file.open(errors="replace") as stream:
        for line in deque(stream, maxlen=lines):
            _log_line(output, line)
        while follow:
            if line := stream.readline():
                _log_line(output, line)
            else:
                time.sleep(0.2)


def _log_line(output: Output, line: str) -> None:
    if output.as_json:
        output.fact({"line": line.rstrip("\n")})
    else:
        sys.stdout.write(line if line.endswith("\n") else f"{line}\n")


def app() -> None:
    """The entry point: what went wrong becomes one line on standard error and an exit status."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run the command with these arguments; gives the exit status."""
    try:
        result = cli(arguments, standalone_mode=False, prog_name="samenspel")
    except LocalError as error:
        return _fail(str(error), 2 if error.wrong_use else 1)
    except ClickException as error:
        return _fail(error.format_message(), error.exit_code)
    except (KeyboardInterrupt, typer.Abort):
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 1
    except OSError as error:
        return _fail(f"{error.strerror or error}{f': {error.filename}' if error.filename else ''}", 1)
    return result if isinstance(result, int) else 0


def _fail(message: str, code: int) -> int:
    if not message:  # the help was shown instead
        return code
    sys.stderr.write(" ".join(f"samenspel: {message}".split()) + "\n")
    return code


if __name__ == "__main__":
    app()
