"""Everything an operator can choose, read from the environment; see .env.example."""

from email.utils import parseaddr
from importlib.util import find_spec
from pathlib import Path
from string import ascii_lowercase, digits
from urllib.parse import urlsplit

from django.conf.global_settings import LANGUAGES
from django.utils.csp import CSP

from js_asset import static_lazy

from newsroom.environment import (
    REQUIRED,
    is_bucket_or_none,
    is_site_address,
    is_web_address,
    read,
    read_file,
    site_address_of,
)
from newsroom.release import digest_of

BASE_DIR = Path(__file__).resolve().parent.parent
VAR = BASE_DIR / "var"  # what the site writes, unless a variable says another place

if (BASE_DIR / ".env").is_file():
    read_file(str(BASE_DIR / ".env"))

# --- Secrets and addresses ----------------------------------------------------------

# `make serve` and `make dev` write it on first start, readable by its owner alone.
_key_file = VAR / "secret_key"
SECRET_KEY = read(
    "SECRET_KEY",
    default=_key_file.read_text().strip() if _key_file.is_file() else REQUIRED,
    example="a-long-random-text-of-50-characters-or-more",
)
DEBUG = read("DEBUG", "bool", default=False, example="off")

# Where `manage.py serve` listens; a server of your own may listen elsewhere.
HOST = read("HOST", default="127.0.0.1", example="127.0.0.1")
PORT = read("PORT", "int", 8000, example="8000", valid=lambda n: 0 < n < 65_536)

SITE_URL = read(
    "SITE_URL",
    default=site_address_of(HOST, PORT),
    example="https://news.example.org",
    valid=is_site_address,
).rstrip("/")
_site = urlsplit(SITE_URL)
_loopback = ["localhost", "127.0.0.1", "[::1]"]
_host = f"[{_site.hostname}]" if ":" in (_site.hostname or "") else _site.hostname
ALLOWED_HOSTS = list({_host, *(_loopback if _host in _loopback else [])})
CSRF_TRUSTED_ORIGINS = [SITE_URL]
HTTPS = _site.scheme == "https"

# How many reverse proxies stand in front, each adding one X-Forwarded-For entry.
TRUSTED_PROXIES = read(
    "TRUSTED_PROXIES", "int", 0, example="1", valid=lambda number: number >= 0
)
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# --- The project --------------------------------------------------------------------

INSTALLED_APPS = [
    "newsroom.apps.NewsroomConfig",
    "articles",
    "comments",
    "ratings",
    "newsroom.apps.NewsroomAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_prose_editor",
    "django_tasks_db",
]

MIDDLEWARE = [
    "newsroom.page_cache.PageCacheMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "newsroom.middleware.UnreadableMiddleware",
    "newsroom.middleware.StorageGoneMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.common.CommonMiddleware",
    "newsroom.old_feeds.OldFeedQueryMiddleware",
    "newsroom.page_cache.ParametersMiddleware",
    # What follows runs for pages that no cache holds: the admin, and what readers do.
    "newsroom.staff.SessionMiddleware",
    "newsroom.same_origin.SameOriginMiddleware",
    "newsroom.staff.AuthenticationMiddleware",
    "newsroom.staff.MessageMiddleware",
    "newsroom.middleware.PublicationMiddleware",
    "articles.old_addresses.OldAddressMiddleware",
]

ROOT_URLCONF = "newsroom.urls"
WSGI_APPLICATION = "newsroom.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "newsroom.context_processors.publication",
                "articles.context_processors.navigation",
            ],
        },
    }
]

# Part of every page's cache key: a page of the old release is never served by the new.
RELEASE = read(
    "RELEASE",
    default=digest_of(
        BASE_DIR,
        patterns=(
            "templates/**/*.html",
            "templates/**/*.xml",
            "*/*.py",
            "*/*/*.py",
            "static/*/*",
            "newsroom/locale/*/*/*.mo",
        ),
    ),
    example="2026-11-23.1",
)

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Database -----------------------------------------------------------------------

