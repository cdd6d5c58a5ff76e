"""The task app: three queues that cannot starve each other, and the sweepers' clock."""

import os
from datetime import UTC, datetime

from celery import Celery
from celery.schedules import crontab
from django.conf import settings
from kombu import Queue
from kombu.transport import TRANSPORT_ALIASES

from apps.tenants.embedded import broker

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

QUEUES = ("live", "outbound", "slow")
NEVER = datetime(1970, 1, 1, tzinfo=UTC)  # so a first start sends it at once: /readyz need not wait for a round

app = Celery("majlis")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.update(
    task_queues=[Queue(name) for name in QUEUES],
    task_default_queue="live",
    task_ignore_result=True,
    worker_hijack_root_logger=False,
    worker_send_task_events=False,
    worker_prefetch_multiplier=1,
    broker_connection_retry_on_startup=True,
    accept_content=["json"],
    timezone="UTC",
    enable_utc=True,
    beat_schedule={
        **{
            f"heartbeat-{queue}": {
                "task": "apps.dashboard.tasks.heartbeat",
                "schedule": 15.0,
                "args": [queue],
                "options": {"queue": queue, "expires": 15},
                "last_run_at": NEVER,
            }
            for queue in QUEUES
        },
        "measure": {
            "task": "apps.dashboard.tasks.measure_pending",
            "schedule": 15.0,
            "options": {"expires": 15},
            "last_run_at": NEVER,
        },
        "tidy": {"task": "apps.realtime.tasks.tidy", "schedule": 600.0, "options": {"expires": 600}},
        "seal": {"task": "apps.dashboard.tasks.seal_everywhere", "schedule": 60.0, "options": {"expires": 60}},
        "exports": {"task": "apps.dashboard.tasks.sweep_exports", "schedule": 60.0, "options": {"expires": 60}},
        "purge": {
            "task": "apps.dashboard.tasks.purge_everywhere",
            "schedule": crontab(hour=2, minute=20),
            "options": {"queue": "slow", "expires": 6 * 3600},
        },
        "mind-closing": {"task": "apps.tenants.tasks.mind_closing", "schedule": 3600.0, "options": {"expires": 3600}},
        "sweep": {"task": "apps.conversations.tasks.sweep_everywhere", "schedule": 5.0, "options": {"expires": 5}},
        "mind-silence": {
            "task": "apps.conversations.tasks.mind_silence_everywhere",
            "schedule": 60.0,
            "options": {"queue": "slow", "expires": 60},
        },
        "billing": {"task": "apps.billing.tasks.close_usage_month", "schedule": 3600.0, "options": {"expires": 3600}},
        "sign-ups": {"task": "apps.dashboard.tasks.sweep_sign_ups", "schedule": 5.0, "options": {"expires": 5}},
        "sweep-team": {
            "task": "apps.accounts.tasks.sweep_team",
            "schedule": 30.0,
            "options": {"queue": "slow", "expires": 30},
        },
        "rebuild-directory": {
            "task": "apps.accounts.tasks.rebuild_directory",
            "schedule": crontab(hour=2, minute=40),
            "options": {"queue": "slow"},
        },
        "sweep-files": {
            "task": "apps.media.tasks.sweep_files",
            "schedule": 600.0,
            "options": {"queue": "slow", "expires": 600},
        },
        "check-numbers": {
            "task": "apps.conversations.tasks.check_numbers",
            "schedule": 3600.0,
            "options": {"queue": "slow", "expires": 3600},
        },
        "check-broken-numbers": {
            "task": "apps.conversations.tasks.check_numbers",
            "schedule": 60.0,
            "args": [True],
            "options": {"queue": "slow", "expires": 60},
        },
        "mind-version": {
            "task": "apps.gateways.tasks.mind_version",
            "schedule": crontab(hour=4, minute=5),
            "options": {"queue": "slow", "expires": 6 * 3600},
        },
        "sync-templates": {
            "task": "apps.gateways.tasks.sync_templates_everywhere",
            "schedule": crontab(hour=3, minute=10),
            "options": {"queue": "slow", "expires": 6 * 3600},
        },
        "imports": {
            "task": "apps.customers.tasks.sweep_imports",
            "schedule": 60.0,
            "options": {"queue": "slow", "expires": 60},
        },
        "reconsider": {"task": "apps.assistant.tasks.sweep_everywhere", "schedule": 5.0, "options": {"expires": 5}},
    },
)
if str(settings.CELERY_BROKER_URL).startswith("filesystem"):
    TRANSPORT_ALIASES["filesystem"] = broker.PATH  # kombu's own reads half-written files
    _folder = settings.VAR_DIR / "broker"
    app.conf.broker_transport_options = {
        "data_folder_in": str(_folder / "queue"),
        "data_folder_out": str(_folder / "queue"),
        "control_folder": str(_folder / "control"),
        "polling_interval": 0.02,
    }
    for _name in ("queue", "control"):
        (_folder / _name).mkdir(parents=True, exist_ok=True)
elif str(settings.CELERY_BROKER_URL).startswith("redis"):
    app.conf.broker_transport_options = {"visibility_timeout": 600, "unacked_restore_throttle": 1}
app.autodiscover_tasks()
