"""Who does what: the hours of a plan as jobs of professionals."""
