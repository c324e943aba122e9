"""The ``aa`` command: app.py and one file a command."""
