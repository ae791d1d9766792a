# args: {tmp}
# Where other notations than JSON have something else: the place of the word, and what JSON has.
let t = args[0]
fn told(text) {
  write("{t}/a.json", text)
  split(attempt(fn() = json("{t}/a.json")).error, "a.json: ")[1]
}
print(told("[1, NaN]"))   # expect: line 1 column 5: invalid token near 'NaN'
print(told("{{\"é\": 1, \"é\": 2}}"))   # expect: line 1 column 10: duplicate object key near '"é"'
write("{t}/b.json", "[1,\n 2,\n]")
json("{t}/b.json")   # expect error: no comma stands before the closing bracket
# status: 65
