"""Makers of scenery: each places its kind of things on ground that is still free."""
