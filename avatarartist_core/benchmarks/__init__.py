"""How fast components are, and what share of the machine they use."""
