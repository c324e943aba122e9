"""What the transformer is told about the portrait: features of two image encoders."""
