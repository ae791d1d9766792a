# args: {tmp}
let path = "{args[0]}/log.txt"
append(path, "one\n")
append(path, "two\n")
print(lines(path))                  # expect: ["one", "two"]
write(path, "new\n")
append(path, "last")
print(read(path) == "new\nlast")    # expect: true
