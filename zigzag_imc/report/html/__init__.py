"""Results as pages of HTML: one file each, which opens anywhere and asks nothing of a network.

Views say what a page shows, in frozen records; templates say how. Every text is escaped where it is
put in, and the page's own policy lets a browser run the one script that ships with it and nothing
else. Drawings are vector graphics made here, so that a page is whole without its script, prints
sharply and stays small; the script sorts, filters and brushes what is already there.
"""
