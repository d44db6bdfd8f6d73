"""Why a file is not taken; the text is for whoever uploaded it."""


class UploadError(ValueError):
    """The file itself is refused."""


class StorageError(OSError):
    """The file is good, but cannot be stored now; nothing of it is left behind."""
