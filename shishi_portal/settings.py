"""Settings of the portal.

PORTAL_ENV chooses the profile: `local` (default: embedded SQLite, secrets made on this machine),
`test`, `production` (every secret must be given; weak ones refuse to start).
"""

import os
import sys
from datetime import timedelta
from pathlib import Path

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from shishi_portal.environment import (
    addresses,
    broker_options,
    database,
    local_secret,
    secret,
    weak_secrets,
)

BASE_DIR = Path(__file__).resolve().parent.parent
LOCAL_DIR = Path(os.environ.get("LOCAL_DIR") or BASE_DIR / ".local")
PORTAL_ENV = os.environ.get("PORTAL_ENV", "local")
if PORTAL_ENV not in ("local", "test", "production"):
    raise ImproperlyConfigured(f"PORTAL_ENV={PORTAL_ENV} 不认识,可选 local、test、production。")
PRODUCTION = PORTAL_ENV == "production"
DEBUG = False

# --- which city ---------------------------------------------------------------------------------

CITY_CODE = os.environ.get("CITY_CODE", "350581")
CITY_NAME = os.environ.get("CITY_NAME", "石狮市")
PORTAL_NAME = f"{CITY_NAME}社会组织党建云平台"

# --- secrets and hosts --------------------------------------------------------------------------

# each secret has one purpose, so that one can be changed without the others
SECRET_NAMES = ("SECRET_KEY", "AUDIT_KEY", "TOKEN_PEPPER", "INDEX_KEY", "FIELD_KEYS")
SECRETS = {
    name: secret(name) or ("" if PRODUCTION else local_secret(LOCAL_DIR / name.lower(), name))
    for name in SECRET_NAMES
}
if PRODUCTION and (weak := weak_secrets(SECRETS)):
    raise ImproperlyConfigured(
        "生产环境缺少密钥或密钥太弱,不能启动:\n"
        + "\n".join(f"  {name}(或 {name}_FILE):{why}" for name, why in weak.items())
    )
SECRET_KEY, AUDIT_KEY = SECRETS["SECRET_KEY"], SECRETS["AUDIT_KEY"]
TOKEN_PEPPER, INDEX_KEY, FIELD_KEYS = (
    SECRETS["TOKEN_PEPPER"],
    SECRETS["INDEX_KEY"],
    SECRETS["FIELD_KEYS"],
)
if PRODUCTION:
    ALLOWED_HOSTS = addresses("ALLOWED_HOSTS")
else:
    ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]", "testserver", *addresses("ALLOWED_HOSTS")]
CSRF_TRUSTED_ORIGINS = addresses("CSRF_TRUSTED_ORIGINS")

# --- applications -------------------------------------------------------------------------------

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "django_htmx",
    "csp",
    "axes",
    "accounts",
    "organizations",
    "members",
    "activities",
    "evaluation",
    "shishi_portal",
]

MIDDLEWARE = [
    "accounts.middleware.RealAddressMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "accounts.middleware.RequestContextMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "accounts.middleware.SessionPolicyMiddleware",
    "accounts.middleware.SignInMiddleware",
    "accounts.middleware.DraftMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "shishi_portal.urls"
WSGI_APPLICATION = "shishi_portal.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "shishi_portal.context.portal",
            ],
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    ["django.template.loaders.filesystem.Loader"],
                )
            ],
            "builtins": ["accounts.templatetags.portal"],
        },
    }
]

# --- data ---------------------------------------------------------------------------------------

DATABASES = {"default": database(os.environ.get("DATABASE_URL", ""), LOCAL_DIR / "portal.sqlite3")}
# cached pages are named by the generation of the figures in them, so a process of its own is enough
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 500},
    }
}
MEDIA_FOLDER = "media-of-tests" if PORTAL_ENV == "test" else "media"
MEDIA_ROOT = Path(os.environ.get("MEDIA_ROOT") or LOCAL_DIR / MEDIA_FOLDER)
# uploaded files are private: no address leads to them, only views that ask who is reading
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700

# --- language and time --------------------------------------------------------------------------

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True
FORMAT_MODULE_PATH = ["shishi_portal.formats"]

# --- static files -------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = Path(os.environ.get("STATIC_ROOT") or LOCAL_DIR / "static")
WHITENOISE_USE_FINDERS = not PRODUCTION
if not PRODUCTION:
    STATIC_ROOT.mkdir(mode=0o700, parents=True, exist_ok=True)
