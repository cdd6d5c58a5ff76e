"""Every setting, all from the environment; `.env.example` explains each variable.

Development and production differ by environment only. With nothing set, Majlis runs on the bundled PostgreSQL
under VAR_DIR, without any other server, with secrets that the first start generates.
"""

from pathlib import Path
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from apps.tenants.embedded import Cluster
from config.files import origin, storages
from config.local import development_secrets
from config.logs import logging_at

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")

# --- Where we run ---------------------------------------------------------------------------------------------------
DEBUG = env.bool("DEBUG", default=False)
VAR_DIR = Path(env("VAR_DIR", default=str(BASE_DIR / "var"))).resolve()
PORT = env.int("PORT", default=8000)
EMBEDDED = not env("DATABASE_URL", default="")
PRODUCTION = not EMBEDDED and not DEBUG
PUBLIC_BASE_URL = env("PUBLIC_BASE_URL", default=f"http://localhost:{PORT}").rstrip("/")
BASE_DOMAIN = env("BASE_DOMAIN", default=urlsplit(PUBLIC_BASE_URL).hostname or "localhost")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["*"])  # businesses bring their own: tenants.middleware decides
SECURE_PUBLIC = PUBLIC_BASE_URL.startswith("https://")

# --- Secrets: generated in development, demanded in production -------------------------------------------------------
_generated = {} if PRODUCTION else development_secrets(VAR_DIR)
_demanded = ("SECRET_KEY", "ENCRYPTION_KEYS", "META_APP_SECRET", "META_VERIFY_TOKEN", "DATABASE_URL", "REDIS_URL")


def _secret(name: str) -> str:
    return str(env(name, default="") or _generated.get(name, ""))


def _too_weak(name: str) -> bool:
    return not name.endswith("_URL") and len(_secret(name).encode()) < 32


if PRODUCTION and (_missing := [name for name in _demanded if not env(name, default="") or _too_weak(name)]):
    raise ImproperlyConfigured("\n".join(f"Set {name}: missing, or shorter than 32 bytes." for name in _missing))

SECRET_KEY = _secret("SECRET_KEY")
ENCRYPTION_KEYS = dict(pair.split(":", 1) for pair in _secret("ENCRYPTION_KEYS").split(","))

