"""Training of every stage: one loop, one way to stop and go on."""
