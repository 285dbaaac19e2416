"""What a WSGI server such as gunicorn loads: ``newsroom.wsgi:application``."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")

try:
    application = get_wsgi_application()
except ImproperlyConfigured as error:
    # One line for the operator, as from manage.py, in place of a traceback; and the
    # status by which gunicorn knows that another worker would fare no better.
    sys.stderr.write(f"newsroom: {error}\n")
    sys.exit(3)
