# A function of the script keeps its own line first, though a layer of the library calls it.
let net = chain(Dense(3, 4), fn(x) = x @ ones(5, 2))   # expect error: [2, 4] @ [5, 2]: 4 and 5 differ
print(net(ones(2, 3)))                                 # expect error: note: x is [2, 4], made here
# expect stderr: -> function_in_a_chain.gd:2:
# status: 1
