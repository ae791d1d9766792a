# options: --dump=tokens
# silent
# expect stderr: byte
# status: 65
ðrint(1)  # no text
