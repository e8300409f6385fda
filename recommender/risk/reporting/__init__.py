"""How far risks can be trusted, measured and said."""
