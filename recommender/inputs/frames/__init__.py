"""A workspace that is held in memory: frames for its tables, mappings for its YAML files."""
