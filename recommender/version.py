"""The version of the program, as plans and logs record it."""

__version__ = "0.2.0"
