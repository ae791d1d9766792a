let block = TransformerBlock(8, 2, causal: true, cross: true)
let y = block(zeros(3, 5, 8))                      # expect error: needs `memory:`
