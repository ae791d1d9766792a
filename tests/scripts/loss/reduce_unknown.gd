print(mae([1, 2], [3, 5], reduce: "average"))   # expect error: `reduce` is "mean", "sum" or "none"
# status: 1
