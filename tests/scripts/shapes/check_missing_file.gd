# check
# status: 0
# A file that is not there is told, and is no mistake of the script.
print(csv("not there.csv").x @ zeros(2))
# expect stderr: warning: there is no such file
