"""The files behind every page, in their order: styles by layer, elements by name. A new file is added here."""

import json

from django import template
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

STYLES = [
    "reset", "tokens", "base", "layout",
    "components/icon", "components/button", "components/field", "components/form", "components/card",
    "components/badge", "components/avatar", "components/presence", "components/conversation-row", "components/message",
    "components/attachment", "components/day-chip", "components/thread", "components/composer",
    "components/takeover", "components/details", "components/note", "components/banner", "components/toast",
    "components/empty", "components/dialog", "components/menu", "components/tabs", "components/table",
    "components/page", "components/skeleton", "components/slot", "components/record", "components/found", "utilities",
]  # fmt: skip
ELEMENTS = [
    "live-socket", "conversation-list", "message-thread", "chat-composer", "window-countdown", "relative-time",
    "theme-switch", "copy-text", "remembered-details", "simulator-phone", "side-drawer",
    "permission-matrix", "presence-dots", "found-list",
]  # fmt: skip
HELPERS = ["announce", "backoff", "coalesce", "order", "outbox", "pending", "post", "scroll", "span", "toast", "uuid7"]


@register.simple_tag
def stylesheets(*extra: str) -> SafeString:
    """Every layer and component in its order, then the few a page adds. No @import, so nothing waits in line."""
    rows = ((static(f"css/{name}.css"),) for name in (*STYLES, *extra))
    return format_html_join("\n", '<link rel="stylesheet" href="{}">', rows)


@register.simple_tag(takes_context=True)
def importmap(context: template.Context) -> SafeString:
    """Bare names to hashed addresses, and all of them fetched at once instead of import by import."""
    names = {f"elements/{name}": static(f"js/{name}.js") for name in ELEMENTS}
    names |= {f"lib/{name}": static(f"js/lib/{name}.js") for name in HELPERS}
    imports = json.dumps({"imports": names}).replace("<", "\\u003c")
    preloads = format_html_join("\n", '<link rel="modulepreload" href="{}">', ((url,) for url in names.values()))
    nonce = context.get("csp_nonce", "")
    return format_html('<script type="importmap" nonce="{}">{}</script>\n{}', nonce, mark_safe(imports), preloads)  # noqa: S308
