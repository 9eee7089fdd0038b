"""Settings, read from the environment alone; `.env.example` lists every one.

Importing this module starts nothing. It refuses, with the name of the variable, to run without
a secret key, a database or (outside DEBUG) the host names it serves and its public address, and
with values that are unsafe.
"""

import json
import re
from datetime import time
from pathlib import Path

import environ
from corsheaders.defaults import default_headers
from django.core.exceptions import ImproperlyConfigured

from marketplace.bodies import body_settings
from marketplace.databases.configuration import (
    database_settings,
    is_pooled_by_proxy,
    session_parameters,
    standby_lag_max,
    this_process,
)
from marketplace.logs import logging_config
from marketplace.metrics.folder import share_folder
from marketplace.panel_look import panel_settings
from marketplace.policy_headers import content_security_policies
from marketplace.rate_limits import cache_settings, rate_limit_settings
from marketplace.safety import refuse_short, refuse_unsafe
from marketplace.security_txt import security_settings
from marketplace.staff_look import unfold_settings
from marketplace.storage import file_storages

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
DIGEST_KEY = env.str("DIGEST_KEY", default="")  # empty: SECRET_KEY
DIGEST_KEY_FALLBACKS = env.list("DIGEST_KEY_FALLBACKS", default=[])
FACTOR_KEY = env.str("FACTOR_KEY", default="")  # empty: SECRET_KEY
FACTOR_KEY_FALLBACKS = env.list("FACTOR_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["*"]) if DEBUG else env.list("ALLOWED_HOSTS")
PUBLIC_URL = env.str(
    "PUBLIC_URL", default="http://127.0.0.1:8000" if DEBUG else environ.Env.NOTSET
).rstrip("/")
refuse_short("FACTOR_KEY", FACTOR_KEY, debug=DEBUG)
refuse_unsafe(
    debug=DEBUG, secret_key=SECRET_KEY, allowed_hosts=ALLOWED_HOSTS, public_url=PUBLIC_URL
)

INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "marketplace.staff_site.StaffAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "corsheaders",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "marketplace",
    "listings",
    "dealers",
]

MIDDLEWARE = [
    "marketplace.request_id.RequestIdMiddleware",
    "marketplace.metrics.requests.MetricsMiddleware",
    "marketplace.policy_headers.PolicyHeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",  # before whatever answers by itself
    "marketplace.page_compression.PageCompressionMiddleware",
    "marketplace.health.HealthMiddleware",
    "marketplace.plain_http.PlainHttpMiddleware",
    "marketplace.api.middleware.ApiProblemMiddleware",
    "marketplace.databases.middleware.DatabaseMiddleware",
    "marketplace.london_time.LondonTimeMiddleware",
    "marketplace.error_answers.ErrorAnswerMiddleware",
    "marketplace.media.MediaMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "marketplace.rate_limits.RateLimitMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "marketplace.api.middleware.MissingSlashMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "marketplace.large_forms.LargeFormMiddleware",
    "marketplace.unreadable_text.UnreadableTextMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "dealers.signin.ended_sessions.EndedSessionMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "dealers.signin.client.RefusedSignInMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "marketplace.databases.standby_reads.StandbyReadsMiddleware",
]

ROOT_URLCONF = "marketplace.urls"
WSGI_APPLICATION = "marketplace.wsgi.application"
APPEND_SLASH = True

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "marketplace" / "templates"],  # ahead of the apps: ours win
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

DATABASE_TIMEOUTS = session_parameters(env)
DATABASES = database_settings(env, DATABASE_TIMEOUTS[this_process()])
DATABASE_ROUTERS = ["marketplace.databases.read_routes.StandbyRouter"] if len(DATABASES) > 1 else []
DATABASE_REPLICA_LAG_MAX_SECONDS = standby_lag_max(env)
DATABASE_DIRECT_URL = env.str("DATABASE_DIRECT_URL", default="")  # past a proxy that pools
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "dealers.User"
_DJANGOS = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": name, "OPTIONS": options}
    for name, options in (
        (
            f"{_DJANGOS}.UserAttributeSimilarityValidator",
            {"user_attributes": ("email", "full_name")},
        ),
        (f"{_DJANGOS}.MinimumLengthValidator", {"min_length": 12}),
        ("dealers.accounts.obvious_passwords.ObviousPasswordValidator", {}),
    )
]