# --- Apps -----------------------------------------------------------------------------------------------------------
DOMAIN_APPS = [
    "apps.audit", "apps.billing", "apps.accounts", "apps.realtime", "apps.gateways", "apps.media", "apps.customers",
    "apps.conversations", "apps.bookings", "apps.assistant", "apps.dashboard",
]  # fmt: skip
INSTALLED_APPS = [
    "apps.tenants",  # first: it names the shared tables before anything queries them
    "unfold",
    "django_tenants",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "channels",
    "channels_postgres",
    "guardian",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "template_partials",
    "apps.core",
    *DOMAIN_APPS,
]
SHARED_APPS = TENANT_APPS = INSTALLED_APPS  # placement is per model: apps/tenants/postgres/router.py
TENANT_MODEL = "tenants.Business"
TENANT_DOMAIN_MODEL = "tenants.Domain"
TENANT_DB_ALIAS = "migrate"
TENANT_SYNC_ROUTER = "apps.tenants.postgres.router.PlacementRouter"
TENANT_LIMIT_SET_CALLS = True
GET_EXECUTOR_FUNCTION = "apps.tenants.fleet.get_executor"  # knows `migrate_schemas --executor=bulk`
AUTH_USER_MODEL = "accounts.User"
ANONYMOUS_USER_NAME = None
GUARDIAN_RAISE_403 = False
GUARDIAN_MONKEY_PATCH_USER = False
# E-mails are unique by a constraint; the proxy in front sends to https (ASVS 4.1.2); preloading is the owner's choice.
SILENCED_SYSTEM_CHECKS = ["guardian.W001", "auth.E003", "security.W008", "security.W021"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Databases: three logins, each able to do one thing --------------------------------------------------------------
_cluster = Cluster(VAR_DIR)
_WAIT = {"timeout": 10.0, "reconnect_timeout": 10.0}  # seconds; why both: docs/performance.md
_POOL = {"min_size": 0, "max_size": env.int("DATABASE_POOL", default=20), "max_lifetime": 600.0, **_WAIT}


def _database(user: str, url: str) -> dict[str, object]:
    """Connection facts: from a URL, or of the bundled PostgreSQL."""
    if url:
        facts = env.db_url_config(url)
        return {**facts, "NAME": env("DATABASE_NAME", default=facts["NAME"]), "CONN_MAX_AGE": 0}
    return {
        "NAME": env("DATABASE_NAME", default="majlis"),
        "USER": user,
        "PASSWORD": _generated[f"{user.upper()}_PASSWORD"],
        "HOST": str(_cluster.socket_dir),
        "PORT": str(_cluster.port),
        "CONN_MAX_AGE": 0,
    }


_OURS = {"ENGINE": "apps.tenants.postgres"}
_url = env("DATABASE_URL", default="")
DATABASES = {
    "default": {**_database("maj_app", _url), **_OURS, "OPTIONS": {"pool": {**_POOL}}},
    "migrate": {
        **_database("maj_migrate", env("DATABASE_MIGRATE_URL", default="") or _url),
        **_OURS,
        "OPTIONS": {"runs_as": "maj_owner"},
    },
}
if EMBEDDED:
    DATABASES["live"] = {
        **_database("maj_live", ""),
        "ENGINE": "django.db.backends.postgresql",
        "OPTIONS": {"options": "-c search_path=live", "pool": {**_POOL, "max_size": 10}},
    }
DATABASE_ROUTERS = ["apps.tenants.postgres.router.PlacementRouter"]

# --- Cache, realtime, tasks: bundled PostgreSQL and files, or Redis and a broker -------------------------------------
REDIS_URL = env("REDIS_URL", default="")
_cache = (
    {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}
    if EMBEDDED
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
)
CACHES = {
    "default": {**_cache, "KEY_FUNCTION": "apps.core.caching.business_key"},
    "platform": {**_cache, "KEY_PREFIX": "platform"},
}
CHANNEL_LAYERS = {
    "default": {"BACKEND": "channels_redis.core.RedisChannelLayer", "CONFIG": {"hosts": [REDIS_URL]}}
    if REDIS_URL
    else {
        "BACKEND": "apps.realtime.layer.PostgresLayer",
        "CONFIG": {
            **_database("maj_live", ""),
            "ENGINE": "django.db.backends.postgresql",
            "OPTIONS": {"options": "-c search_path=live"},
            "TIME_ZONE": None,
            "PSYCOPG_OPTIONS": {"min_size": 1, "max_size": 4},
        },
    }
    if EMBEDDED
    else {"BACKEND": "channels.layers.InMemoryChannelLayer"}
}
CELERY_BROKER_URL = env("CELERY_BROKER_URL", default="") or REDIS_URL or "filesystem://localhost//"
EVENT_SUBSCRIPTIONS = "config.events.SUBSCRIPTIONS"
TASK_GATE = "apps.tenants.queries.is_open"
IDEMPOTENCY = "apps.accounts.idempotency.once"
SECRETS = {"slots": "apps.gateways.queries.secret_slots", "tests": "apps.gateways.probes.TESTS"}
EXPORT_SOURCES = "config.exports.SOURCES"
EXPORT_WHOLES = "config.exports.WHOLES"
FILE_OWNERS = "config.owners.FILE_OWNERS"
CUSTOMER_HOLDINGS = "config.holdings.HOLDINGS"
MOVING = {"taken": "config.moving.TAKEN", "left": "config.moving.LEFT", "arrivals": "config.moving.ARRIVALS"}
FEATURE_GATE = "apps.billing.limits.require_feature"

# --- HTTP -----------------------------------------------------------------------------------------------------------
ROOT_URLCONF = "config.urls"
PUBLIC_SCHEMA_URLCONF = "config.urls_public"
ASGI_APPLICATION = "config.asgi.application"
WSGI_APPLICATION = "config.wsgi.application"
MIDDLEWARE = [
    "apps.core.middleware.request_id",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "apps.core.middleware.content_security_policy",
    "apps.tenants.middleware.BusinessMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "apps.accounts.middleware.employee",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "apps.dashboard.context.page",
            ],
        },
    }
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024  # Meta's webhooks reach 3 MB; Django's default refuses them
TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_HSTS_SECONDS = 31_536_000 if SECURE_PUBLIC else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_PUBLIC
SECURE_SSL_REDIRECT = False  # the proxy in front does it; health checks come by plain http
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXY_COUNT else None
_prefix = "__Host-" if SECURE_PUBLIC else ""
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"{_prefix}sessionid", f"{_prefix}csrftoken"
LANGUAGE_COOKIE_NAME = f"{_prefix}django_language"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_PUBLIC
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 12 * 3600
SESSION_SAVE_EVERY_REQUEST = False
CSRF_FAILURE_VIEW = "apps.dashboard.refused.csrf_failed"

