"""The full screen in a browser on this machine, through textual-serve."""
