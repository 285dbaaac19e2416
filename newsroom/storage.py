"""What goes wrong with a storage of files, in words of our own."""


class StorageGone(OSError):
    """The storage does not answer, or refuses us: later the same may go well."""
