"""Frames to files: mp4, webm, gif, PNG and PNG folders, whole or not at all, resumable."""
