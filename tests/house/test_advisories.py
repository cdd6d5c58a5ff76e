"""`make advisories` says no where it must: for a published weakness, and for a pin nobody could be asked about.

The advisories' own service is played on loopback, with the shape of its answers (https://osv.dev/docs/).
"""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
WEAKNESS = {
    "id": "GHSA-r3xc-prgr-mg9p", "aliases": ["CVE-2023-31047"], "summary": "Uploads bypass validation",
    "details": "Several files through one field.", "modified": "2023-05-15T00:00:00Z",
    "published": "2023-05-07T00:00:00Z",
    "affected": [{
        "package": {"name": "django", "ecosystem": "PyPI"},
        "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "4.2"}, {"fixed": "4.2.1"}]}],
    }],
}  # fmt: skip


class Advisories(BaseHTTPRequestHandler):
    """Knows one weakness, of one version of one package."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        is_weak = (asked["package"]["name"], asked["version"]) == ("django", "4.2.0")
        said = json.dumps({"vulns": [WEAKNESS]} if is_weak else {}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *_words: object) -> None:
        pass


@pytest.fixture
def service() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Advisories)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def compared(pins: Path, service: str) -> subprocess.CompletedProcess[str]:
    """The command of the Makefile with this list, asking this service."""
    line = next(each for each in (ROOT / "Makefile").read_text().splitlines() if "pip_audit" in each)
    options = line.split("pip_audit")[1].rstrip(" \\").split()
    words = [sys.executable, "-m", "pip_audit", *options, "-r", str(pins), "-s", "osv", "--osv-url", service]
    return subprocess.run(words, capture_output=True, text=True, check=False, timeout=240)


def a_list(folder: Path, pin: str) -> Path:
    pins = folder / "pins.txt"
    pins.write_text(f"{pin} --hash=sha256:{'0' * 64}\n")
    return pins


def test_a_published_weakness_is_named_and_fails(tmp_path: Path, service: str) -> None:
    done = compared(a_list(tmp_path, "django==4.2.0"), service)

    assert done.returncode == 1
    assert "CVE-2023-31047" in done.stdout
    assert "4.2.1" in done.stdout


def test_all_that_we_pin_is_asked_about(service: str) -> None:
    done = compared(ROOT / "requirements" / "dev.txt", service)

    assert (done.returncode, "No known vulnerabilities found" in done.stderr) == (0, True), done.stderr


def test_a_service_that_is_away_is_no_good_news(tmp_path: Path) -> None:
    assert compared(a_list(tmp_path, "django==5.2.0"), "http://127.0.0.1:9").returncode != 0


def test_every_list_is_compared() -> None:
    said = (ROOT / "Makefile").read_text().split("advisories: dev")[1].split("base dev:")[0]

    assert [name for name in ("base", "dev") if name in said.split("for list in")[1].split(";")[0].split()] == sorted(
        path.stem for path in (ROOT / "requirements").glob("*.txt")
    )
    assert "--strict" in said
    assert "npm audit" in said
