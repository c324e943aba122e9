"""A cartoon domain for AvatarArtist."""
