"""The suite's differences from the real settings: its own folder, tasks run where they are called, cheap hashing."""

import os
from pathlib import Path

os.environ.setdefault("VAR_DIR", str(Path(__file__).resolve().parent.parent / "var" / "test"))

from config.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CELERY_TASK_ALWAYS_EAGER = True
CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
SIMULATOR_TRANSPORT = "tests.simulator.in_process.InProcess"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "KEY_FUNCTION": "apps.core.caching.business_key",
    },
    "platform": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "KEY_PREFIX": "platform"},
}
DATABASES.pop("live", None)  # noqa: F405
META_GRAPH_URL = TWILIO_API_URL = "http://127.0.0.1:9"  # nobody answers there: a test that needs a provider brings one
