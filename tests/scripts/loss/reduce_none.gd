# A loss of the library gives its values when asked to; one of the script is one number.
print(mse([1, 2], [3, 5], reduce: "none"))              # expect: [4, 9]
loss hard(p, y) = max(mse(p, y, reduce: "none"))
print(hard([1, 2], [3, 5]))                             # expect: 9
loss each(p, y, reduce = "none") = (p - y)^2            # expect error: must give one number
print(each([1, 2], [3, 5]))
# status: 1
