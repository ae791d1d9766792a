# A string that goes on in the next line: no message of the parser follows those of its two quotes.
# expect stderr: error: string not closed
# expect no stderr: expected
# status: 65
print("a
{1 + "x"}")
