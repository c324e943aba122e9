"""Makes the shipped head file from public-domain (CC0) data; run ``python -m`` this package."""
