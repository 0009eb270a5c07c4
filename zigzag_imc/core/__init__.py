"""The words of the field as frozen types: no input or output, no solver."""
