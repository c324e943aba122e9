"""``python -m avatarartist_core`` is ``aa``."""

from avatarartist_core.cli.app import main

main()
