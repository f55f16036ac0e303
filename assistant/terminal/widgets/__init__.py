"""The parts that the screens are made of; each shows one immutable view and knows nothing of the dialogue."""
