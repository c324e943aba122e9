"""The default avatar: the ``lift`` generator and the ``layers`` renderer."""
