# args: {tmp}
let path = "{args[0]}/t.txt"
write(path, "one\ntwo\n")
print(exists(path), read(path) == "one\ntwo\n", lines(path))   # expect: true true ["one", "two"]
print(exists("{path}.not"), json("{args[0]}/j.json") == none)  # expect error: j.json
