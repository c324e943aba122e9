"""Networks from the state dicts of the authors' code, and back."""

from aa_dit.official_dit import dit_from_official, dit_to_official
from aa_dit.official_vae import vae_from_official, vae_to_official

__all__ = ["dit_from_official", "dit_to_official", "vae_from_official", "vae_to_official"]
