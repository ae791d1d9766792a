# A layer that no name of the top level leads to is found from the model whose call is under way.
model Pair() {
  let first = Dense(2, 3)
  let second = Dense(4, 1)             # expect error: ^ `Pair.second` is Dense(4, 1), made here
  fn forward(x) = x |> first |> second
}
fn build() = Pair()
print(build()(ones(5, 2)))             # expect error: called at
# status: 1
