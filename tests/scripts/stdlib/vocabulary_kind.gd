print(Vocabulary("abc", kind: "bytes"))         # expect error: of "characters", "words" or "pairs"
# status: 1
