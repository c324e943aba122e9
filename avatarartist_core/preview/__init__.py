"""One portrait in many domains, side by side in one picture."""
