"""``stylize``: classical domain transfers that need no weights."""
