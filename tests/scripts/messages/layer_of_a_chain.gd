# A mistake inside a layer of the library shows first the line that made the layer, with its place, then the call, then the library.
let net = chain(Dense(3, 6), relu,
                Dense(5, 2))           # expect error: `net.parts.2` is Dense(5, 2), made here
fn run(x) = net(x)                     # expect error: note: called here
run(ones(4, 3))                        # expect error: called at
# expect stderr: ^^^^^ `net.parts.2` is Dense(5, 2), made here
# expect stderr: note: inside `forward`: axis 1 is 6, `inputs` is 5
# expect stderr: stdlib/
# status: 1
