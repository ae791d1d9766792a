# args: {tmp}
append(args[0], "x")    # expect error: cannot be written
# status: 73
