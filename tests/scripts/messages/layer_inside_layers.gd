# The place goes through models, lists and tuples; what the library makes inside a layer was made by the line that made the layer.
model Block(width) {
  let norm = LayerNorm(width)          # expect error: ^^^^^^^^^^ `net.blocks.1.inner.norm` is LayerNorm(8), made here
  fn forward(x) = norm(x)              # expect error: note: called here: axis 1 is 7, `dim` is 8
}
model Net() {
  let blocks = list((inner: Block(7), n: 1), (inner: Block(8), n: 2))
  fn forward(x) = x |> blocks[0].inner |> blocks[1].inner  # expect error: called at
}
let net = Net()
let h = train net on x in ones(4, 7) { loss: sum(net(x)); optimizer: GD(); steps: 1; quiet: true } # expect error: called at
# status: 1