WHITENOISE_AUTOREFRESH = PORTAL_ENV == "test"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "whitenoise.storage.CompressedManifestStaticFilesStorage"
            if PRODUCTION
            else "django.contrib.staticfiles.storage.StaticFilesStorage"
        )
    },
}

# --- sign-in ------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "accounts:sign-in"
LOGIN_REDIRECT_URL = "/"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "accounts.password_rules.PolicyValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
# five failures lock this account for half an hour at this address, and nobody else anywhere
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=30)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_ENABLE_ACCESS_FAILURE_LOG = True
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
AXES_LOCKOUT_CALLABLE = "accounts.views.sign_in.locked_out_page"
# administrators and whoever may export or reveal sign in with a second factor
SECOND_FACTOR_REQUIRED = os.environ.get("SECOND_FACTOR_REQUIRED", "1" if PRODUCTION else "0") == "1"
BEHIND_PROXY = os.environ.get("BEHIND_PROXY", "1" if PRODUCTION else "0") == "1"
SESSION_ENGINE = "accounts.session_store"
SESSION_COOKIE_AGE = 1800
SESSION_LONGEST = timedelta(hours=12)
# a session is renewed at most once a minute, not written at every request
SESSION_RENEWED_AFTER = timedelta(minutes=1)
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "shishi_portal.views.csrf_failure"
TOKEN_DEFAULT_LIFETIME = timedelta(days=90)
TOKEN_LONGEST_LIFETIME = timedelta(days=365)

# --- the web surface ----------------------------------------------------------------------------

SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}
if PRODUCTION:
    SECURE_SSL_REDIRECT = os.environ.get("HTTPS_REDIRECT", "1") == "1"
    SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
    SECURE_HSTS_SECONDS = 31536000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    if BEHIND_PROXY:
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"

# what an unset filter says
FILTERS_EMPTY_CHOICE_LABEL = "全部"
FORM_RENDERER = "accounts.rendering.PortalRenderer"

# --- REST API -----------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.authentication.BearerAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_THROTTLE_CLASSES": ["accounts.throttling.RequestThrottle"],
    "EXCEPTION_HANDLER": "accounts.problems.problem_response",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
REQUESTS_A_MINUTE = 600
SPECTACULAR_SETTINGS = {
    "TITLE": f"{PORTAL_NAME}接口",
    "VERSION": "1",
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "ENUM_NAME_OVERRIDES": {
        "MemberStatus": "members.rules.vocabulary.MemberStatus.choices",
        "CountedStatus": "members.rules.vocabulary.COUNTED_CHOICES",
        "AppraisalGrade": "activities.rules.vocabulary.AppraisalGrade.choices",
        "RegistrationGrade": "organizations.rules.vocabulary.Grade.choices",
        "RegistrationStatus": "organizations.rules.vocabulary.Status.choices",
        **{
            name: f"organizations.rules.vocabulary.{name}.choices"
            for name in ("BodyKind", "PartyKind", "InspectionResult")
        },
    },
}

# --- jobs ---------------------------------------------------------------------------------------
# The database holds the work; a task only rings a doorbell. Losing one costs a minute, so nothing
# is acknowledged late, retried or kept as a result.

BROKER_URL = os.environ.get("BROKER_URL") or os.environ.get("REDIS_URL", "")
if PORTAL_ENV == "test":
    BROKER_URL = ""
# without a broker, what a saved record rings for is done at once in the same process
JOBS_INLINE = not BROKER_URL
AFTER_COMMIT_TASK = "evaluation.tasks.drain_coverage"
IS_WORKER = "celery" in Path(sys.argv[0]).parts[-2:]

CELERY_BROKER_URL = BROKER_URL or "memory://"
CELERY_TASK_ALWAYS_EAGER = JOBS_INLINE
CELERY_TASK_IGNORE_RESULT = True
CELERY_RESULT_BACKEND = None
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = TIME_ZONE
CELERY_ENABLE_UTC = True
CELERY_TASK_ACKS_LATE = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SOFT_TIME_LIMIT = 600
CELERY_TASK_TIME_LIMIT = 660
CELERY_WORKER_MAX_TASKS_PER_CHILD = 500
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 600_000
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = broker_options(BROKER_URL, LOCAL_DIR, is_worker=IS_WORKER)
if IS_WORKER:
    CELERY_BROKER_CONNECTION_MAX_RETRIES = None
