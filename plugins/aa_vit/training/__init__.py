"""How the renderer learns."""
