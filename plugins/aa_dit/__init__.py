"""The paper's 4D generator: triplane VAE and image-conditioned DiT."""
