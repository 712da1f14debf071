"""The words on screen: each term as people in the field use it, with what it means, for the help page and the hover."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from services.portal.i18n import N_


@dataclass(frozen=True, slots=True)
class Term:
    """A term on screen and its meaning; both are marked for translation."""

    term: str
    meaning: str


TERMS: Mapping[str, Term] = MappingProxyType(
    {
        "council_turn": Term(
            N_("Your turn"), N_("The council has to do something now: set a frame, give its view or decide.")
        ),
        "frame": Term(N_("Frame"), N_("What the council decides beforehand: the goals, the limits and the money.")),
        "scenario": Term(
            N_("Story"), N_("Where the municipality wants to go with a theme, told with the outcomes it hopes for.")
        ),
        "outcome_band": Term(
            N_("Band"),
            N_("The lowest and highest value between which a result is good. Inside it nobody has to explain."),
        ),
        "commission": Term(N_("Commission"), N_("What the municipality asks partners to do, and on which terms.")),
        "offer": Term(N_("Offer"), N_("What a provider promises in answer to a commission.")),
        "agreement": Term(N_("Agreement"), N_("What a municipality and a provider have agreed and signed.")),
        "spending_room": Term(
            N_("Budget room"), N_("What is left of the ceiling of an agreement after what has been committed.")
        ),
        "committed_amount": Term(
            N_("Committed"), N_("What the help that was allocated will cost in all, also the part of it that was paid.")
        ),
        "spent_amount": Term(N_("Spent"), N_("What was granted in declarations for help that was really given.")),
        "reserved_amount": Term(
            N_("Reserved"), N_("What an allocation may cost at most; help that stops early gives nothing of it back.")
        ),
        "forecast": Term(
            N_("Expected spending"), N_("What an agreement will cost by the end of the year if nothing changes.")
        ),
        "client_stop": Term(N_("Client stop"), N_("A provider takes no new clients for a while.")),
        "discretion": Term(
            N_("Own room"),
            N_("What a professional may decide alone, as long as it stays within the band and the reason is noted."),
        ),
        "help_request": Term(N_("Request for help"), N_("A question from a resident for which help is looked for.")),
        "allocation": Term(
            N_("Allocation"), N_("The decision that a provider may give help to a resident, and how much.")
        ),
        "provider": Term(
            N_("Provider"), N_("An organisation that gives help to residents on behalf of the municipality.")
        ),
        "waiting_time": Term(
            N_("Waiting time"), N_("The time between the request for help and the day that help begins.")
        ),
        "dropout": Term(N_("Stopped early"), N_("Help that ended before the goal was reached and not by agreement.")),
        "declaration": Term(N_("Declaration"), N_("The bill for help that was given, sent as a standard message.")),
        "rejected": Term(N_("Rejected"), N_("A message or bill that was not accepted, with the reason.")),
        "outcome": Term(N_("Result"), N_("What the help has brought the resident.")),
        "quality_label": Term(
            N_("Reliability"), N_("How far you can trust a figure: is it complete, current, substantiated and needed?")
        ),
        "withheld": Term(
            N_("Too small to show"),
            N_("A figure about so few people that somebody could be recognised. It is not published."),
        ),
        "commitment": Term(N_("Promise"), N_("Something the executive has promised the council, with a date.")),
        "cost_key": Term(N_("Cost key"), N_("The rule that divides shared costs over the municipalities.")),
        "goal": Term(
            N_("Goal"), N_("One thing that a council wants to reach, with the figures that show whether it does.")
        ),
        "view": Term(N_("View"), N_("What a council thinks of a joint plan, before it is decided.")),
        "moment": Term(N_("Moment"), N_("A point in the year at which the council has something to do, with a term.")),
        "letter": Term(N_("Letter to the council"), N_("The executive tells the council how things are going.")),
        "region": Term(N_("Region"), N_("Municipalities that commission together and share the costs.")),
        "application": Term(
            N_("Application"),
            N_("A provider asks to be admitted to a commission. Nobody reads it before the closing day."),
        ),
        "standstill": Term(
            N_("Standstill"), N_("Twenty days between announcing who is admitted and signing, to object in.")
        ),
        "ceiling": Term(N_("Ceiling amount"), N_("The most that an agreement may cost in a year.")),
        "tariff": Term(N_("Tariff"), N_("What a product costs per hour, day or piece.")),
        "product": Term(N_("Product"), N_("A kind of help with a code, such as guidance or day activities.")),
        "capacity": Term(
            N_("Free places"), N_("How many places a provider has, how many are free and how long the wait is.")
        ),
        "referral": Term(N_("Referral"), N_("The way of one question for help, from the request until the help ends.")),
        "access_team": Term(
            N_("Access team"), N_("The people of the municipality who help residents find the right help.")
        ),
        "message": Term(
            N_("Message (iWmo or iJw)"),
            N_("A standard file between municipality and provider: 301 allocates, 305 starts, 307 stops, 315 asks."),
        ),
        "reporting_round": Term(
            N_("Reporting round"), N_("A month for which providers report the results, with a closing day.")
        ),
        "indicator": Term(N_("Indicator"), N_("A figure with a fixed definition, so that everybody counts the same.")),
        "release": Term(
            N_("Release"), N_("Figures as they were published for a period. They do not change afterwards.")
        ),
        "mirror": Term(N_("Mirror"), N_("Own results of a provider beside those of others, who are not named.")),
        "norm": Term(N_("Norm"), N_("The number of weeks within which help should begin.")),
        "business_clock": Term(
            N_("Date of the demonstration"),
            N_("In the demonstration the date can be moved; terms and letters move along."),
        ),
        "practice_adoption": Term(
            N_("Take over an example"), N_("Use what another municipality has already made, and adapt it.")
        ),
    }
)
"""Every term by its name in code."""
