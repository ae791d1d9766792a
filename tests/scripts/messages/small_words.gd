# Messages that say what was found and what was meant.
print(attempt(fn() = "abc"[none]).error)      # expect: a string cannot be indexed by none
print(attempt(fn() = list(1)[none]).error)    # expect: a list cannot be indexed by none
print(number(str(inf)), number(str(-inf)), number(str(nan)))  # expect: inf -inf nan
write("{args[0]}/a.json", to_json("a\u{0}b"))
print(json("{args[0]}/a.json") == "a\u{0}b")  # expect: true
# args: {tmp}
