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
    "components/attachment", "components/viewer", "components/day-chip", "components/thread", "components/composer",
    "components/suggest", "components/emoji",
    "components/takeover", "components/details", "components/note", "components/banner", "components/toast",
    "components/empty", "components/dialog", "components/menu", "components/tabs", "components/table",
    "components/page", "components/skeleton", "components/slot", "components/record", "components/numbers",
    "components/palette", "components/inbox-list", "components/found", "utilities", "components/print",
]  # fmt: skip
ALL_STYLES = "css/all.css"  # those above, joined by config.files.JoinedStyles
ELEMENTS = [
    "live-socket", "conversation-list", "message-thread", "chat-composer", "composer-draft",
    "composer-suggest", "emoji-picker", "file-tray", "template-picker", "send-later", "window-countdown",
    "relative-time", "theme-switch", "copy-text", "remembered-details", "side-drawer", "presence-dots", "install-app",
    "image-viewer", "voice-player", "command-palette", "bulk-bar", "page-keys", "live-count", "who-is-here",
    "found-list",
]  # fmt: skip
APART = ["simulator-phone", "permission-matrix", "file-choice"]  # of a few pages: app.js loads them where they stand
SCRIPTS = ["vendor/htmx-4.0.1.min.js", "vendor/hx-upsert-4.0.1.min.js", "js/app.js"]
HELPERS = [
    "announce", "backoff", "caret", "coalesce", "commands", "drafts", "fuzzy", "keys", "message-acts", "order",
    "outbox", "pending", "picked", "post", "reader", "rove", "scroll", "span", "toast", "uuid7",
]  # fmt: skip


@register.simple_tag
def stylesheets(*extra: str) -> SafeString:
    """Every layer and component in its order, sent as one file, then the few a page adds."""
    rows = ((static(name),) for name in (ALL_STYLES, *(f"css/{name}.css" for name in extra)))
    return format_html_join("\n", '<link rel="stylesheet" href="{}">', rows)


@register.simple_tag(takes_context=True)
def importmap(context: template.Context) -> SafeString:
    """Bare names to hashed addresses. Nothing is fetched ahead: what is seen comes before what acts."""
    names = {f"elements/{name}": static(f"js/{name}.js") for name in (*ELEMENTS, *APART)}
    names |= {f"lib/{name}": static(f"js/lib/{name}.js") for name in HELPERS}
    imports = json.dumps({"imports": names}).replace("<", "\\u003c")
    nonce = context.get("csp_nonce", "")
    return format_html('<script type="importmap" nonce="{}">{}</script>', nonce, mark_safe(imports))  # noqa: S308
