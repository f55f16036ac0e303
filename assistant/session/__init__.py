"""Sessions: the kept logs of dialogues."""
