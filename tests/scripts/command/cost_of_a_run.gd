# --cost says what a check finds; a run would pass over it in silence.
# options: --cost
# status: 2
print(1)
# expect stderr: --cost belongs to `check`
