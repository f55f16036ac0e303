"""Ways into a case: a script, and what remains of one."""
