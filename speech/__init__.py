"""Hearing and speaking: recognisers, voices, voice activity and the listening state machine."""
