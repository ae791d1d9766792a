# Texts as numbers.

## A vocabulary, learned from a text and saved with the net that holds it: `encode(s)` gives the numbers [T] of a string's tokens, `decode(numbers)` the string.
## `kind` says what a token is: "characters", in their order; "words", runs of letters and digits and single signs, the most frequent first, 0 being every word that is
## not among them (`decode` puts a blank between words); "pairs", pieces of words that are joined of the two that stood side by side most often, beginning with the 256 bytes,
## so that any text can be encoded (Sennrich, Haddow and Birch, "Neural Machine Translation of Rare Words with Subword Units", 2016, on bytes).  `size` is how many
## tokens there are: for pairs it must be given, for the others it is as many as the text has.  Make one that `load` will fill with an
## empty text and the size: `Vocabulary("", size: 65)`.
##
## Windows of a text that is not copied are rows of their starts: `train net on at in i32(arange(len(ids) - 64))`, and in the loss
## `ids[at[:, none] + arange(65)]`.
##
##     let letters = Vocabulary("banana")
##     print(letters.encode("nab"), letters.decode([1, 0, 2]), len(letters.table))   # expect: [2, 0, 1] ban 3
##     let pieces = Vocabulary("low low low lower lowest", kind: "pairs", size: 260)
##     print(len(pieces.encode("lowest low")), pieces.decode(pieces.encode("né")))   # expect: 5 né
model Vocabulary(text, kind = "characters", size = none) {
  buffer table = vocabulary_table(text, kind, size)
  fn encode(s) = vocabulary_encode(table, kind, s)
  fn decode(numbers) = vocabulary_decode(table, kind, numbers)
  fn forward(s) = encode(s)
}
