# Operators of R and brackets of MATLAB.
# status: 65
print(x %>% mean())                    # expect error: `x |> f` is f(x)
print(5 %% 2)                          # expect error: the remainder is `a % b`
print(5 %/% 2)                         # expect error: a whole quotient is `floor(a / b)`
print(5 mod 2)                         # expect error: the remainder is `a % b`
print(5 %in% x)                        # expect error: write `x in xs`
print(A[1,])                           # expect error: a whole axis is `:`
print(A[, 1])                          # expect error: a whole axis is `:`
print([1 2])                           # expect error: items are separated by commas
print(1 2)                             # expect error: arguments are separated by commas
print(sqrt 3)                          # expect error: a call has parentheses
