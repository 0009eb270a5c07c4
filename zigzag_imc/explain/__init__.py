"""Why a mapping is as it is: what binds it, what it spends, and what more hardware would give."""
