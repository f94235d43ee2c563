"""Makes the shipped n-gram weights of the Mode Expert again, from utterances written for it."""
