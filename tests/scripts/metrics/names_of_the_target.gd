# args: {tmp}
# `names:` takes a data set or its `classes`, and means the classes of its target alone.
write("{args[0]}/birds.csv", "island,species,heavy\nx,ant,0\ny,bee,1\nz,cat,1\nx,ant,0\n")
let d = csv("{args[0]}/birds.csv", target: "species")
print(confusion_matrix(one_hot(d.y, 3), d.y, names: d.classes))
# expect:      ant  bee  cat
# expect: ant    2    0    0
# expect: bee    0    1    0
# expect: cat    0    0    1
print(confusion_matrix(one_hot(d.y, 3), d.y, names: d) == confusion_matrix(one_hot(d.y, 3), d.y, names: d.classes.species))   # expect: true
print(len(d.names), class_names(split(d, 0.5)[1]))        # expect: 4 ["ant", "bee", "cat"]
let pairs = csv("{args[0]}/birds.csv", target: "heavy", drop: "island")
print(class_names(pairs), class_names(pairs.classes))     # expect: none none
let e = csv("{args[0]}/birds.csv", target: ("heavy", "species"), kinds: (species: "code"), missing: "drop")
print(class_names(e), class_names(dataset(d.x, d.y)))     # expect: none none
write("{args[0]}/yes.csv", "sex,heavy\nm,0\nf,1\nm,1\nf,0\n")
let yes = csv("{args[0]}/yes.csv", target: "heavy")
print(confusion_matrix(2 * yes.y - 1, yes.y, names: yes.classes))
# expect:    0  1
# expect: 0  2  0
# expect: 1  0  2
print(confusion_matrix(one_hot(d.y, 4), d.y, names: d))   # expect error: confusion_matrix: 3 names for 4 classes
