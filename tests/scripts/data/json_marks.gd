# A byte order mark is no part of the text, and messages are of the file, not of the library that reads it.
# args: {tmp}
let path = "{args[0]}/j.json"
write(path, "\u{feff}{{\"a\": 1}}")
print(json(path).a, jsonl(path)[0].a)                          # expect: 1 1
write(path, "[\"\\u0000\"]")
print(json(path)[0] == "\u{0}")                                 # expect: true
write(path, "{{\"\\u0000\": 1}}")
print(split(attempt(fn() = json(path)).error, "j.json: ")[1])
# expect ~ line 1 column \d+: \\u0000 is not allowed in a key
write(path, "")
print("line 1 column 1: " in attempt(fn() = json(path)).error)  # expect: true
