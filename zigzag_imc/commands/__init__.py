"""One command of the tool per module: parse, call `zigzag_imc.library.mapping`, print."""
