"""Parts: the joint model of one spatial mapping after the other, where one of all is too large."""
