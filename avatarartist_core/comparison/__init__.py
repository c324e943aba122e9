"""Renderers side by side: the same face, motion and cameras, each drawn alone and measured."""
