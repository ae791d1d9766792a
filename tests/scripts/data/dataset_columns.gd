# args: {tmp}
# Columns by name, some of them, the first rows, a summary, and a data set as CSV.
let t = args[0]
write("{t}/a.csv", "c,w,h,y\nu,1,4,no\nv,2,5,yes\nu,3.5,6,no\n")
let d = csv("{t}/a.csv", target: "y")
print(d["c"], d["h"], d["y"], d["c=v"])    # expect: [0, 1, 0] [4, 5, 6] [0, 1, 0] [0, 1, 0]
let s = select(d, "h", "c")
print(s.names, s.x[1], csv("{t}/a.csv", like: s).x[1])   # expect: ["h", "c=u", "c=v"] [5, 0, 1] [5, 0, 1]
head(s, 2)
# expect: h  c  y
# expect: 4  u  no
# expect: 5  v  yes
summary(d)
# expect: column  kind           missing in file  values (3 rows)
# expect: c       class                        0  u 2, v 1
# expect: w       numbers                      0  1 to 3.5, mean 2.1667, deviation 1.0274
# expect: h       numbers                      0  4 to 6, mean 5, deviation 0.8165
# expect: y       target, class                0  no 2, yes 1
save(d, "{t}/b.csv")
print(lines("{t}/b.csv")[0], lines("{t}/b.csv")[3])     # expect: c=u,c=v,w,h,y 1,0,3.5,6,no
save(dataset([[0.1, 2]], [3]), "{t}/p.csv")
print(read("{t}/p.csv") == "x0,x1,y\n0.1,2,3\n")        # expect: true
print(d["width"])                                       # expect error: its columns are c, w, h, y
