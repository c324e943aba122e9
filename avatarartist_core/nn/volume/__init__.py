"""Volume rendering of triplanes: rays, plane sampling, the feature decoder, ray marching."""
