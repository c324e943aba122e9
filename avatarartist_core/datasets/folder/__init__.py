"""The portrait source ``folder``: pictures that are there, labelled by finding the face."""
