# It lies in the file of the net that holds it; one to be filled is made with the size alone.
# args: {tmp}
model Reader(text, size) {
  let words = Vocabulary(text, kind: "words", size: size)
  let embed = Embedding(size, 3)
  fn forward(s) = embed(words(s))
}
let first = Reader("to be or not to be", 6)
save(first, "{args[0]}/reader.safetensors")
let again = Reader("", 6)
load(again, "{args[0]}/reader.safetensors")
print(all(again("not to be") == first("not to be")), again.words.encode("not to be"))   # expect: true [3, 2, 1]
print(count(first))                                                                    # expect: 18
