"""The assistant: dialogue, ranking, sessions, reports, and the front ends over them."""
