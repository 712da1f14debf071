"""The one way to reach Temporal: encrypted payloads, and traces that go on inside workflows and activities."""

from temporalio.client import Client
from temporalio.contrib.opentelemetry import TracingInterceptor

from services.kit.keyring import KeyFileError, KeyRing
from services.kit.settings import SettingsError
from workflows.codec import data_converter
from workflows.settings import WorkflowSettings


async def connect(settings: WorkflowSettings, *, lazy: bool = True) -> Client:
    """A client of the namespace in ``settings``; a ``lazy`` one connects at first use (a worker needs one that is not).

    Raises ``SettingsError`` when the key file cannot be used.
    """
    try:
        ring = KeyRing.read(settings.workflow_key_file, "WORKFLOW_KEY_FILE")
    except KeyFileError as error:
        raise SettingsError(str(error)) from None
    return await Client.connect(
        settings.temporal_address,
        namespace=settings.temporal_namespace,
        data_converter=data_converter(ring),
        interceptors=[TracingInterceptor()],
        lazy=lazy,
    )
