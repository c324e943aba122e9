"""``aa data``: data sets of labelled portraits for training."""
