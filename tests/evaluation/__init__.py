"""Tests of distances between sets of pictures."""
