"""Options of ``sdedit``."""
