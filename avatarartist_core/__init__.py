"""AvatarArtist: one portrait of any style becomes a drivable 4D head avatar."""

__version__ = "0.1.0"
