# An empty script, or one of comments alone, prints nothing and succeeds.
# status: 0
