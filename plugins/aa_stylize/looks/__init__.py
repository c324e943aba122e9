"""The looks: one function each, a scene in, a picture out."""
