"""The maps that come with Ridealong: sources (Python), SUMO nets and their metadata."""
