# check
# status: 65
let parts = dict(a: Dense(4, 8))
if mean(randn(3)) > 0 { parts.b = Dense(8, 2) } else { parts.b = Dense(8, 2) }
parts.c = Dense(8, 3)
print(parts.a(zeros(5, 4)) |> parts.c)
print(parts.a(zeros(5, 4)) @ zeros(3, 2))    # expect error: 8 and 3
