"""The full-screen front end: a Textual application over the dialogue engine."""
