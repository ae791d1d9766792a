# args: {tmp}
# One JSON value a line, as a list.
write("{args[0]}/a.jsonl", to_json((w: 1, k: "u")) + "\n\n[2, 3]\nnull\n")
let rows = jsonl("{args[0]}/a.jsonl")
print(len(rows), rows[0].k, rows[1], rows[2])        # expect: 3 u [2, 3] none
write("{args[0]}/b.jsonl", "1\n2\n[3\n")
jsonl("{args[0]}/b.jsonl")                            # expect error: line 3
# status: 65
