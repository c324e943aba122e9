"""The noising process, its training loss, its samplers and guidance."""
