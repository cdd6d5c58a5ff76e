"""Secrets of a development machine: generated on first use into VAR_DIR, never constant, never in the repository."""

import json
import os
import secrets
from pathlib import Path

NAMES = (
    "SECRET_KEY", "META_APP_SECRET", "META_VERIFY_TOKEN",
    "MAJ_APP_PASSWORD", "MAJ_MIGRATE_PASSWORD", "MAJ_LIVE_PASSWORD",
)  # fmt: skip


def development_secrets(var_dir: Path) -> dict[str, str]:
    """The secrets kept in VAR_DIR/secrets.json (mode 0600), made now if the file is not there yet.

    Two processes that start together agree: the file is linked into place whole, and the first one wins.
    """
    path = var_dir / "secrets.json"
    if not path.exists():
        var_dir.mkdir(parents=True, exist_ok=True)
        made = {name: secrets.token_urlsafe(48) for name in NAMES}
        made["ENCRYPTION_KEYS"] = f"dev:{secrets.token_hex(32)}"
        draft = path.with_suffix(f".{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(made, indent=1))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return dict(json.loads(path.read_text()))
