"""The support desk: what is done with kept sessions."""
