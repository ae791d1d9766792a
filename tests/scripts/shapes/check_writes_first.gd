# check
# A file that the script writes itself is not what lies there now.
# status: 0
# silent
write("check_writes_first.gd", "a,b,y\n1,2,3\n")
print(csv("check_writes_first.gd", target: "y").x @ zeros(2))
save(zeros(2, 2), "made.npy")
print(npy("made.npy") @ zeros(2))
