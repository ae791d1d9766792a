# `columns:` and `drop:` choose the features; a kind for a column that they leave out changes nothing.
# args: {tmp}
let t = args[0]
write("{t}/t.csv", "a,leak,y\n1,10,10\n2,25,25\n3,7,7\n")
print(csv("{t}/t.csv", target: "y", drop: "leak", kinds: (leak: "number")).names)     # expect: ["a"]
print(csv("{t}/t.csv", target: "y", drop: "leak", kinds: (leak: "class")).names)      # expect: ["a"]
print(csv("{t}/t.csv", target: "y", drop: ["leak"], kinds: (leak: "date")).names)     # expect: ["a"]
print(csv("{t}/t.csv", target: "y", columns: "a", kinds: (leak: "code")).names)       # expect: ["a"]
print(csv("{t}/t.csv", target: "y", columns: "a", kinds: (a: "code")).classes.a)      # expect: ["1", "2", "3"]
print(csv("{t}/t.csv", target: "y", drop: "leak", kinds: (leak: "keep"))["leak"])     # expect: [10, 25, 7]
print(csv("{t}/t.csv", target: "y", kinds: (y: "class")).classes.y)                   # expect: ["10", "25", "7"]
# an empty list is no column, not all of them
let none_of_them = [n for n in ["a", "leak"] if starts_with(n, "z")]
let d = csv("{t}/t.csv", target: "y", columns: none_of_them)
print(d.names, shape(d.x))                                                        # expect: [] (3, 0)
print(csv("{t}/t.csv", target: "y", drop: none_of_them).names)                        # expect: ["a", "leak"]
