#!/usr/bin/env python
"""Run Newsroom's commands: ``manage.py help`` lists them."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line


def main() -> None:
    """Run the command named on the command line.

    A setting that is missing or malformed ends in one line that names it, without a
    traceback: the reader is an operator, and the line says all there is to do.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"newsroom: {error}")


if __name__ == "__main__":
    main()
