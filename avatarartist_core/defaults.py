"""The components and the clip of a run that names none; the only names of plugins in the core."""

DEFAULT_GENERATOR = "lift"
DEFAULT_RENDERER = "layers"
DEFAULT_ENCODER = "facemesh"
DEFAULT_HEAD = "anny"
DEFAULT_CLIP = "talk"
DEFAULT_TRANSFER = "stylize"
