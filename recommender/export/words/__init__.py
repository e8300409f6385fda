"""What reports say, phrase by phrase and language by language."""
