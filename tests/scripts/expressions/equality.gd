print(shape(zeros(2, 3)) == (2, 3), (1, "a") == (1, "a"))   # expect: true true
print(["a", "b"] == ["a", "b"], ["a"] == ["a", "b"])        # expect: true false
print(1 == "1", none == none, "x" == none, "a" != "b")      # expect: false true false true
print((x: 1) == (x: 1), (1, 2) == [1, 2])                   # expect: true false
