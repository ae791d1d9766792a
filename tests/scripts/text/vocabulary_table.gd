# The functions behind Vocabulary, with what may be left out left out.
let t = vocabulary_table("banana")
print(shape(t), vocabulary_encode(t, "characters", "nab"))   # expect: (3, 32) [2, 0, 1]
print(vocabulary_decode(t, "characters", [1, 0]))            # expect: ba