AUTHENTICATION_BACKENDS = [
    "dealers.signin.client.SignInBackend",  # has the last word on every password
    "django.contrib.auth.backends.ModelBackend",  # which sessions name
]
LOGIN_URL = "dealer:login"
PANEL_URL = "dealer:index"
PASSWORD_RESET_TIMEOUT = 4 * 3600  # seconds a mailed link to a new password is good
PASSWORD_RESETS_PER_DAY = env.int("PASSWORD_RESETS_PER_DAY", default=10)

TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)

# Sign-ins fail so often before they are refused for a while, or slowed down: for an account from an
# address, from an address, from a network, and for an account from anywhere.
SIGN_IN_FAILURES = env.int("SIGN_IN_FAILURES", default=5)
SIGN_IN_FAILURES_PER_ADDRESS = env.int("SIGN_IN_FAILURES_PER_ADDRESS", default=50)
SIGN_IN_LOCKED_MINUTES = env.int("SIGN_IN_LOCKED_MINUTES", default=15)
SIGN_IN_FAILURES_PER_NETWORK = env.int("SIGN_IN_FAILURES_PER_NETWORK", default=100)
SIGN_IN_FAILURES_PER_ACCOUNT = env.int("SIGN_IN_FAILURES_PER_ACCOUNT", default=10)
SIGN_IN_PAUSE_SECONDS_MAX = env.int("SIGN_IN_PAUSE_SECONDS_MAX", default=300)

# django-allauth: none of its addresses is routed and none of its pages shown; ours call it.
ACCOUNT_ADAPTER = "dealers.signin.login_flow.SignInAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_TIMEOUT = 600  # seconds in which the second step has to follow the password
ACCOUNT_RATE_LIMITS = MFA_RATE_LIMITS = False  # failures are counted in the database
MFA_ADAPTER = "dealers.accounts.factor_secrets.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "Used-car marketplace"
MFA_WEBAUTHN_USER_VERIFICATION = "required"
STAFF_SECOND_FACTOR_REQUIRED = env.bool("STAFF_SECOND_FACTOR_REQUIRED", default=True)
REAUTHENTICATION_MINUTES = env.int("REAUTHENTICATION_MINUTES", default=15)

AUDIT_KEPT_DAYS = env.int("AUDIT_KEPT_DAYS", default=365)

