"""Training of the 4D generator: the triplane VAE, then the transformer."""
