# The name of a test is plain text.
test "a{1}" { }  # expect error: found a string with {…} in it
# status: 65
