"""All event models, by type. A consumer skips a type that it does not know."""

from contracts.event import Event
from contracts.events import commissioning, council, declarations, exchange, imported, monitoring, referral

_MODULES = {
    "council": (council,),
    "commissioning": (commissioning,),
    "referral": (referral, exchange, declarations, imported),
    "monitoring": (monitoring,),
}

BY_SERVICE: dict[str, tuple[type[Event], ...]] = {
    service: tuple(
        sorted(
            (
                model
                for module in modules
                for model in vars(module).values()
                if isinstance(model, type) and issubclass(model, Event) and model is not Event
            ),
            key=lambda model: model.type,
        )
    )
    for service, modules in _MODULES.items()
}
"""The events that each service alone may publish."""

ALL: dict[str, type[Event]] = {model.type: model for models in BY_SERVICE.values() for model in models}
"""Every event model by its CloudEvents type."""

OWNER: dict[str, str] = {model.type: service for service, models in BY_SERVICE.items() for model in models}
"""The service that publishes a type."""
