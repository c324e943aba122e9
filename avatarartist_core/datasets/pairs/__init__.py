"""Image-triplane pairs: what a 4D GAN draws of random vectors, and the vectors to draw it again."""