LANGUAGE_CODE = "en-gb"
FORMAT_MODULE_PATH = "marketplace.formats"
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "marketplace.bundles.BundleFinder",
]
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = DEBUG  # without `collectstatic` on a laptop
MEDIA_URL = env.str("MEDIA_URL", default="/media/")
MEDIA_ROOT = env.path("MEDIA_ROOT", default=str(BASE_DIR / "media"))
STORAGES = {
    **file_storages(env, media_url=MEDIA_URL, folder=BASE_DIR),
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=not DEBUG)
# Programs are refused instead of led on (marketplace.plain_http), probes come without TLS.
SECURE_REDIRECT_EXEMPT = [r"^(api/v1|feeds/out|mail/events)/", r"^(healthz|readyz|metrics)$"]
SECURE_HSTS_SECONDS = 0 if DEBUG else env.int("SECURE_HSTS_SECONDS", default=31_536_000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("SECURE_HSTS_INCLUDE_SUBDOMAINS", default=False)
SECURE_HSTS_PRELOAD = env.bool("SECURE_HSTS_PRELOAD", default=False)
SECURE_REFERRER_POLICY = "same-origin"
if env.bool("BEHIND_TLS_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEBUG
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True  # no script reads them
# Browsers take a cookie of such a name only if it is Secure, for the whole host and for it alone:
# no other host of the domain can set it (RFC 6265bis, 4.1.3.2). Plain HTTP cannot have them.
_COOKIE_PREFIX = "" if DEBUG else "__Host-"
SESSION_COOKIE_NAME = f"{_COOKIE_PREFIX}sessionid"
CSRF_COOKIE_NAME = f"{_COOKIE_PREFIX}csrftoken"
MESSAGES_COOKIE_NAME = f"{_COOKIE_PREFIX}messages"
MESSAGE_STORAGE = "marketplace.message_cookies.NamedFallbackStorage"
SESSION_ENGINE = "dealers.session_store"
SESSION_COOKIE_AGE = 14 * 24 * 3600  # seconds after which everybody signs in again
SESSION_IDLE_MINUTES = env.int("SESSION_IDLE_MINUTES", default=480)
STAFF_SESSION_IDLE_MINUTES = env.int("STAFF_SESSION_IDLE_MINUTES", default=60)
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
X_FRAME_OPTIONS = "DENY"
vars().update(rate_limit_settings(env), **body_settings(env), **security_settings(env))
DATA_UPLOAD_MAX_MEMORY_SIZE = body_settings(env)["BODY_BYTES_MAX"]
CONTENT_SECURITY_POLICIES = content_security_policies(MEDIA_URL)

FORM_RENDERER = "django.forms.renderers.TemplatesSetting"  # ours stand in for widgets of Unfold
UNFOLD = unfold_settings(environment="Development" if DEBUG else "Production")
DEALER_PANEL = panel_settings()

CORS_ALLOW_ALL_ORIGINS = True  # public answers only: no cookie crosses an origin
# The block says so itself: its answers are one and the same for every origin, and so is their copy
# in a cache, which the middleware's `Vary: origin` would multiply.
CORS_URLS_REGEX = r"^/api/v1/(?!widget/)"
CORS_ALLOW_METHODS = ["GET", "HEAD", "OPTIONS", "POST"]  # enquiries, from any front end
CORS_ALLOW_HEADERS = (*default_headers, "if-none-match")
CORS_EXPOSE_HEADERS = ("ETag", "Retry-After", "X-Request-ID")

EMAIL_CONFIG = env.email_url("EMAIL_URL", default="consolemail://" if DEBUG else environ.Env.NOTSET)
vars().update(EMAIL_CONFIG)
EMAIL_TIMEOUT = 10  # seconds
MAIL_WEBHOOK_SECRET = env.str("MAIL_WEBHOOK_SECRET", default="")  # empty: no webhook
refuse_short("MAIL_WEBHOOK_SECRET", MAIL_WEBHOOK_SECRET, debug=DEBUG)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="marketplace@localhost")

LOGGING_CONFIG = "marketplace.logs.configure"
LOGGING = logging_config(is_json=not DEBUG, level=env.str("LOG_LEVEL", default="INFO"))
LOG_REQUESTS = env.bool("LOG_REQUESTS", default=True)
SENTRY_DSN = env.str("SENTRY_DSN", default="")  # empty: errors are in the logs alone
SENTRY_ENVIRONMENT = env.str("SENTRY_ENVIRONMENT", default="production")
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")  # empty: no /metrics
refuse_short("METRICS_TOKEN", METRICS_TOKEN, debug=DEBUG)
if METRICS_TOKEN:
    share_folder()

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny"],
    "DEFAULT_RENDERER_CLASSES": ["marketplace.api.renderers.OrjsonRenderer"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "marketplace.api.negotiation.PlainNegotiation",
    "DEFAULT_PARSER_CLASSES": ["marketplace.api.parsers.OrjsonParser"],
    "DEFAULT_THROTTLE_CLASSES": ["marketplace.api.throttling.RequestsPerMinute"],
    "DEFAULT_SCHEMA_CLASS": "marketplace.api.schema.ProblemAutoSchema",
    "COERCE_DECIMAL_TO_STRING": False,
    "URL_FORMAT_OVERRIDE": None,
    "EXCEPTION_HANDLER": "marketplace.api.problem.exception_handler",
    "UNAUTHENTICATED_USER": None,
}

CACHES = {"default": cache_settings(env)}

SPECTACULAR_SETTINGS = {
    "TITLE": "Used-car marketplace",
    "DESCRIPTION": "Used cars for sale: pounds, miles, registration years.\n\n"
    "Whoever reads for buyers needs no key. A dealer's own systems send theirs as "
    "`Authorization: Bearer <key>`; each operation names the scope it needs.\n\n"
    "Errors are problem documents (RFC 9457, `application/problem+json`): the schema `Problem`. "
    "`code` says which error it is and stays the same, `detail` and the messages in `fields` are "
    "for people. Each answer of an operation lists its codes.",
    "SERVERS": [{"url": "/", "description": "The marketplace that serves this document."}],
    "VERSION": "1",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "marketplace.api.refusals.add_problem",
        "marketplace.api.glossary.describe_properties",
        "marketplace.api.examples.add_examples",
    ],
    "ENUM_NAME_OVERRIDES": {
        "Fuel": "listings.choices.Fuel",
        "BodyType": "listings.choices.BodyType",
        "Status": "listings.choices.Status",
        "NoValueReason": "listings.api.comparables.REASONS",
    },
    "SERVE_INCLUDE_SCHEMA": False,
}

