"""Engines: each turns a problem into a proposal within an effort."""
