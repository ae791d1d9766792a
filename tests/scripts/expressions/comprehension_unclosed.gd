# status: 65
print([x for x in 1..9 if x])) # expect error: closes nothing
