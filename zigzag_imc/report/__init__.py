"""Results as people read them: units, tables, progress."""
