# An estimate is of a run that would begin now: with the options given, the files as they are and the numbers of a text.
# check
# options: --cost
let text = if exists("{here}/cost_of_a_text.gd") { read("{here}/cost_of_a_text.gd") } else { "" }
let letters = Vocabulary(text)
let codes = letters(text)
let net = Embedding(len(letters.table), option("width", 16))
fn window(i) = codes[i[:, none] + arange(8)[none, :]]
train net { loss: mean(net(window(randint(0, len(codes) - 8, 4)))^2); optimizer: Adam(); steps: 4 }
# expect ~ train at cost_of_a_text\.gd:9
# expect ~   memory    .*: params [0-9.]+ KiB, states and buffers .*
# expect ~   a step    .*
let w = param(zeros(number(clock())))
train w { loss: sum(w^2); optimizer: GD(); steps: 3 }
# expect stderr: this training is not estimated: it depends on values that only a run computes
# output: any
# status: 0
