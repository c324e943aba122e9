"""Network parts that two plugins need: convolutions, sampling of planes, ray marching."""
