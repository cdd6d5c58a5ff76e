"""A bench's own process, where `stage.at_home` sends it: `python -m apps.conversations.benches NAME JSON`."""

import json
import sys
from collections.abc import Sequence

import django


def main(words: Sequence[str]) -> None:
    """Play one bench and print its figures as the last line."""
    django.setup()
    # Only now: what the stage imports needs the apps.
    from apps.conversations.benches import stage  # noqa: PLC0415

    name, options = words
    print(json.dumps(stage.play_here(name, **json.loads(options))), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
