# check
# what is said of a function checked alone has the names of its sizes, not the numbers that were made up for them
fn f(x: [N, 4]) = x @ ones(5, 2)                 # expect error: [N, 4] @ [5, 2]
fn g(x: [N, 4]) -> [N, 3] = x                    # expect error: declared [N, 3], it is f32[N, 4]
fn h(x: [N, M]) -> [M] = sum(x, axis: 1)         # expect error: axis 0 is N, not `M`
fn i(x: [N, M]) -> [N, N + M] = x                # expect error: axis 1 is M, not `N + M`
fn j(x: [.., 2]) -> [.., 3] = x                  # expect error: f32[.., 2]
fn k(x: [N, 2]) = x + ones(61, 2)                # expect error: [N, 2] + [61, 2]: N and 61 differ
model Net(h = 4) {
  let a = Dense(2, h)
  let b = Dense(h, 3)
  fn forward(x: [N, 2]) -> [N, 2] = x |> a |> tanh |> b   # expect error: it is f32[N, 3]
}
let net = Net()
