"""`jumun sandbox | serve | migrate | check`."""

import argparse
import asyncio
import sys
from collections.abc import Sequence

import uvicorn

from app.errors import AppError, Misconfigured
from app.log import start_logging
from app.settings import Settings, read_settings
from app.store.migrate import migrate, pending

GRACE_SECONDS = 10


def main(arguments: Sequence[str] | None = None) -> int:
    """0, or 1 with a sentence that says what to do."""
    given = _parser().parse_args(arguments)
    try:
        code: int = given.run(given)
    except (AppError, OSError) as trouble:
        print(f"jumun: {trouble}", file=sys.stderr)
        return 1
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="jumun", description="주문: self-service orders in Channel Talk")
    commands = parser.add_subparsers(required=True, metavar="command")
    for name, run, text in (
        ("sandbox", sandbox, "everything simulated on loopback, with a chat page"),
        ("serve", serve, "the real thing"),
        ("migrate", run_migrate, "move the database to the newest schema"),
        ("check", check, "look at settings, keys, database and connections, and say what to do"),
    ):
        command = commands.add_parser(name, help=text)
        command.set_defaults(run=run)
        if name in {"sandbox", "serve"}:
            command.add_argument("--host", default="127.0.0.1")
            command.add_argument("--port", type=int, default=8000)
        if name == "serve":
            command.add_argument("--workers", type=int, default=1)
        if name == "sandbox":
            command.add_argument("--no-browser", action="store_true", help="do not open the chat page")
    return parser


def serve(given: argparse.Namespace) -> int:
    settings = read_settings()
    prepare_database(settings, given.workers)
    _run("app.main:application", settings, given.host, given.port, workers=given.workers)
    return 0


def prepare_database(settings: Settings, workers: int) -> None:
    """SQLite moves by itself and serves one worker; PostgreSQL is moved by `jumun migrate`."""
    if settings.is_sqlite:
        if workers > 1:
            raise Misconfigured("SQLite serves one worker; set JUMUN_DATABASE_URL to a PostgreSQL for more")
        migrate(settings.database_url)
    elif pending(settings.database_url):
        raise Misconfigured("the database is not at this version's schema; run `jumun migrate` first")


def run_migrate(_given: argparse.Namespace) -> int:
    migrate(read_settings().database_url)
    print("the database is at the newest schema")
    return 0


def check(_given: argparse.Namespace) -> int:
    from app.wiring.checkup import report  # a whole application, needed here only

    start_logging("error")
    lines, healthy = asyncio.run(report(read_settings()))
    print("\n".join(lines))
    return 0 if healthy else 1


def sandbox(given: argparse.Namespace) -> int:
    from app.wiring.sandbox import run_sandbox

    run_sandbox(given.host, given.port, open_browser=not given.no_browser)
    return 0


def _run(target: str, settings: Settings, host: str, port: int, *, workers: int) -> None:
    uvicorn.run(
        target,
        factory=True,
        host=host,
        port=port,
        workers=workers,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=True,
        forwarded_allow_ips=settings.forwarded_allow_ips,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )


if __name__ == "__main__":
    sys.exit(main())
