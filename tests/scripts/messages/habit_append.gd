let xs = ["a"]; xs.append("b")   # expect error: xs = push(xs, value)
