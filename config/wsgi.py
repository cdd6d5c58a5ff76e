"""The HTTP doors alone, for servers that speak WSGI; websockets are served from `config.asgi` beside them."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()
