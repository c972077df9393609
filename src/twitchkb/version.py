"""
The version of the code; the data carries its own.
"""

__all__ = ["__version__"]

__version__ = "0.1.0"
