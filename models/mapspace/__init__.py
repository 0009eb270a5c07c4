"""The mapspace: which mappings are legal, how many there are, all of them one by one."""
