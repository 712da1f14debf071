"""What the operator's command says: for a person, or with ``--json`` one JSON object a line and nothing else."""

import json
import sys
from collections.abc import Mapping
from typing import Annotated, Any

import typer

Json = Annotated[bool, typer.Option("--json", help="One JSON object a line on standard output, and nothing else.")]
"""The ``--json`` option that every command has."""


class Output:
    """Standard output of one command. What people read goes through :meth:`say`, facts through :meth:`fact`."""

    def __init__(self, as_json: bool) -> None:
        self.as_json = as_json

    def say(self, text: str = "") -> None:
        """A line for a person; nothing with ``--json``. Rich markup is understood."""
        if not self.as_json:
            from rich.console import Console

            Console(highlight=False, soft_wrap=True).print(text)

    def fact(self, values: Mapping[str, Any], text: str | None = None) -> None:
        """One JSON object, or its ``text`` for a person."""
        if self.as_json:
            sys.stdout.write(json.dumps(values, ensure_ascii=False, default=str) + "\n")
            sys.stdout.flush()
        elif text is not None:
            self.say(text)

    def progress(self, name: str, message: str) -> None:
        """What happens while somebody waits: to standard error, so that it never mixes with the answer."""
        if self.as_json:
            return
        from rich.console import Console
        from rich.markup import escape

        Console(stderr=True, highlight=False, soft_wrap=True).print(
            f"[bold]{escape(name):>13}[/bold]  {escape(message)}"
        )
