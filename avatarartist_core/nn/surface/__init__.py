"""Detail of a small renderer's picture, read off the planes where the picture shows them."""
