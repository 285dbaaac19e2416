"""Newsroom: a web CMS for independent news sites."""

__version__ = "0.1.0"
