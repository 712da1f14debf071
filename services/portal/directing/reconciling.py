"""The reconciliation of an agreement: the ceiling beside what is reserved and spent, per month and municipality."""

from collections.abc import Callable
from datetime import date

from fastapi import Request

from services.commissioning.client import Reconciliation
from services.portal.chart_specs import Point
from services.portal.charts import Chart, charts
from services.portal.components import Column, Row, Table
from services.portal.directing.speech import Speech


def through(_: Speech, month: str | None) -> str | None:
    """A month as people write it: ``juni 2026``."""
    return None if month is None else _.fmt.month(date(int(month[:4]), int(month[5:]), 1))


async def reconciled(
    request: Request, _: Speech, found: Reconciliation, municipality: Callable[[str], str], *, base: str | None
) -> Chart | None:
    """A picture of the spend with the table and files (at ``base``) behind it; none before anything was told.

    ``municipality`` gives the name of a code. Without ``base`` it is for a file: months stand there as ``2026-06``.
    """
    if not found.lines:
        return None
    codes = {line.municipality for line in found.lines}
    places = {code: municipality(code) for code in sorted(codes, key=municipality)}
    last = int((found.spent_through or f"{found.year}-12")[5:])
    months = [date(found.year, number, 1) for number in range(1, last + 1)]
    spent = {(line.municipality, line.month): line.spent_cents or 0 for line in found.lines}
    chart = await charts(request).amounts(
        _.fmt,
        title=_("Reserved and spent in %(year)s", year=found.year),
        description=_in_words(_, found),
        series={
            name: [Point(_.fmt.month_short(month), spent.get((code, f"{month:%Y-%m}"), 0) / 100) for month in months]
            for code, name in places.items()
        },
    )
    columns = [
        Column("month", _("Month"), main=True),
        Column("municipality", _("Municipality")),
        Column("reserved", _("Reserved"), "euros"),
        Column("spent", _("Spent"), "euros"),
    ]
    rows = [
        Row(
            {
                "month": line.month if base is None else through(_, line.month),
                "municipality": places[line.municipality],
                "reserved": line.reserved_cents,
                "spent": line.spent_cents,
            }
        )
        for line in found.lines
    ]
    rows.append(
        Row(
            {
                "month": _("Total"),
                "municipality": _("all municipalities"),
                "reserved": found.reserved_cents,
                "spent": found.spent_cents,
            }
        )
    )
    table = Table(chart.title, columns, rows, caption_hidden=True, id="reconciliation-table")
    if base is None:
        return chart.with_table(table)
    return chart.with_table(table, {form.upper(): f"{base}.{form}" for form in ("csv", "xlsx", "png")})


def _in_words(_: Speech, found: Reconciliation) -> str:
    said = []
    if found.reserved_cents is not None:
        said.append(
            _(
                "%(amount)s is reserved: what allocations that begin in %(year)s may cost in all.",
                amount=_.fmt.euros_whole(found.reserved_cents),
                year=found.year,
            )
        )
    if found.spent_cents is None:
        said.append(_("Nothing was declared yet."))
    else:
        said.append(
            _(
                "%(amount)s is spent, for care up to and including %(month)s.",
                amount=_.fmt.euros_whole(found.spent_cents),
                month=through(_, found.spent_through),
            )
        )
        if found.ceiling_cents:
            left = found.ceiling_cents - found.spent_cents
            amount = _.fmt.euros_whole(abs(left))
            said.append(
                _("Of the ceiling %(amount)s is left.", amount=amount)
                if left >= 0
                else _("That is %(amount)s above the ceiling.", amount=amount)
            )
    said.append(_("The picture shows what was spent each month."))
    return " ".join(said)
