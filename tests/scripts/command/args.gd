# args: one two
print(len(args), args[0], args[1])   # expect: 2 one two
