"""Options of its components."""
