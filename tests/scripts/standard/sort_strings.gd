# A list of strings is sorted by code points, as `<` compares them; a list of other things is not.
print(sort(["pear", "fig", "", "Apple", "figs", "é"]))   # expect: ["", "Apple", "fig", "figs", "pear", "é"]
print(["b", "a", "c"] |> sort(descending: true))   # expect: ["c", "b", "a"]
let words = ["b", "a"]
print(sort(words, axis: -1), words)   # expect: ["a", "b"] ["b", "a"]
let many = sort([str(i % 10) for i in 1..100])
print(many[0], many[99], len(many))   # expect: 0 9 100
print(attempt(fn() = sort(["a"], axis: 1)).error)   # expect: a list has only axis 0
sort(list("a", 1))   # expect error: a tensor is expected here, this is a list
