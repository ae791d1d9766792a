print("ab".upper())   # expect error: `upper("ab")`
