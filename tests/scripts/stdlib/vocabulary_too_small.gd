print(len(Vocabulary("aabb", size: 2).table))   # expect: 2
print(Vocabulary("abc", size: 2))               # expect error: 3 different characters, the vocabulary only 2 places
# status: 1
