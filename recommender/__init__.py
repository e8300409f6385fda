"""A prescriptive intervention recommender: limited hours of help, where they do most good."""

__version__ = "0.1.0"
