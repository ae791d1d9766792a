# A word that is almost a command, and no file.
# command: chek
# status: 2
# expect stderr: `chek` is neither a command nor a file
# expect stderr: did you mean `gd check`?
