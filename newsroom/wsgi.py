"""What a WSGI server such as gunicorn loads: ``newsroom.wsgi:application``."""

import gc
import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")

try:
    application = get_wsgi_application()
except ImproperlyConfigured as error:
    # One line for the operator, as from manage.py, in place of a traceback; and the
    # status by which gunicorn knows that another worker would fare no better.
    sys.stderr.write(f"newsroom: {error}\n")
    sys.exit(3)

# All that is loaded now stays: the collector need not look at it again. Workers that are
# forked from here (gunicorn --preload) share its memory, for nobody writes to it.
get_resolver().url_patterns  # noqa: B018  # loads every view
gc.collect()
gc.freeze()
