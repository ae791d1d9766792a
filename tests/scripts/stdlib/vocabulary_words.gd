# The most frequent first, of equals the first by letters; 0 is what is not among them.
let v = Vocabulary("the cat saw the dog. the dog, the cat!", kind: "words", size: 5)
print(v.decode([1, 2, 3, 4]), v.encode("the  dog ate\nthe cat?"))         # expect: the cat dog ! [1, 3, 0, 1, 2, 0]
print(v.decode([1, 0]))                                                  # expect: the <unknown>
print(len(Vocabulary("a b a", kind: "words").table))                     # expect: 3
print(v.decode([5]))                                                     # expect error: from 0 to 4, found 5
# status: 1