_database = read(
    "DATABASE_URL",
    "db_url",
    f"sqlite:///{VAR / 'newsroom.sqlite3'}",
    example="postgres://newsroom:password@127.0.0.1:5432/newsroom",
    valid=lambda database: bool(database.get("ENGINE") and database.get("NAME")),
)
DATABASE_POOL_SIZE = read(
    "DATABASE_POOL_SIZE", "int", 8, example="8", valid=lambda size: size >= 0
)
if _database["ENGINE"].endswith("sqlite3"):
    VAR.mkdir(mode=0o700, exist_ok=True)  # where the default one stands
    # Immediate: a transaction that will write waits for its turn at the start, where
    # the timeout applies; a deferred one would fail in the middle.
    _database["CONN_MAX_AGE"] = None  # each thread keeps its own open
    _database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,  # seconds
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
            "PRAGMA cache_size=-4000; PRAGMA mmap_size=134217728;"
        ),
    }
_pool = (
    {"pool": {"min_size": 1, "max_size": DATABASE_POOL_SIZE}}
    if DATABASE_POOL_SIZE and find_spec("psycopg_pool")
    else {}
)
_on_postgres = _database["ENGINE"].endswith("postgresql")
if _on_postgres:
    _database["OPTIONS"] = _database.get("OPTIONS", {}) | _pool
DATABASES = {"default": _database}
# A copy of it from which public pages are read; see newsroom/replica.py.
_replica = read(
    "DATABASE_REPLICA_URL",
    "db_url",
    "",
    example="postgres://newsroom:password@127.0.0.2:5432/newsroom",
    valid=lambda replica: (
        not replica or (_on_postgres and replica["ENGINE"] == _database["ENGINE"])
    ),
)
if _replica:
    _replica["OPTIONS"] = (
        {
            # Nothing is written there, even if it is no copy after all; and a page that
            # waits for longer than this (milliseconds) is the primary's.
            "options": "-c default_transaction_read_only=on -c statement_timeout=5000",
            "connect_timeout": 2,
            # A machine that vanishes says nothing: whoever waits for it gives up, after
            # milliseconds in the first of these and seconds in the others.
            "tcp_user_timeout": 2000,
            "keepalives_idle": 2,
            "keepalives_interval": 1,
            "keepalives_count": 2,
        }
        | _replica.get("OPTIONS", {})
        # Seconds to wait for a connection. The primary has them at once.
        | {name: sizes | {"timeout": 2} for name, sizes in _pool.items()}
    )
    _replica["TEST"] = {"MIRROR": "default"}
    DATABASES["replica"] = _replica
    DATABASE_ROUTERS = ["newsroom.replica.Router"]

# --- Cache --------------------------------------------------------------------------

_cache = read(
    "CACHE_URL",
    "cache_url",
    "locmemcache://",
    example="redis://127.0.0.1:6379/0",
    valid=lambda cache: bool(cache.get("BACKEND")),
)
CACHE_MEGABYTES = read(
    "CACHE_MEGABYTES", "int", 16, example="16", valid=lambda size: size > 0
)
if _cache["BACKEND"].endswith("LocMemCache"):
    _cache["BACKEND"] = "newsroom.caches.MemoryCache"
    _cache["OPTIONS"] = {"max_megabytes": CACHE_MEGABYTES}
elif _cache["BACKEND"].endswith("RedisCache"):
    _cache["BACKEND"] = "newsroom.caches.ForgivingRedisCache"
CACHES = {"default": _cache}

# Seconds for which a cache in front may give a page once more while it asks for a new
# one. They come on top of the second for which it may keep any page.
STALE_WHILE_REVALIDATE = read(
    "STALE_WHILE_REVALIDATE", "int", 0, example="1", valid=lambda n: n >= 0
)

