"""The ``facemesh`` plugin: face landmarks fitted with the anny head."""
