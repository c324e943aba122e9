"""The 4D GAN generator and the CNN renderer."""
