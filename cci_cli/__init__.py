"""CCI-IC Intelligent Computing Power Supply Indices: compile, check and publish them."""

__version__ = "0.1.0"
