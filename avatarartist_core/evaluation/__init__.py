"""How good results are: distances between sets of pictures, and between pictures."""
