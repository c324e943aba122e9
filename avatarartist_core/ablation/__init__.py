"""What each part of a domain transfer does for pose and expression: with it and without."""
