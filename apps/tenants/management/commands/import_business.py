"""`manage.py import_business FILE`: a business made of an archive, whole or not at all (requirements TEN-22)."""

import getpass
import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from apps.core.actors import SYSTEM
from apps.tenants.management.progress import ProgressBar
from apps.tenants.moving import arriving
from apps.tenants.moving.reading import Broken


class Command(BaseCommand):
    """Replaces nothing: the address must be free, and numbers or names that others hold stay with them."""

    help = "Make a business of an archive. Its key is asked for, or read from standard input."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--slug", default="", help="another address than it had")
        parser.add_argument("--json", action="store_true", help="answer with one line of JSON")
        parser.add_argument("--no-input", action="store_true", help="never ask (the key comes from standard input)")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(f"There is no file {path}.")
        asks = sys.stdin.isatty() and not options["no_input"]
        key = getpass.getpass("The key of this archive: ") if asks else sys.stdin.readline()
        bar = ProgressBar(sys.stderr)
        try:
            arrived = arriving.bring(path, key=key, slug=options["slug"].strip().lower(), by=SYSTEM, progress=bar)
        except Broken as error:
            raise CommandError(f"{error} Nothing was imported.") from error
        finally:
            bar.clear()
        business, manifest = arrived.business, arrived.manifest
        url = settings.PUBLIC_BASE_URL.replace("://", f"://{business.slug}.", 1)
        rows = sum(each["rows"] for each in manifest["tables"].values())
        answer = {
            "slug": business.slug, "url": url, "rows": rows, "files": manifest["files"]["count"],
            "tables": {name: each["rows"] for name, each in manifest["tables"].items()},
            "held_numbers": arrived.held_numbers, "held_domains": arrived.held_hosts,
        }  # fmt: skip
        if options["json"]:
            self.stdout.write(json.dumps(answer))
            return
        self.stdout.write(f"{business.name} is here: {url}/, {rows} rows and {answer['files']} files, as they left.")
        self.stdout.write("Its people choose a new password by “Forgotten password”; credentials are entered anew.")
        for what, held in (("number", arrived.held_numbers), ("name", arrived.held_hosts)):
            for each in held:
                self.stdout.write(f"Another business holds the {what} {each}; it stays there.")
