"""Bundles of weights: what they are, where they lie, and how foreign checkpoints become ours."""
