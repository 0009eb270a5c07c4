"""``python -m zigzag_imc``: the command line tool."""

from __future__ import annotations

from zigzag_imc.commands.app import app

if __name__ == "__main__":
    app(prog_name="zigzag-imc")