# --- People and language --------------------------------------------------------------------------------------------
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
_rules = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"{_rules}.UserAttributeSimilarityValidator", "OPTIONS": {"user_attributes": ("email", "full_name")}},
    {"NAME": f"{_rules}.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    *({"NAME": f"{_rules}.{name}"} for name in ("CommonPasswordValidator", "NumericPasswordValidator")),
]
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
LANGUAGES = [("en", _("English")), ("ar", _("Arabic"))]
LANGUAGE_CODE = "en"
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_TZ = True
TIME_ZONE = "UTC"

# --- Mail -----------------------------------------------------------------------------------------------------------
globals().update(env.email_url("EMAIL_URL", default="consolemail://"))  # smtp+tls://, smtp+ssl://; else the console
EMAIL_TIMEOUT = 10  # seconds
DEFAULT_FROM_EMAIL = env("EMAIL_FROM", default=f"Majlis <no-reply@{BASE_DOMAIN}>")

# --- Files ----------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "config.files.JoinedStyles",
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
]
WHITENOISE_USE_FINDERS = not PRODUCTION
STORAGES = storages(env, VAR_DIR / "media", production=PRODUCTION)
FILE_ORIGIN = origin(env)  # pages may show what this origin hands out

# --- The API --------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "apps.accounts.tokens.BearerAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["apps.core.guards.Guarded"],
    "DEFAULT_RENDERER_CLASSES": [
        "rest_framework.renderers.JSONRenderer",
        "rest_framework.renderers.BrowsableAPIRenderer",
    ],
    "DEFAULT_PARSER_CLASSES": ["apps.core.bodies.Shallow", "rest_framework.parsers.MultiPartParser"],
    "DEFAULT_PAGINATION_CLASS": "apps.core.paging.CursorPages",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "apps.core.schema.GuardedSchema",
    "EXCEPTION_HANDLER": "apps.core.problems.problem",
    "COERCE_DECIMAL_TO_STRING": True,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Majlis",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "ENUM_NAME_OVERRIDES": {
        "ModeEnum": "apps.conversations.models.Conversation.Mode",
        "LanguageEnum": LANGUAGES,
        "PermissionEnum": "apps.accounts.roles.PERMISSIONS",
        "ExportFormatEnum": "apps.audit.models.ExportJob.Format",
        "ExportStateEnum": "apps.audit.models.ExportJob.State",
        "DomainKindEnum": "apps.tenants.models.Domain.Kind",
        "FileKindEnum": "apps.media.models.Attachment.Kind",
        "NoteKindEnum": "apps.conversations.models.Note.Kind",
        "ReplyCategoryEnum": "apps.conversations.models.CannedReply.Category",
        "DraftCategoryEnum": "apps.gateways.drafts.CATEGORIES",
        "TemplateCategoryEnum": "apps.gateways.models.Template.Category",
        "PlanKeyEnum": "apps.billing.models.Plan.Key",
        "ServiceKindEnum": "apps.bookings.models.Service.Kind",
    },
}

# --- The outside world ----------------------------------------------------------------------------------------------
META_GRAPH_URL = env("META_GRAPH_URL", default="https://graph.facebook.com")
META_GRAPH_VERSION = env("META_GRAPH_VERSION", default="v26.0")
META_APP_ID = env("META_APP_ID", default="")
META_APP_SECRET, META_VERIFY_TOKEN = _secret("META_APP_SECRET"), _secret("META_VERIFY_TOKEN")
TWILIO_API_URL = env("TWILIO_API_URL", default="")
OPENAI_BASE_URL = env("OPENAI_BASE_URL", default="https://api.openai.com/v1").rstrip("/")
STRIPE_API_URL = env("STRIPE_API_URL", default="https://api.stripe.com").rstrip("/")
STRIPE_SECRET_KEY = env("STRIPE_SECRET_KEY", default="")
STRIPE_WEBHOOK_SECRET = env("STRIPE_WEBHOOK_SECRET", default="")
SIMULATOR_CARRIER = "apps.gateways.simulator.carrier.Carrier"
SIMULATOR_TRANSPORT = ""  # an httpx transport by name; else its webhooks go over HTTP to PUBLIC_BASE_URL
DNS_RESOLVER = env("DNS_RESOLVER", default="")  # address:port; else the machine's own
OUTBOUND_ALLOW = env.list("OUTBOUND_ALLOW", default=[])

# --- Logs -----------------------------------------------------------------------------------------------------------
LOG_LEVEL = env("LOG_LEVEL", default="INFO")
LOGGING = logging_at(LOG_LEVEL)
