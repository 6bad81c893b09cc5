"""The bulletin of a period: what it says, and how it is set as a page and on paper."""
