"""Pictures of the embedded world: pure geometry and light, and one thin Panda3D shell."""
