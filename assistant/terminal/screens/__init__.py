"""The screens: the start, the session, and the small ones that open over them."""
