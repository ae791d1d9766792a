# What is hardly meant is told, and read as it stands.
# args: {tmp}
let path = "{args[0]}/t.csv"
write(path, "who,y\nyes,1\nYes,2\nno,3\n")
print(csv(path, target: "y").names)      # expect: ["who=Yes", "who=no", "who=yes"]
# expect stderr: classes that differ only in case: Yes and yes in who
write(path, "5.1,setosa\n4.9,setosa\n")
print(csv(path).names)                   # expect: ["5.1", "setosa=setosa"]
# expect stderr: the first line is read as names, though "5.1" looks like a value
write(path, "a,y\n.,2\n3,1\n4,1\n")
csv(path, target: "y")                   # expect error: "." in column "a": not a number, where most cells are
# status: 65
