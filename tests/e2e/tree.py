"""The whole product as a newcomer starts it: one process tree on a free port and an empty folder."""

import hashlib
import hmac
import json
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 400.0  # seconds for a first start


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Tree:
    """A running `manage.py up`."""

    var_dir: Path
    environment: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def whole_environment(self) -> dict[str, str]:
        """What its commands see: nothing of the suite's own settings or services but what it was given."""
        ours = ("DJANGO_SETTINGS_MODULE", "DATABASE_", "REDIS_URL", "CELERY_")
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        return {**inherited, "VAR_DIR": str(self.var_dir), "PORT": str(self.port), **self.environment}

    def start(self) -> float:
        """Start it and come back when pages are answered. Returns the seconds it took."""
        began = time.monotonic()
        self.var_dir.mkdir(parents=True, exist_ok=True)
        with (self.var_dir / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "up"], cwd=ROOT, env=self.whole_environment, stdout=log, stderr=log
            )
        while time.monotonic() - began < PATIENCE:
            if self.process.poll() is not None:
                break
            if self._answers():
                return time.monotonic() - began
            time.sleep(0.1)
        raise RuntimeError((self.var_dir / "log").read_text()[-3000:])

    def stop(self) -> list[int]:
        """Ctrl-C. Returns the processes that are still there afterwards: none."""
        if self.process is None:
            return []
        family = [self.process.pid, *_descendants(self.process.pid)]
        self.process.send_signal(signal.SIGINT)
        self.process.wait(30)
        return [pid for pid in family if Path(f"/proc/{pid}").exists()]

    def _answers(self) -> bool:
        try:
            answer = httpx.get(f"http://127.0.0.1:{self.port}/healthz", headers={"Host": f"localhost:{self.port}"})
        except httpx.TransportError:
            return False
        return answer.status_code == 200 and (self.var_dir / "demo.json").exists()

    @property
    def demo(self) -> dict[str, Any]:
        return dict(json.loads((self.var_dir / "demo.json").read_text()))

    def business(self, slug: str = "samia-tarot") -> dict[str, Any]:
        return next(entry for entry in self.demo["businesses"] if entry["slug"] == slug)

    def url(self, path: str = "/", slug: str = "samia-tarot") -> str:
        return f"http://{slug}.localhost:{self.port}{path}"

    def write(self, text: str, *, phone: str = "96170123456", name: str = "Rana", slug: str = "samia-tarot") -> str:
        """A customer writes to the business's WhatsApp number: a signed body at the provider's door."""
        inbox = next(entry for entry in self.business(slug)["inboxes"] if entry["gateway"] == "whatsapp_cloud")
        external_id = f"wamid.{time.time_ns()}"
        value = {
            "messaging_product": "whatsapp", "metadata": {"phone_number_id": inbox["phone_number_id"]},
            "contacts": [{"profile": {"name": name}, "wa_id": phone}],
            "messages": [
                {"from": phone, "id": external_id, "timestamp": str(int(time.time())), "type": "text",
                 "text": {"body": text}}
            ],
        }  # fmt: skip
        entry = {"id": inbox["waba_id"], "changes": [{"field": "messages", "value": value}]}
        body = json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()
        proof = hmac.new(inbox["app_secret"].encode(), body, hashlib.sha256).hexdigest()
        answer = httpx.post(
            inbox["webhook_url"].replace("//localhost", "//127.0.0.1"), content=body,
            headers={"Host": f"localhost:{self.port}", "X-Hub-Signature-256": f"sha256={proof}"},
        )  # fmt: skip
        assert answer.status_code == 200, answer.text
        return external_id


def manage(tree: Tree, *arguments: str, given: str = "") -> str:
    """Run a management command against a tree's database and folder. Returns what it printed. `given` is its input."""
    tree.var_dir.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments], cwd=ROOT, env=tree.whole_environment, capture_output=True, text=True,
        check=False, input=given,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def _descendants(pid: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            found += [int(child), *_descendants(int(child))]
    return found