elif not BROKER_URL.startswith("filesystem"):
    # a save waits for a dead or silent Redis once, briefly, and then not again for half a minute
    CELERY_TASK_PUBLISH_RETRY = False
    CELERY_BROKER_CONNECTION_RETRY = False
    CELERY_BROKER_CONNECTION_TIMEOUT = 0.3

# --- imports ------------------------------------------------------------------------------------
# The sheets of a ledger in the order in which they depend on each other.

IMPORT_SHEETS = [
    "organizations.imports.social_organization.SocialOrganizationSheet",
    "organizations.imports.party_organization.PartyOrganizationSheet",
    "organizations.imports.coverage_link.CoverageLinkSheet",
    "organizations.imports.instructor.InstructorSheet",
    "organizations.imports.instructor_assignment.InstructorAssignmentSheet",
    *(f"organizations.imports.terms.{name}Sheet" for name in ("Election", "Extension")),
    *(f"members.imports.{name}Sheet" for name in ("Member", "PartyGroup", "GroupMember", "Dues")),
    *(f"members.imports.{name}Sheet" for name in ("Pledge", "Training", "Honour", "AdmissionStep")),
    *(f"activities.imports.plan.{name}Sheet" for name in ("YearPlan", "PlanItem")),
    "activities.imports.activity.ActivitySheet",
    *(f"activities.imports.means.{name}Sheet" for name in ("Venue", "Fund")),
    *(
        f"activities.imports.standing.{name}Sheet"
        for name in ("Agreement", "PartyHonour", "Incident")
    ),
]
# exports of more rows than this are made by a worker; the files are kept for some days
EXPORT_AT_ONCE, EXPORT_DAYS = int(os.environ.get("EXPORT_AT_ONCE", "20000")), 7

# --- records ------------------------------------------------------------------------------------
# What other rooms show on a record's page: functions of (request, record) that give a Section or
# None, in the order of the page; and what may stand in the way of a party organization's end:
# functions of (party organization, day) that give a list of objections; and which parameter of a
# year says whether joint party organizations elect for a term.

# what the scopes of accounts are called is known to a room above them
SCOPE_NAMES = "organizations.gather.scope_names"
RECORD_SECTIONS: dict[str, list[str]] = {
    "social_organization": ["evaluation.sections.social_organization_checks"],
    "party_organization": [
        "members.sections.people_section",
        "activities.sections.life_section",
        "evaluation.sections.party_organization_star",
        "evaluation.sections.party_organization_checks",
    ],
}
DISSOLUTION_OBSTACLES = ["members.actions.dissolving.people_in_the_way"]
JOINT_ELECTS = "members.models.parameter.joint_elects"

# --- attachments --------------------------------------------------------------------------------
# Records that photos and documents can be attached to, with the rights to see and to change them.

ATTACHMENT_OWNERS = {
    "organizations.socialorganization": ("view_registry", "edit_registry"),
    "organizations.partyorganization": ("view_registry", "edit_registry"),
    "members.member": ("view_members", "edit_members"),
    "activities.activity": ("view_activities", "edit_activities"),
    "activities.yearplan": ("view_activities", "edit_activities"),
    "activities.archivedocument": ("view_activities", "edit_activities"),
    "activities.agreement": ("view_activities", "edit_activities"),
    "activities.venue": ("view_activities", "edit_activities"),
    "activities.fund": ("view_activities", "edit_activities"),
    "activities.partyhonour": ("view_activities", "edit_activities"),
    "activities.incident": ("view_activities", "edit_activities"),
}
# a web server in front that hands out MEDIA_ROOT internally under this prefix (X-Accel-Redirect)
ACCEL_PREFIX = os.environ.get("ACCEL_PREFIX", "")

# --- logs ---------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "shishi_portal.logs.formatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": os.environ.get("LOG_LEVEL", "WARNING")},
    "loggers": {
        "portal": {"level": os.environ.get("LOG_LEVEL", "INFO" if PRODUCTION else "WARNING")},
        "django.request": {"level": "ERROR"},
    },
}
