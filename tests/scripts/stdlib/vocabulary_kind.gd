print(Vocabulary("abc", kind: "bytes"))         # expect error: must be "characters", "words" or "pairs"
# status: 1