# --- Files --------------------------------------------------------------------------

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = read(
    "STATIC_ROOT", default=str(VAR / "static"), example="/srv/newsroom/static"
)
MEDIA_URL = "/media/"
MEDIA_ROOT = read(
    "MEDIA_ROOT", default=str(VAR / "media"), example="/srv/newsroom/media"
)
ORIGINALS_ROOT = read(
    "ORIGINALS_ROOT", default=str(VAR / "originals"), example="/srv/newsroom/originals"
)
STORAGES = {
    # Renditions: public, under names nobody can guess.
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # Originals hold places and serial numbers: only the admin reads them.
    "originals": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": ORIGINALS_ROOT, "base_url": None},
    },
    "staticfiles": {"BACKEND": "newsroom.static_files.StaticFilesStorage"},
}
if DEBUG:
    STORAGES["staticfiles"] = {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
    }
# Two buckets of a server that speaks S3 in the place of the two folders.
S3_MEDIA_BUCKET = read(
    "S3_MEDIA_BUCKET", default="", example="news-media", valid=is_bucket_or_none
)
S3_ORIGINALS_BUCKET = read(
    "S3_ORIGINALS_BUCKET",
    default="",
    example="news-originals",
    # Both or neither; never one for both, for only one of them is public.
    valid=lambda name: (
        is_bucket_or_none(name)
        and bool(name) == bool(S3_MEDIA_BUCKET)
        and (not name or name != S3_MEDIA_BUCKET)
    ),
)
S3_ENDPOINT_URL = read(
    "S3_ENDPOINT_URL",
    default="",
    example="https://s3.example.org",
    valid=lambda address: not address or is_web_address(address),
)
S3_REGION = read(
    "S3_REGION",
    default="",
    example="eu-central-1",
    valid=lambda region: not set(region) - {"-", *ascii_lowercase, *digits},
)
S3_ACCESS_KEY_ID = read(
    "S3_ACCESS_KEY_ID",
    default="",
    example="AKIAIOSFODNN7EXAMPLE",
    valid=lambda key: " " not in key,
)
S3_SECRET_ACCESS_KEY = read(
    "S3_SECRET_ACCESS_KEY",
    default="",
    example="a-long-secret-text",
    valid=lambda key: " " not in key,
)
# Where readers get the renditions: the bucket or a CDN. Empty: /media/ of this site.
S3_MEDIA_URL = read(
    "S3_MEDIA_URL",
    default="",
    example="https://media.example.org/",
    valid=lambda address: (
        not address or (is_web_address(address) and address.endswith("/"))
    ),
)
_media_hosts = []
if S3_MEDIA_BUCKET:
    _s3 = {
        "endpoint_url": S3_ENDPOINT_URL or None,
        "region_name": S3_REGION or None,
        "access_key": S3_ACCESS_KEY_ID or None,
        "secret_key": S3_SECRET_ACCESS_KEY or None,
    }
    STORAGES["default"] = {
        "BACKEND": "newsroom.buckets.MediaBucket",
        "OPTIONS": _s3
        | {"bucket_name": S3_MEDIA_BUCKET, "base_url": S3_MEDIA_URL or MEDIA_URL},
    }
    STORAGES["originals"] = {
        "BACKEND": "newsroom.buckets.OriginalsBucket",
        "OPTIONS": _s3 | {"bucket_name": S3_ORIGINALS_BUCKET},
    }
    if S3_MEDIA_URL:
        _media = urlsplit(S3_MEDIA_URL)
        _media_hosts = [f"{_media.scheme}://{_media.netloc}"]
FILE_UPLOAD_PERMISSIONS = 0o640
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024  # bytes; a long story with its markup
IMAGE_MAX_PIXELS = read(
    "IMAGE_MAX_PIXELS", "int", 60_000_000, example="60000000", valid=lambda n: n > 0
)
IMAGE_MAX_BYTES = read(
    "IMAGE_MAX_BYTES", "int", 40_000_000, example="40000000", valid=lambda n: n > 0
)
RECORDING_MAX_BYTES = read(
    "RECORDING_MAX_BYTES",
    "int",
    300_000_000,
    example="300000000",
    valid=lambda n: n > 0,
)
# Any host can be a Mastodon server: these may be shown in stories, after a click.
EMBED_MASTODON_SERVERS = frozenset(
    read(
        "EMBED_MASTODON_SERVERS",
        default="mastodon.social",
        example="mastodon.social,mastodon.online",
        valid=lambda hosts: not set(hosts) - {*",.-", *ascii_lowercase, *digits},
    ).split(",")
)

