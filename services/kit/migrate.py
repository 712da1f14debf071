"""Migrations: plain SQL per service, applied in order of name by yoyo.

The kit's own migrations come first, then those of the service. They run as the owner of the schema, with a lock
timeout, so that a deploy under load fails fast and may be tried again instead of queueing every query behind it.
"""

from pathlib import Path
from urllib.parse import quote

from yoyo import get_backend, read_migrations

from contracts.topics import BY_SERVICE

LOCK_TIMEOUT = "5s"
STATEMENT_TIMEOUT = "120s"
_HERE = Path(__file__).parent / "migrations"


def folders(service: str) -> tuple[Path, Path]:
    """The folders of the kit's and the service's own migrations."""
    packages = {"workflows": _HERE.parents[2] / "workflows"}
    home = packages.get(service, _HERE.parents[1] / service)
    return _HERE, home / "migrations"


def migrate(service: str, url: str) -> int:
    """Bring the schema of ``service`` up to date; gives how many migrations were applied.

    ``url`` is the ``DATABASE_URL`` of the service; its login role must be a member of ``<service>_owner``.
    """
    options = " ".join(
        f"-c {name}={value}"
        for name, value in {
            "role": f"{service}_owner",
            "search_path": service,
            "lock_timeout": LOCK_TIMEOUT,
            "statement_timeout": STATEMENT_TIMEOUT,
            "client_min_messages": "warning",
        }.items()
    )
    scheme, _, rest = url.partition("://")
    if scheme not in {"postgresql", "postgres"}:
        raise ValueError(f"DATABASE_URL_{service.upper()} must begin with postgresql://")
    address = f"postgresql+psycopg://{rest}{'&' if '?' in rest else '?'}options={quote(options)}"
    backend = get_backend(address)
    migrations = read_migrations(*(str(folder) for folder in folders(service) if folder.is_dir()))
    with backend.lock():
        pending = backend.to_apply(migrations)
        backend.apply_migrations(pending)
    if service in BY_SERVICE:
        _ensure_log_heads(backend, BY_SERVICE[service].partitions)
    backend.connection.close()
    return len(pending)


def _ensure_log_heads(backend: object, partitions: int) -> None:
    """One head per partition of the topic; the number is fixed for the topic's life."""
    connection = backend.connection  # type: ignore[attr-defined]
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into log_head (partition) select generate_series(0, %s - 1) on conflict do nothing", (partitions,)
        )
        cursor.execute(
            "insert into relay_cursor (partition) select generate_series(0, %s - 1) on conflict do nothing",
            (partitions,),
        )
    connection.commit()
