"""The JSON doors of the connected numbers, split by noun."""

from apps.gateways.api import inboxes, secrets, templates

api_urls = [*inboxes.api_urls, *secrets.api_urls, *templates.api_urls]
