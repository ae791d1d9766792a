let net = TransformerBlock(8, 2, causal: true, positions: Positions(4, 4, "rotary"))
let y = net(zeros(3, 5, 8))                        # expect error: places end at 4
