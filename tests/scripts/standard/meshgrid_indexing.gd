meshgrid([1, 2], [3, 4], indexing: "yx")   # expect error: "xy" or "ij", not "yx"
