"""The floor of a page: FastAPI and Jinja2 with nothing behind them, in a process of its own.

``python -m tests.benchmarks.bare_page PORT``; ``/?rows=40`` gives a table of so many rows, ``ROW_BYTES`` each.
"""

import sys

import uvicorn
from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from jinja2 import Environment

ROW_BYTES = 200
_PAGE = Environment(autoescape=True).from_string(
    "<!doctype html><title>{{ title }}</title><table>{% for row in rows %}<tr>{% for cell in row %}"
    "<td>{{ cell }}</td>{% endfor %}</tr>{% endfor %}</table>"
)
_CELLS = 5
_CELL_BYTES = (ROW_BYTES - len("<tr></tr>")) // _CELLS - len("<td></td>")

app = FastAPI(openapi_url=None)


@app.get("/")
async def page(rows: int) -> HTMLResponse:
    """A page as large as the one it is compared with."""
    table = [[f"{row}.{cell}".ljust(_CELL_BYTES, "x") for cell in range(_CELLS)] for row in range(rows)]
    return HTMLResponse(_PAGE.render(title="floor", rows=table))


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning", access_log=False)
