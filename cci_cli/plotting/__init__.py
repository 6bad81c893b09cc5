"""Figures: what they show, where everything stands in them, and drawing them."""
