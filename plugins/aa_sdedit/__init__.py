"""``sdedit``: domain transfer by noising a portrait and denoising it under a prompt."""
