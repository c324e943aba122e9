"""The paper's 28 domains, one TOML file each."""
