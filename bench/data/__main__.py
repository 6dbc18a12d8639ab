"""`python -m bench.data`: make a big clinic, then measure the queries on it and on a hundredth of it."""

import argparse
import sys
from pathlib import Path

import psycopg2

from bench.data.fill import fill
from bench.data.measure import measure
from bench.data.report import show, write
from bench.data.sizes import Size
from bench.data.target import NotOurs, beside, filled_with, own_cluster, take
from server.postgres.errors import EmbeddedPostgresError

SHARE = 100


def main() -> int:
    args = _arguments()
    size = Size(args.users, args.conversations, args.messages)
    try:
        if args.database_url:
            _run(args.database_url, size, args)
        else:
            print(f"An embedded PostgreSQL of its own is in {args.folder}; it stays, and `rm -r` removes it.")
            with own_cluster(args.folder) as url:
                _run(url, size, args)
    except NotOurs:
        print("That database has tables that this program did not make. It is left alone.", file=sys.stderr)
        return 1
    except (EmbeddedPostgresError, psycopg2.Error) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _run(url: str, size: Size, args: argparse.Namespace) -> None:
    take(url)
    for target, wanted in ((beside(url, "_hundredth"), size.part(SHARE)), (url, size)):
        take(target)
        if args.refill or filled_with(target) != wanted:
            print(f"{wanted.users:,} users, {wanted.conversations:,} conversations, {wanted.messages:,} messages")
            fill(target, wanted, lambda label, seconds: print(f"  {seconds:6.1f} s  {label}", flush=True))
    print("Asking …", flush=True)
    small, full = measure(beside(url, "_hundredth"), args.only), measure(url, args.only)
    show(small, full)
    if args.json:
        write(args.json, size, small, full)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.data", description=__doc__)
    parser.add_argument("--users", type=int, default=1_000_000)
    parser.add_argument("--conversations", type=int, default=1_000_000)
    parser.add_argument("--messages", type=int, default=10_000_000)
    parser.add_argument(
        "--database-url", help="an empty database, or one that this program made; a second one is made beside it"
    )
    parser.add_argument(
        "--folder", type=Path, default=Path("var/bench-data"), help="of the embedded PostgreSQL, when no URL is given"
    )
    parser.add_argument(
        "--only", action="append", default=[], help="only questions with this in their name; may be said again"
    )
    parser.add_argument("--json", type=Path, help="write the figures there")
    parser.add_argument("--refill", action="store_true", help="make the set anew although it is there")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
