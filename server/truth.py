def truth_of(s): return None
