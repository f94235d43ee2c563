"""The driving-model contract: typed shapes that every room shares; imports the vocabulary only."""
