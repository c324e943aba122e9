"""How the 4D GAN learns."""
