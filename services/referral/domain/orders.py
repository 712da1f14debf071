"""What stands first in a list."""

from enum import StrEnum


class ReferralOrder(StrEnum):
    """Of journeys: the latest request, or the first last day of an allocation."""

    REQUESTED = "requested"
    ENDS = "ends"


class RequestOrder(StrEnum):
    """Of requests that are decided on as a whole: the latest, or the first that is due."""

    RECEIVED = "received"
    DUE = "due"
