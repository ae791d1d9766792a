# Text as numbers.

## A vocabulary, built from a text and saved with the net that contains it. `encode(s)` returns the token numbers [T] of
## a string, `decode(numbers)` the string. `kind` says what a token is. "characters": single characters, in code point
## order. "words": runs of letters and digits (cut after 63 bytes), single signs and single Chinese characters, the most
## frequent first; 0 is any unknown word, and `decode` puts a blank between words. "pairs": byte pair encoding, which
## starts from the 256 bytes and repeatedly merges the most frequent adjacent pair, so that any text can be encoded
## (Sennrich, Haddow and Birch, "Neural Machine Translation of Rare Words with Subword Units", 2016, on bytes). The text
## is first cut into runs of letters, of digits, of blanks and of other signs, each with the blank before it; no token
## crosses a cut. `size` is the number of tokens: required for pairs, otherwise as many as the text has. For a net that
## `load` will fill, pass an empty text and the size: `Vocabulary("", size: 65)`.
##
## To train on overlapping windows of a text without copying it, use the start positions as rows:
## `train net on at in i32(arange(len(ids) - 64))`, and in the loss `ids[at[:, none] + arange(65)[none, :]]`.
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
