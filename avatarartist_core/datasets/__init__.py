"""Labelled portraits: where they come from, and the shards that training reads."""
