"""A prescriptive intervention recommender: limited hours of help, placed where they do most good."""

__version__ = "0.1.0"
