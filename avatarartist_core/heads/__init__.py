"""The head model: its mesh and shapes, its landmarks, and the raster that draws it."""
