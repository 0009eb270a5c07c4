"""The tool ZigZag (``zigzag-dse``) as a second opinion.

Its cost model and its search, where it is installed.

The only room that imports ``zigzag``, and only when it is used: it is an optional extra, ``pip
install '.[zigzag]'``.
"""
