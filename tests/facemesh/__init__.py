"""Tests of the facemesh plugin."""
