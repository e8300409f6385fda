"""Searches for integer choices near the relaxation: construction, fixing and exchange."""
