"""The FaceVerse head model and the PD-FGC motion encoder."""
