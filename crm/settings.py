"""How is this installation set up? One file, driven by the environment.

Standard names (DATABASE_URL, REDIS_URL, SECRET_KEY, DEBUG, ALLOWED_HOSTS, EMAIL_URL, PORT,
DEMO_PASSWORD) are what hosting platforms use; everything else begins with ``GONGHAI_`` and
an unknown word with that beginning is refused, so that a typing error never passes silently.
"""

import os
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

import environ
from csp.constants import SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from kombu import Exchange, Queue

from core.currencies import currencies

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()

KNOWN_WORDS = {
    "GONGHAI_BASE_CURRENCY",
    "GONGHAI_BUSINESS_ZONE",
    "GONGHAI_CHECKOUT",
    "GONGHAI_DATA_DIR",
    "GONGHAI_FROM_EMAIL",
    "GONGHAI_HTTPS",
    "GONGHAI_PROCESS",
    "GONGHAI_PUBLIC_URL",
    "GONGHAI_REQUIRE_SECOND_FACTOR",
    "GONGHAI_TRUSTED_PROXIES",
}
if unknown := {word for word in os.environ if word.startswith("GONGHAI_")} - KNOWN_WORDS:
    raise ImproperlyConfigured(
        f"Unknown setting {', '.join(sorted(unknown))}. Known: {', '.join(sorted(KNOWN_WORDS))}."
    )


def one_of(name: str, allowed: set[str], default: str) -> str:
    value = env.str(name, default)
    if value not in allowed:
        raise ImproperlyConfigured(f"{name}={value!r} is none of {', '.join(sorted(allowed))}.")
    return value


# Which process this is decides how long one SQL statement may take (reliability: web 15 s,
# worker 120 s); commands of staff, migrations among them, are not limited.
PROCESS = one_of("GONGHAI_PROCESS", {"web", "worker", "manage"}, "manage")

DEBUG = env.bool("DEBUG", False)
HTTPS = env.bool("GONGHAI_HTTPS", False)
SECRET_KEY = env.str("SECRET_KEY", "")
if not SECRET_KEY:
    raise ImproperlyConfigured("SECRET_KEY is not set; `python3 run.py` makes and keeps one.")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
# Links in mails are written by workers, which see no request.
PUBLIC_URL = env.str("GONGHAI_PUBLIC_URL", f"http://127.0.0.1:{env.int('PORT', 8000)}").rstrip("/")
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if HTTPS else []
DATA_DIR = Path(env.str("GONGHAI_DATA_DIR", str(BASE_DIR / ".gonghai")))

BUSINESS_ZONE_NAME = env.str("GONGHAI_BUSINESS_ZONE", "Asia/Shanghai")
if BUSINESS_ZONE_NAME not in available_timezones():
    raise ImproperlyConfigured(f"GONGHAI_BUSINESS_ZONE={BUSINESS_ZONE_NAME!r} is no IANA time zone.")
BUSINESS_ZONE = ZoneInfo(BUSINESS_ZONE_NAME)
# Totals, targets and thresholds are in it; exporters from China keep their books in CNY. Amounts and rates stand as
# they were given, so that another one asks for no new rows; amounts already worked out need `manage.py recompute`.
BASE_CURRENCY = one_of("GONGHAI_BASE_CURRENCY", set(currencies()), "CNY")
DEMO_PASSWORD = env.str("DEMO_PASSWORD", "gonghai-demo")
# Managers and admins must have a second factor; off by default so that the demo opens at once.
REQUIRE_SECOND_FACTOR = env.bool("GONGHAI_REQUIRE_SECOND_FACTOR", False)

INSTALLED_APPS = [
    "reports",
    "publicpool",
    "communications",
    "followups",
    "opportunities",
    "customers",
    "accounts",
    "core",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_countries",
    "django_filters",
    "django_htmx",
    "pghistory",
    "pgtrigger",
    "template_partials",
]

MIDDLEWARE = [
    "core.middleware.CleanRequestMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.PreferencesMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "accounts.middleware.SecondFactorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.SessionActivityMiddleware",
    "pghistory.middleware.HistoryMiddleware",
    "core.middleware.DomainErrorMiddleware",
]

ROOT_URLCONF = "crm.urls"
WSGI_APPLICATION = "crm.wsgi.application"

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
                "core.context.shell",
            ],
            "builtins": ["core.templatetags.ui"],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# --- Databases -------------------------------------------------------------------------

STATEMENT_TIMEOUT_S = {"web": 15, "worker": 120, "manage": 0}[PROCESS]
DATABASES = {"default": env.db_url("DATABASE_URL", default="postgresql:///crm")}
if DATABASES["default"]["ENGINE"] != "django.db.backends.postgresql":
    raise ImproperlyConfigured("DATABASE_URL must name a PostgreSQL database.")
