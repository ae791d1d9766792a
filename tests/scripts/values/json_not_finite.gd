# JSON has no number for NaN and infinity: an error, or null.
print(to_json((a: [1, nan], b: list(1/0, 2)), strict: false))   # expect: {"a": [1, null], "b": [null, 2]}
print(to_json([0.5, nan]))   # expect error: JSON has no number for NaN
