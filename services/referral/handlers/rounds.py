"""Messages of a batch that have nothing to do with each other are received side by side, others after each other."""

from collections.abc import Hashable, Iterable, Iterator

from services.referral.handlers.messages import Arrived

_ABOUT_ONE_CLIENT = frozenset({"301", "305", "307", "315"})


def rounds(arrived: Iterable[Arrived]) -> Iterator[list[Arrived]]:
    """Messages in their order, as many at a time as none touches what another does."""
    these: list[Arrived] = []
    touched: set[Hashable] = set()
    for each in arrived:
        touches = _touches(each)
        if these and (touches is None or not touched.isdisjoint(touches)):
            yield these
            these, touched = [], set()
        if touches is None:
            yield [each]
        else:
            these.append(each)
            touched |= touches
    if these:
        yield these


def _touches(arrived: Arrived) -> set[Hashable] | None:
    """What a message is judged against and changes: of its client, and under the numbers and references that it gives.

    ``None`` when that can be anything: it has no client, more than one, or cannot be read.
    """
    message, header = arrived.message, arrived.header
    if message is None or header is None or arrived.findings or message.is_retour:
        return None
    client = message.first("Client")
    bsn = client.text("Bsn") if client is not None and message.number in _ABOUT_ONE_CLIENT else None
    if bsn is None:
        return None
    relation = (message.standard, header.municipality, header.provider)
    found: set[Hashable] = {(relation, message.kind, header.identification), (header.municipality, bsn)}
    for product in message.every("ToegewezenProduct"):
        found.add((message.standard, header.municipality, product.number("ToewijzingNummer")))
    for product in (*message.every("ToegewezenProduct"), *message.every("AangevraagdProduct")):
        found.add((relation, product.find_text("ReferentieAanbieder")))
    found.discard((relation, None))
    return found
