"""``zigzag-imc`` and ``python -m zigzag_imc``: the command line tool."""

from __future__ import annotations

import gc
import sys

INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells have it."""


def main() -> None:
    """Run the tool; Ctrl-C ends it in one line, also while it is still being imported."""
    try:
        _run()
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        sys.exit(INTERRUPTED)
    finally:
        # Where Ctrl-C struck while text was run as code, as dataclasses do, Python remembers it
        # until the next text, and would end as if nobody had seen to it.
        exec("")
        # At its end, Python looks through all that lives for cycles, several times; it need not:
        # files are closed by then, and the system takes the memory back.
        gc.freeze()


def _run() -> None:
    from zigzag_imc.runs.ctrl_c import ctrl_c_came, remember_ctrl_c

    remember_ctrl_c()
    from zigzag_imc.runs.loading import own_process

    own_process()
    try:
        from zigzag_imc.commands.app import app

        app(prog_name="zigzag-imc")
    except Exception:
        if ctrl_c_came():  # a library was at work and made an error of its own of it
            raise KeyboardInterrupt from None
        raise


if __name__ == "__main__":
    main()
