"""The version of the program, as plans and logs record it."""

__version__ = "0.1.0"
