"""Options of ``stylize``."""
