"""The desk's pages for the publication, the staff and the record of events."""

from .events import EventAdmin
from .publication import PublicationAdmin
from .staff import StaffAdmin

__all__ = ["EventAdmin", "PublicationAdmin", "StaffAdmin"]