DATABASES["default"] |= {
    "CONN_MAX_AGE": 60,
    "CONN_HEALTH_CHECKS": True,
    # Behind PgBouncer in transaction mode a cursor of the server would outlive its connection.
    "DISABLE_SERVER_SIDE_CURSORS": True,
}
# A command may think for long inside its transaction: the demo firm on a slow machine does.
IDLE_IN_TRANSACTION_S = 0 if PROCESS == "manage" else 30
DATABASES["default"].setdefault("OPTIONS", {})["options"] = (
    f"-c statement_timeout={STATEMENT_TIMEOUT_S}s"
    f" -c idle_in_transaction_session_timeout={IDLE_IN_TRANSACTION_S}s"
    f" -c lock_timeout={2 if PROCESS == 'manage' else 3}s"
)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL", "redis://127.0.0.1:6379/0")
CACHES = {
    # Throttles of sign-in must be shared by all web processes.
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "gonghai",
    }
}

# --- Celery ----------------------------------------------------------------------------
# Redis carries wake-ups only: whatever is to be done is a row in Postgres (core.jobs).

CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
# acks_late alone loses the task of a killed child.
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 1000
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 10
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_SOFT_TIME_LIMIT = 540
CELERY_TASK_TIME_LIMIT = 600
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "UTC"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # Well above the hard time limit, or a long task runs twice; the quick restore brings a
    # killed worker's task back within seconds instead of minutes.
    "visibility_timeout": 1800,
    "unacked_restore_interval": 15,
    "unacked_restore_throttle": 1,
    # A request that only wants to wake a worker must not hang on a dead broker.
    "socket_connect_timeout": 2,
    "socket_timeout": 10,
    # Else it would try for six seconds; worker and beat have a patience of their own (BROKER_CONNECTION_…).
    "max_retries": 0,
}
CELERY_TASK_DEFAULT_QUEUE = "default"
# A worker serves all of them unless told otherwise (`-Q`); without this it would hear of the default one only.
CELERY_TASK_QUEUES = [Queue(name, Exchange(name), routing_key=name) for name in ("default", "mail", "jobs")]
CELERY_TASK_ROUTES = {
    "core.send_due_mails": {"queue": "mail"},
    "core.run_due_jobs": {"queue": "jobs"},
}

# --- People ----------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.NameOrEmailBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "core:today"
LOGOUT_REDIRECT_URL = "account_login"
PASSWORD_RESET_TIMEOUT = 24 * 3600
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "accounts.forms.SignInForm",
    "reauthenticate": "accounts.forms.ConfirmForm",
    "change_password": "accounts.forms.ChangePasswordForm",
    "reset_password": "accounts.forms.ForgottenPasswordForm",
    "reset_password_from_key": "accounts.forms.NewPasswordForm",
}
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # people come by invitation, whose link proves the address
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_PREVENT_ENUMERATION = True
# allauth's own generator would copy addresses into a second table, which could outlive a change.
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "accounts.tokens.ResetTokens"  # noqa: S105
# accounts.throttle says which of the three counts applies to whom.
ACCOUNT_RATE_LIMITS = {
    "login": "120/m/ip",
    "login_failed": "20/5m/ip,5/5m/key",
    "login_failed_known_device": "10/5m/key",
    "login_failed_anywhere": "100/h/key",
    "reset_password": "20/h/ip,5/h/key",
}
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
# Behind a reverse proxy the visitor's address stands in X-Forwarded-For, this many places from its end.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("GONGHAI_TRUSTED_PROXIES", 0)
MFA_ADAPTER = "accounts.adapter.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "accounts.forms.CodeForm",
    "reauthenticate": "accounts.forms.ConfirmByCodeForm",
    "activate_totp": "accounts.forms.SetUpCodeForm",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Gonghai"

# --- Language and time -----------------------------------------------------------------

USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"  # stored in UTC; shown in the reader's zone by accounts.middleware
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("zh-hans", _("Simplified Chinese"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["crm.formats"]

# --- Files -----------------------------------------------------------------------------

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = DATA_DIR / "static"
MEDIA_ROOT = DATA_DIR / "media"  # never served from a URL; views check the right first
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG
# Every page asks by the hashed name; the others would only double the time of compressing.
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 3000

# --- Mail ------------------------------------------------------------------------------

MAIL_DIR = DATA_DIR / "mail"
if "EMAIL_URL" in os.environ:
    vars().update(env.email_url("EMAIL_URL"))
else:  # mails to look at lie in the data folder, wherever the process was started
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = str(MAIL_DIR.resolve())
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.str("GONGHAI_FROM_EMAIL", "Gonghai <gonghai@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# --- Web security ----------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        # ECharts' tooltip is the one inline style; nonces are defeated by htmx swaps.
        "style-src-attr": ["'unsafe-inline'"],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": [SELF],
        "frame-ancestors": ["'none'"],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_AGE = 14 * 24 * 3600
LANGUAGE_COOKIE_SECURE = HTTPS
CSRF_FAILURE_VIEW = "core.views.csrf_failure"

# --- Logs ------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
}
# Who did it is told to the database with what writes; pages that only read save the words for it.
PGHISTORY_MIDDLEWARE_METHODS = ("POST", "PUT", "PATCH", "DELETE")
