print(Vocabulary("abc", kind: "pairs"))         # expect error: needs a `size`
# status: 1
