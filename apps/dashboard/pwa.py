"""What makes the site an app on a phone: its manifest, its service worker, and the page for when there is no network.

The worker keeps static files and that one page. Pages with data and answers of the API are never kept (DASH-08).
"""

import hashlib
import json
import time
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from apps.core.templatetags.assets import ALL_STYLES, ELEMENTS, HELPERS, SCRIPTS
from apps.tenants import logos
from apps.tenants.colours import LIGHT_GROUND

STARTED = str(time.time())
OURS = {"192": "192", "512": "512", "maskable": "512"}
KEPT = (
    "icons.svg", "mark.svg", "fonts/inter-latin-wght-normal.woff2", "fonts/noto-sans-arabic-arabic-wght-normal.woff2",
    "css/components/error.css",
)  # fmt: skip


@login_not_required
@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """The business as an app: its name, its colour, its icons (W3C Web Application Manifest)."""
    business: Any = request.business  # type: ignore[attr-defined]
    about = {
        "id": "/", "name": business.name, "short_name": business.name[:12], "start_url": "/inbox/", "scope": "/",
        "display": "standalone", "lang": get_language(), "dir": "rtl" if get_language_bidi() else "ltr",
        "background_color": LIGHT_GROUND, "theme_color": LIGHT_GROUND, "icons": _icons(business.logo_key),
        "shortcuts": [{"name": _("Inbox"), "url": "/inbox/"}],
    }  # fmt: skip
    answer = JsonResponse(about, content_type="application/manifest+json", json_dumps_params={"ensure_ascii": False})
    patch_cache_control(answer, private=True, max_age=300)
    return answer


@login_not_required
@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """The worker with the list of files of this release. A browser asks for it anew at each visit."""
    files = kept_files()
    hashed = static(KEPT[0]) != f"{settings.STATIC_URL}{KEPT[0]}"
    release = hashlib.sha256("\n".join([*files, "" if hashed else STARTED]).encode()).hexdigest()[:12]
    facts = {"files": json.dumps(files), "release": release, "hashed": hashed}
    answer = render(request, "pwa/sw.js", facts, content_type="text/javascript")
    patch_cache_control(answer, no_cache=True)
    return answer


@login_not_required
@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """What is shown for a page that cannot be had. Holds nothing of anybody."""
    return render(request, "pwa/offline.html")


def kept_files() -> list[str]:
    """The addresses of every static file that a page of the inbox needs."""
    names = [
        ALL_STYLES, *(f"js/{name}.js" for name in ELEMENTS),
        *(f"js/lib/{name}.js" for name in HELPERS), *SCRIPTS, *KEPT,
    ]  # fmt: skip
    return [static(name) for name in names]


def _icons(logo_key: str) -> list[dict[str, str]]:
    """The business's logo, or ours, in the three sizes that phones ask for."""
    drawn = []
    for name, side in OURS.items():
        size = {"192": "", "512": "-512", "maskable": "-maskable"}[name]
        source = logos.address_of(logo_key, size) or static(f"app/{name}.png")
        purpose = "maskable" if name == "maskable" else "any"
        drawn.append({"src": source, "sizes": f"{side}x{side}", "type": "image/png", "purpose": purpose})
    return drawn