LISTING_LIFETIME_DAYS = env.int("LISTING_LIFETIME_DAYS", default=30)
CHANGES_KEPT_DAYS = env.int("CHANGES_KEPT_DAYS", default=7)
FEED_FILES_KEPT_DAYS = env.int("FEED_FILES_KEPT_DAYS", default=30)
FEED_REPORTS_KEPT_DAYS = env.int("FEED_REPORTS_KEPT_DAYS", default=90)
DEALER_QUOTAS = json.loads(env.str("DEALER_QUOTAS", default="") or "{}")
FEED_READ_SECONDS = env.int("FEED_READ_SECONDS", default=20)
FEED_READ_MEMORY_MB = env.int("FEED_READ_MEMORY_MB", default=512)
RELIST_WITHIN_DAYS = 30
RESERVATION_HOURS = 48
EXPIRY_REMINDER_DAYS = (7, 1)

BUYER_CAPTCHA = env.str("BUYER_CAPTCHA", default="")  # path of a callable; empty: none is asked
AUDIENCE_SECONDS = 5.0  # counts are written so often; 0: by nobody
ADVERT_DAYS_KEPT = env.int("ADVERT_DAYS_KEPT", default=62)  # then days are packed into months
MENTIONS_IN_FILES = "dealers.feeds.retention.remove_files_that_mention"
DEPOSITS = env.str("DEPOSITS", default="")  # path of a factory; empty: reservations are free
CHANGE_CONSUMERS = (  # in the order they are told
    "listings.buyers.alerts.Alerts",
    "listings.pricing.value.sweep.ValueSweep",
    "dealers.webhooks.events.WebhookEvents",
)
ALERT_DIGEST_TIME = time.fromisoformat(env.str("ALERT_DIGEST_TIME", default="07:00"))  # London's
PRICE_RATING_RULE = json.loads(env.str("PRICE_RATING_RULE", default="") or "{}")
_refit_time = env.str("VALUES_REFIT_TIME", default="02:30")  # London's; "off": no values
VALUES_REFIT_TIME = None if _refit_time == "off" else time.fromisoformat(_refit_time)
VALUES_WEEKS = env.int(
    "VALUES_WEEKS", default=8
)  # adverts that ended so long ago still tell prices
BUYER_RECORDS_KEPT_DAYS = {
    "enquiry": 365,  # a car is bought within months; a dispute about it comes within the year
    "reservation": 365,
    "saved_search": 365,  # from its last mail or edit
    "report": 365,
    "privacy": 2,  # a mail is read within two days
    **json.loads(env.str("BUYER_RECORDS_KEPT_DAYS", default="") or "{}"),
}

