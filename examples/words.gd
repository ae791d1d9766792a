# A recurrent net learns the words of a made-up language, letter by letter, and then makes some.
#
# Shows: a recurrence as a loop in a model, Embedding, a loss over sequences, sampling.
# Outcome: of 500 words that it makes 95 % or more are words of the language.

seed(17)

let letters = "bdfgklmnaiou^"   # 8 consonants, 4 vowels, and a mark that stands before each word
fn words(n) {   # consonant, vowel, consonant, vowel, and the first consonant again
  let first = randint(0, 8, n)
  stack(first, randint(8, 12, n), randint(0, 8, n), randint(8, 12, n), first, axis: 1)
}

model Speller(dim = 32) {
  let embed = Embedding(13, dim)   # the number of a letter to a vector
  let (gate, new) = (Dense(2 * dim, dim), Dense(2 * dim, dim))
  let out = Dense(dim, 13)
  fn forward(x: [N, T]) -> [N, T, 13] {
    let (h, states) = (zeros(shape(x)[0], dim), [])
    for t in 0..shape(x)[1] - 1 {   # the shape is known, so a step has all rounds in one plan
      let seen = concat(embed(x[:, t]), h, axis: 1)
      let keep = sigmoid(gate(seen))
      h = keep * h + (1 - keep) * tanh(new(seen))
      states = push(states, h)
    }
    out(stack(states..., axis: 1))   # for each place the logits of the letter that follows
  }
}

let net = Speller()
train net on word in words(2000) {
  loss: cross_entropy(net(concat(full(len(word), 1, value: 12), word[:, :-1], axis: 1)), word)
  optimizer: Adam(lr: 5e-3)
  epochs: 50
  batch: 50
  quiet: true
}

let made = full(500, 1, value: 12)
for place in 1..5 { made = concat(made, categorical(net(made)[:, -1])[:, none], axis: 1) }
for row in made[:3] { print(join(map(fn(i) = letters[i], row[1:]))) }
let spelled = all((made[:, 1:] >= 8) == [false, true, false, true, false], axis: 1)
let right = mean(spelled and made[:, 5] == made[:, 1])
print("{right:.3f} of them are words of the language")
assert(right >= 0.95)
