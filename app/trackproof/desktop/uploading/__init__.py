"""Sending a package folder to S3, from the window."""

from trackproof.desktop.uploading.actions import open_upload, upload_actions

__all__ = ["open_upload", "upload_actions"]
