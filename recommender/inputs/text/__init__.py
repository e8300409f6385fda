"""Words as people write them: spellings, names, persons, numbers and codes."""
