let v = Vocabulary("né à la banane")
print(len(v.table), v.decode(v.encode("banane né")), v.encode(" a"))     # expect: 8 banane né [0, 1]
print(v("bal"), shape(v.encode("")), v.decode([]) == "", shape(Vocabulary("ab", size: 5).table))   # expect: [2, 1, 4] (0,) true (5, 32)
print(v.decode([6.0, 1]))                                               # expect: àa
print(v.encode("banc"))                                                 # expect error: the character "c" is not in the vocabulary
# status: 1