# What is kept for how long; dealers/retention/ has the reasons.
UNCONFIRMED_KEPT_HOURS = env.int("UNCONFIRMED_KEPT_HOURS", default=48)
ENQUIRIES_UNANSWERED_KEPT_DAYS = env.int("ENQUIRIES_UNANSWERED_KEPT_DAYS", default=90)
ENQUIRIES_CLOSED_KEPT_DAYS = env.int("ENQUIRIES_CLOSED_KEPT_DAYS", default=180)
ENDED_PHOTOS_KEPT_DAYS = env.int("ENDED_PHOTOS_KEPT_DAYS", default=90)
ENDED_MARKS_KEPT_DAYS = env.int("ENDED_MARKS_KEPT_DAYS", default=180)
CAR_DIGESTS_KEPT_DAYS = env.int("CAR_DIGESTS_KEPT_DAYS", default=1095)
ENDED_PRICES_KEPT_DAYS = env.int("ENDED_PRICES_KEPT_DAYS", default=90)
ENDED_EVENTS_KEPT_DAYS = env.int("ENDED_EVENTS_KEPT_DAYS", default=365)
CHANGE_SETS_KEPT_DAYS = env.int("CHANGE_SETS_KEPT_DAYS", default=90)
FORMER_MEMBERS_KEPT_DAYS = env.int("FORMER_MEMBERS_KEPT_DAYS", default=365)
KEY_ADDRESSES_KEPT_DAYS = env.int("KEY_ADDRESSES_KEPT_DAYS", default=90)
SESSIONS_ENDED_KEPT_DAYS = 0
KNOWN_PLACES_KEPT_DAYS = env.int("KNOWN_PLACES_KEPT_DAYS", default=90)
EMAIL_CHANGES_KEPT_HOURS = 24
SIGN_IN_FAILURE_COUNTS_KEPT_HOURS = 24
SIGN_IN_FAILURES_ENDED_KEPT_DAYS = 0
SUPPRESSED_KEPT_DAYS = env.int("SUPPRESSED_KEPT_DAYS", default=90)
WEBHOOKS_KEPT_DAYS = env.int("WEBHOOKS_KEPT_DAYS", default=30)
INVITATIONS_KEPT_DAYS = env.int("INVITATIONS_KEPT_DAYS", default=30)
STORED_ANSWERS_KEPT_HOURS = env.int("STORED_ANSWERS_KEPT_HOURS", default=24)
FAILED_TASKS_KEPT_DAYS = env.int("FAILED_TASKS_KEPT_DAYS", default=30)
FEED_RUNS_KEPT_DAYS = env.int("FEED_RUNS_KEPT_DAYS", default=730)
PLACEMENT_DAYS_KEPT = env.int("PLACEMENT_DAYS_KEPT", default=730)
ENDED_VALUES_KEPT_DAYS = env.int("ENDED_VALUES_KEPT_DAYS", default=90)
MARKET_FITS_KEPT_DAYS = env.int("MARKET_FITS_KEPT_DAYS", default=730)
ASKING_PRICES_KEPT_DAYS = env.int("ASKING_PRICES_KEPT_DAYS", default=1095)

PUBLIC_LISTING_URL = env.str("PUBLIC_LISTING_URL", default="")  # empty: our own page, /cars/
if PUBLIC_LISTING_URL and not re.fullmatch(
    r"https?://[^{}\s][^{}\s/]*+/[^{}\s]*+\{id\}(?:[^{}\s]|\{slug\})*+", PUBLIC_LISTING_URL
):
    raise ImproperlyConfigured("PUBLIC_LISTING_URL is an address that holds {id}, and may {slug}.")
SOLD_PAGE_DAYS = 14
PUBLIC_VALUATIONS = env.bool("PUBLIC_VALUATIONS", default=False)  # the page /value/
ALSO_LISTED_BY = env.bool("ALSO_LISTED_BY", default=False)  # buyers see who else has the car
MCP_ENABLED = env.bool("MCP_ENABLED", default=True)  # tools for chat clients, at /mcp

SEARCH_ENGINE = env.str("SEARCH_ENGINE", default="memory")  # or postgres, or an import path
if SEARCH_ENGINE not in ("memory", "postgres") and "." not in SEARCH_ENGINE:
    raise ImproperlyConfigured(
        f"SEARCH_ENGINE is memory, postgres or the path of a class, not {SEARCH_ENGINE}."
    )
