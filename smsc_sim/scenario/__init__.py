"""From a YAML file to a checked scenario, and from there to arrays."""
