# args: {tmp}
# A file of one value a line, read as one value.
write("{args[0]}/a.json", "{{}}\n{{}}\n")
json("{args[0]}/a.json")   # expect error: `jsonl` reads
# status: 65