REPLICA_SECONDS = 0.5
REPLICA_LOADING_SECONDS_MAX = env.float("REPLICA_LOADING_SECONDS_MAX", default=60.0)
REPLICA_AGE_MAX_SECONDS = env.float("REPLICA_AGE_MAX_SECONDS", default=5.0)
SEARCH_SNAPSHOT_FOLDER = env.str("SEARCH_SNAPSHOT_FOLDER", default="")  # empty: no file is used
SEARCH_SNAPSHOT_SECONDS = env.float("SEARCH_SNAPSHOT_SECONDS", default=900.0)

EDITORIAL_SITES = env.list("EDITORIAL_SITES", default=[])  # host names; their subdomains too
# How likely a car must be the subject of a page to be answered, from 0 to 1.
EDITORIAL_STRICTNESS = env.float("EDITORIAL_STRICTNESS", default=0.45)
if not 0 <= EDITORIAL_STRICTNESS <= 1:
    raise ImproperlyConfigured(f"EDITORIAL_STRICTNESS is from 0 to 1, not {EDITORIAL_STRICTNESS}.")
FETCH_ALLOWED_HOSTS = env.list("FETCH_ALLOWED_HOSTS", default=[])  # host or host:port

# What DVLA and DVSA know of a mark is looked up only where they gave a key.
DVLA_API_KEY = env.str("DVLA_API_KEY", default="")
DVLA_URL = env.str(
    "DVLA_URL",
    default="https://driver-vehicle-licensing.api.gov.uk/vehicle-enquiry/v1/vehicles",
)
DVSA_API_KEY = env.str("DVSA_API_KEY", default="")
DVSA_CLIENT_ID = env.str("DVSA_CLIENT_ID", default="")
DVSA_CLIENT_SECRET = env.str("DVSA_CLIENT_SECRET", default="")
DVSA_TOKEN_URL = env.str("DVSA_TOKEN_URL", default="")  # DVSA mails it with the key
DVSA_URL = env.str("DVSA_URL", default="https://history.mot.api.gov.uk")
_dvsa = (DVSA_API_KEY, DVSA_CLIENT_ID, DVSA_CLIENT_SECRET, DVSA_TOKEN_URL)
if any(_dvsa) and not all(_dvsa):
    raise ImproperlyConfigured(
        "DVSA_API_KEY, DVSA_CLIENT_ID, DVSA_CLIENT_SECRET and DVSA_TOKEN_URL belong together."
    )
for _name, _url in (
    ("DVLA_URL", DVLA_URL),
    ("DVSA_URL", DVSA_URL),
    ("DVSA_TOKEN_URL", DVSA_TOKEN_URL or DVSA_URL),
):
    if not DEBUG and not _url.startswith("https://"):
        raise ImproperlyConfigured(f"{_name} begins with https://, as a key is sent there.")
VEHICLE_REGISTER_SECONDS = 3.0  # for one request
VEHICLE_RECORDS_KEPT_HOURS = env.int("VEHICLE_RECORDS_KEPT_HOURS", default=72)
VEHICLE_NOT_FOUND_KEPT_HOURS = env.int("VEHICLE_NOT_FOUND_KEPT_HOURS", default=6)

CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", default="")  # empty: PostgreSQL itself
CELERY_VISIBILITY_SECONDS = env.int("CELERY_VISIBILITY_SECONDS", default=900)
if is_pooled_by_proxy(env) and not (CELERY_BROKER_URL or DATABASE_DIRECT_URL):
    raise ImproperlyConfigured(
        "DATABASE_POOLED_BY_PROXY needs DATABASE_DIRECT_URL where PostgreSQL is the broker: the "
        "job queue hears nothing through a proxy."
    )
WORKER_MEMORY_MAX_MB = env.int("WORKER_MEMORY_MAX_MB", default=512)
WORKER_TASKS_MAX = env.int("WORKER_TASKS_MAX", default=1_000)
