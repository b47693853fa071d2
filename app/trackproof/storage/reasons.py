"""What the operating system's error codes mean, in words."""

from __future__ import annotations

import errno

_WORDS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "your disk quota is used up",
    errno.EROFS: "the disk is read-only",
    errno.EACCES: "access is not allowed",
    errno.EPERM: "the operation is not allowed",
    errno.ENOENT: "there is no such file or folder",
    errno.EISDIR: "this is a folder, not a file",
    errno.ENOTDIR: "a part of the path is a file, not a folder",
    errno.ENAMETOOLONG: "the name is too long",
    errno.EIO: "the disk reports a hardware error",
    errno.EMFILE: "too many files are open",
    errno.ELOOP: "the links of the path run in a circle",
    errno.EFBIG: "the file would be too large for this disk",
}


def reason(error: OSError) -> str:
    """Return in words why the operating system refused."""
    known = _WORDS.get(error.errno or 0)
    return known or error.strerror or "the operating system gave no reason"
