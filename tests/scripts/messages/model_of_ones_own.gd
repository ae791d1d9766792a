# A model of the script keeps its own line first; a note tells which one it was.
model Scale(width) {
  param w = ones(width)
  fn forward(x) = x * w                # expect error: ^^^^^
}
let nets = list(Scale(3), Scale(4))    # expect error: `nets.1` is Scale(4), made here
print(nets[0](ones(2, 3)))             # expect: [[1, 1, 1], [1, 1, 1]]
print(nets[1](ones(2, 3)))             # expect error: called at
# status: 1
