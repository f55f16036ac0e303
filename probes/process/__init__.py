"""The process that runs the program, and the client that talks to it."""
