"""Tests of image-triplane pairs."""