# The blocks of our own that the body's editor knows, beside the usual ones. What may
# stay in a body is decided by articles.body alone, so nothing is allowed here.
DJANGO_PROSE_EDITOR_EXTENSIONS = [
    {
        "js": [static_lazy("js/editor-blocks.js")],
        "extensions": {
            name: lambda config, allowed: None
            for name in ("StoryFigure", "ReadMore", "PullQuote")
        },
    },
    {
        "js": [static_lazy("js/editor-longread.js")],
        "extensions": {
            name: lambda config, allowed: None
            for name in (
                *("Footnote", "StoryTable", "StoryCell", "StoryHeader"),
                *("Gallery", "Embed", "StoryRecording"),
            )
        },
    },
    # These two add no element to what is stored.
    {
        "js": [static_lazy("js/editor-slash.js")],
        "extensions": {"SlashMenu": lambda config, allowed: None},
    },
    {
        "js": [static_lazy("js/editor-paste.js")],
        "extensions": {"StoryPaste": lambda config, allowed: None},
    },
]

# --- Work that can wait -------------------------------------------------------------

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": []}}

# --- Mail ---------------------------------------------------------------------------

_mail = read(
    "EMAIL_URL",
    "email_url",
    f"filemail:///{VAR / 'mail'}",  # as files, until a server is named
    example="smtp+tls://newsroom:password@mail.example.org:587",
    valid=lambda mail: bool(mail.get("EMAIL_HOST") or mail.get("EMAIL_FILE_PATH")),
)
MAIL_FROM = read(
    "MAIL_FROM",
    default=f"newsroom@{'localhost' if _host in _loopback else _host}",
    example="Newsroom <newsroom@news.example.org>",
    valid=lambda address: "@" in parseaddr(address)[1],
)
DEFAULT_FROM_EMAIL = SERVER_EMAIL = MAIL_FROM
# Where editions of the newsletter come back to that cannot be delivered: the server that
# takes mail for it gives what comes for bounces+ANYTHING@… to `manage.py read_bounce`.
MAIL_BOUNCES = read(
    "MAIL_BOUNCES",
    default="",
    example="bounces@news.example.org",
    # RFC 5321, 4.5.3.1.1: 64 characters before the @, of which we add up to 34.
    valid=lambda address: (
        not address
        or (
            address.count("@") == 1
            and 0 < address.find("@") <= 30
            and " " not in address
        )
    ),
)
NEWSLETTER_MAILS_PER_MINUTE = read(
    "NEWSLETTER_MAILS_PER_MINUTE", "int", 600, example="600", valid=lambda n: n > 0
)
MAILERS = {
    "default": {
        "BACKEND": _mail["EMAIL_BACKEND"],
        "OPTIONS": {
            "host": _mail["EMAIL_HOST"],
            "port": _mail["EMAIL_PORT"],
            "username": _mail["EMAIL_HOST_USER"] or "",
            "password": _mail["EMAIL_HOST_PASSWORD"] or "",
            "use_tls": _mail.get("EMAIL_USE_TLS", False),
            "use_ssl": _mail.get("EMAIL_USE_SSL", False),
            "timeout": 20,  # seconds
        }
        if _mail["EMAIL_HOST"]
        else {"file_path": _mail["EMAIL_FILE_PATH"]},
    }
}

# --- People who work here -----------------------------------------------------------

AUTH_USER_MODEL = "newsroom.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "admin:login"

# The staff's session exists under the admin's path alone: no public page receives it.
ADMIN_PATH = "/admin/"
SESSION_COOKIE_PATH = ADMIN_PATH
SESSION_COOKIE_NAME = "newsroom_session"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# --- Language and time --------------------------------------------------------------

