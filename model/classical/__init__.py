"""The rule planner: teacher and fallback of the learned models, with labelled constraints."""