LANGUAGE_CODE = read(
    "LANGUAGE_CODE", default="en", example="en", valid=dict(LANGUAGES).__contains__
)
USE_I18N = True
# One catalogue for all apps and templates: `make messages` writes it anew.
LOCALE_PATHS = [BASE_DIR / "newsroom" / "locale"]
USE_TZ = True
TIME_ZONE = (
    "UTC"  # of the storage; pages are in the publication's own, set in the admin
)

# --- Being found --------------------------------------------------------------------

# Told of each new story, so that readers of feeds have it at once: a WebSub hub.
WEBSUB_HUB = read(
    "WEBSUB_HUB",
    default="",
    example="https://pubsubhubbub.appspot.com/",
    valid=lambda hub: not hub or is_web_address(hub),
)

# --- Security -----------------------------------------------------------------------

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"  # never makes Origin null
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^health/$"]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = READER_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
# The check looks for Django's middleware by name; SameOriginMiddleware is one of it.
SILENCED_SYSTEM_CHECKS = ["security.W003"]
CSRF_FAILURE_VIEW = "newsroom.same_origin.refused"
X_FRAME_OPTIONS = "DENY"

SECURE_HSTS_SECONDS = (
    read("HSTS_SECONDS", "int", 31_536_000, example="31536000", valid=lambda n: n >= 0)
    if HTTPS
    else 0
)
SECURE_HSTS_INCLUDE_SUBDOMAINS = read(
    "HSTS_INCLUDE_SUBDOMAINS", "bool", default=False, example="on"
)
SECURE_HSTS_PRELOAD = read("HSTS_PRELOAD", "bool", default=False, example="on")

# A nonce is added only to a page whose template asks for one: the admin's do.
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF, CSP.NONCE],
    "style-src": [CSP.SELF, CSP.NONCE],
    "img-src": [CSP.SELF, *_media_hosts],
    "media-src": [CSP.SELF, *_media_hosts],
    # Our own page around a provider's, after a click; see articles.views.embeds.
    "frame-src": [CSP.SELF],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "manifest-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
}

# --- Readers ------------------------------------------------------------------------

COMMENT_MAX_LENGTH = read(
    "COMMENT_MAX_LENGTH", "int", 5000, example="5000", valid=lambda n: 0 < n <= 65_525
)
# Counted per network (an IPv4 /24 or IPv6 /56): an office or a school shares one.
COMMENTS_PER_NETWORK_HOUR = read(
    "COMMENTS_PER_NETWORK_HOUR", "int", 60, example="60", valid=lambda n: n > 0
)
VOTES_PER_NETWORK_MINUTE = read(
    "VOTES_PER_NETWORK_MINUTE", "int", 120, example="120", valid=lambda n: n > 0
)
# Without a key nothing is asked, whatever the discussion settings say.
AKISMET_KEY = read(
    "AKISMET_KEY",
    default="",
    example="0123456789ab",
    valid=lambda key: not key or key.isalnum(),
)
AKISMET_URL = read(
    "AKISMET_URL",
    default="https://rest.akismet.com",
    example="https://rest.akismet.com",
    valid=is_site_address,
)
LOGIN_FAILURES_PER_QUARTER_HOUR = read(
    "LOGIN_FAILURES_PER_QUARTER_HOUR", "int", 10, example="10", valid=lambda n: n > 0
)

# --- Log ----------------------------------------------------------------------------

LOG_LEVEL = read(
    "LOG_LEVEL",
    default="INFO",
    example="INFO",
    valid=lambda level: level in {"DEBUG", "INFO", "WARNING", "ERROR"},
)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    "loggers": {
        # To the root alone: Django's default handlers drop INFO and mail errors.
        "django": {"handlers": [], "level": LOG_LEVEL, "propagate": True},
        "django.db.backends": {"level": "INFO"},
        # It warns of each HEAD that Django answers with a body, which it then drops.
        "gunicorn.http.wsgi": {"level": "ERROR"},
    },
}
